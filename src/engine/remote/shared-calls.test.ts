import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { InputError } from "../../spec/index.js";
import { SharedCalls } from "./shared-calls.js";

it("lets shared calls overlap, and exclusive ones neither overlap nor overtake", async () => {
  const call = fc.record({ exclusive: fc.boolean(), milliseconds: fc.nat(3), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
      const order = new SharedCalls();
      const running = new Set<number>();
      const begun: number[] = [];
      const results = calls.map(({ exclusive, milliseconds, fails }, index) =>
        order[exclusive ? "exclusive" : "shared"](async () => {
          begun.push(index);
          for (const other of running) expect(exclusive || calls[other]!.exclusive).toBe(false);
          running.add(index);
          await setTimeout(milliseconds);
          running.delete(index);
          if (fails) throw new RangeError(String(index));
          return index;
        }),
      );
      const ended = await Promise.allSettled(results);
      expect(begun).toEqual([...calls.keys()]);
      expect(ended.map(({ status }) => status === "rejected")).toEqual(calls.map(({ fails }) => fails));
    }),
    { numRuns: 40 },
  );
});

it("closes after the calls made before", async () => {
  const order = new SharedCalls();
  const events: string[] = [];
  const early = order.shared(async () => {
    await setTimeout(5);
    events.push("early");
  });
  const closing = order.close(async () => void events.push("closed"));
  await expect(order.shared(async () => 1)).rejects.toThrow(InputError);
  await Promise.all([early, closing, order.close(async () => void events.push("again"))]);
  expect(events).toEqual(["early", "closed"]);
});
