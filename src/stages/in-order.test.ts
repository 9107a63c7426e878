import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inOrder } from "./in-order.js";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("inOrder", () => {
  it("gives the results in order, and keeps to the number at once", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (times, atOnce) => {
          let running = 0;
          let most = 0;
          const work = async (index: number): Promise<number> => {
            running += 1;
            most = Math.max(most, running);
            await pause(times[index]!);
            running -= 1;
            return index;
          };
          const results: number[] = [];
          for await (const result of inOrder({ count: times.length, atOnce, work })) results.push(result);
          expect(results).toEqual(times.map((_, index) => index));
          expect(most).toBeLessThanOrEqual(atOnce);
        },
      ),
      { numRuns: 40 },
    ));

  it("goes on with others while one takes long, but not without end", async () => {
    const begun: number[] = [];
    let finishFirst = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      finishFirst = resolve;
    });
    const work = async (index: number): Promise<number> => {
      begun.push(index);
      if (index === 0) await first;
      return index;
    };
    const results = inOrder({ count: 100, atOnce: 2, work });
    const reading = results.next();
    await pause(5);
    expect(begun).toHaveLength(8);
    finishFirst();
    expect(await reading).toEqual({ value: 0, done: false });
    await results.return(undefined);
  });

  it("with one at once, begins the next when the one before has been used", async () => {
    const seen: string[] = [];
    const work = async (index: number): Promise<number> => {
      seen.push(`begin ${index}`);
      return index;
    };
    for await (const index of inOrder({ count: 3, atOnce: 1, work })) {
      await pause(1);
      seen.push(`use ${index}`);
    }
    expect(seen).toEqual(["begin 0", "use 0", "begin 1", "use 1", "begin 2", "use 2"]);
  });

  it("after a failure gives what is before it, begins nothing, and leaves nothing under way", async () => {
    let running = 0;
    const begun: number[] = [];
    const work = async (index: number, signal: AbortSignal): Promise<number> => {
      begun.push(index);
      running += 1;
      try {
        if (index === 2) throw new RangeError("third");
        await pause(index < 2 ? 10 : 1_000_000 * Number(!signal.aborted && index < 0));
        return index;
      } finally {
        running -= 1;
      }
    };
    const results: number[] = [];
    const reading = (async () => {
      for await (const result of inOrder({ count: 50, atOnce: 4, work })) results.push(result);
    })();
    await expect(reading).rejects.toThrow("third");
    expect(results).toEqual([0, 1]);
    expect(running).toBe(0);
    expect(begun).toHaveLength(4);
  });

  it("tells the works when the reader stops", async () => {
    const stopped: number[] = [];
    const work = (index: number, signal: AbortSignal): Promise<number> =>
      index === 0
        ? Promise.resolve(0)
        : new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              stopped.push(index);
              reject(new Error("stopped"));
            });
          });
    for await (const _ of inOrder({ count: 9, atOnce: 3, work })) break;
    expect(stopped.length).toBeGreaterThan(1);
  });
});
