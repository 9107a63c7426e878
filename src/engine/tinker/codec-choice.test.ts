import { afterEach, describe, expect, it } from "vitest";
import { type SmallServer, startSmallServer } from "../../../test/support/tinker/small-server.js";
import { ServerError } from "../../spec/index.js";
import { openEngine } from "../index.js";

let small: SmallServer | undefined;
afterEach(() => small?.close());

const sequences = [
  [1, 2, 3],
  [4, 5],
];

/** An engine that was not told how to write. */
function openUntold(url: string, codec?: "json" | "protobuf") {
  const sizes = { vocabularySize: 12, contextLength: 64 };
  return openEngine({ kind: "tinker", url, model: "small", ...sizes, ...(codec && { codec }) });
}

describe("how passes are written", () => {
  it.each(["json", "protobuf"] as const)("is found out with a server that reads %s only", async (reads) => {
    small = await startSmallServer({ reads });
    const engine = await openUntold(small.server.url);
    const policy = await engine.createPolicy();
    const scores = await policy.score(sequences);
    expect(await policy.score(sequences)).toEqual(scores);
    // One refusal at most: what was found out is kept.
    const passes = small.server.traffic.requests;
    expect((passes.get("forward") ?? 0) + (passes.get("forward_backward") ?? 0)).toBe(
      reads === "json" ? 3 : 2,
    );
    await engine.close();
  });

  it("is what was said, even where the server refuses it", async () => {
    small = await startSmallServer({ reads: "protobuf" });
    const engine = await openUntold(small.server.url, "json");
    const policy = await engine.createPolicy();
    await expect(policy.score(sequences)).rejects.toThrow(ServerError);
    await engine.close();
  });

  it("makes no difference to the numbers", async () => {
    small = await startSmallServer({ protobuf: true });
    const [one, other] = [
      await openUntold(small.server.url, "json"),
      await openUntold(small.server.url, "protobuf"),
    ];
    const [some, same] = [await one.createPolicy({ seed: 1 }), await other.createPolicy({ seed: 1 })];
    expect(await same.score(sequences)).toEqual(await some.score(sequences));
    const asked = { prompt: [1, 2], n: 3, maxTokens: 5, temperature: 1, topP: 1, stop: [4], seed: 3 };
    expect(await same.sample([asked])).toEqual(await some.sample([asked]));
    await one.close();
    await other.close();
  });
});
