/** What goes wrong between a client and a server, and what the client makes of it: §14 of the protocol's traps. */
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { PlannedFault } from "../../../test/support/tinker/fake-faults.js";
import type { FakeServerOptions } from "../../../test/support/tinker/fake-server.js";
import { type SmallServer, startSmallServer } from "../../../test/support/tinker/small-server.js";
import { answer, asked, sequences, trainable } from "../../../test/support/tinker/small-work.js";
import { objectives } from "../../method/index.js";
import { ModelError, type Objective, type Policy, ServerError } from "../../spec/index.js";
import type { TinkerOptions } from "./tinker-options.js";

let small: SmallServer | undefined;
afterEach(async () => {
  await small?.close();
  small = undefined;
});

async function start(
  settings: Partial<FakeServerOptions> = {},
  options: Partial<TinkerOptions> = {},
): Promise<SmallServer> {
  small = await startSmallServer(settings, options);
  return small;
}

/** Not linear, so that both kinds of server take two passes. */
const quadratic: Objective = (logprobs) => ({
  loss: logprobs.flatMap((row) => [...row]).reduce((sum, value) => sum + value * value, 0),
  gradients: logprobs.map((row) => row.map((value) => 2 * value)),
});

async function trainStep(policy: Policy, objective: Objective = quadratic): Promise<number> {
  const accumulated = policy.accumulate(sequences, objective);
  const stepped = policy.step({ learningRate: 0.05, clipNorm: 0 });
  await accumulated;
  return (await stepped).gradientNorm;
}

/** Everything a policy does, as numbers. */
async function workOf(policy: Policy): Promise<unknown> {
  const norms = [await trainStep(policy), await trainStep(policy)];
  return { norms, scores: await policy.score(sequences), samples: await policy.sample([asked]) };
}

const undisturbed = async (settings: Partial<FakeServerOptions> = {}): Promise<unknown> => {
  const calm = await startSmallServer(settings);
  try {
    return await workOf(await calm.engine.createPolicy(trainable));
  } finally {
    await calm.close();
  }
};

describe("survived, with the same numbers and nothing trained twice", () => {
  const paths = ["forward", "forward_backward", "optim_step", "asample", "retrieve_future"] as const;
  const faults: readonly (readonly [string, PlannedFault["fault"]])[] = [
    ["408", answer(408, { detail: "Timeout", queue_state: "paused_capacity" })],
    ["425", answer(425, { detail: "still being written" })],
    ["429", answer(429, { detail: "too many" }, { "retry-after-ms": "3" })],
    ["402", answer(402, { detail: "billing" })],
    ["500", answer(500, "Internal Server Error")],
    ["503", answer(503, undefined)],
    ["504", answer(504, "<html>gateway</html>")],
    ["an empty 400", answer(400)],
    ["a connection that is refused", { kind: "refuse" }],
    ["an answer that is lost", { kind: "lose-answer" }],
  ];
  it.each(faults)("%s", async (name, fault) => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy(trainable);
    for (const path of paths) {
      if (path === "retrieve_future" && name === "425") continue;
      server.fail({ path, fault }, { path, fault, after: 2 });
    }
    expect(await workOf(policy)).toEqual(await undisturbed());
    expect([...server.traffic.steps.values()]).toEqual([2]);
  });

  it.each<[string, unknown]>([
    [
      "try_again",
      { type: "try_again", request_id: "1", queue_state: "paused_rate_limit", queue_state_reason: "quota" },
    ],
    ["metadata only", { status: "complete_metadata", response_payload_size: 10 }],
  ])("a result that is not there yet: %s", async (_, body) => {
    const { server, engine, warnings } = await start({ flavour: "hosted" });
    const policy = await engine.createPolicy(trainable);
    server.fail({ path: "retrieve_future", fault: answer(200, body), times: 3 });
    expect(await workOf(policy)).toEqual(await undisturbed({ flavour: "hosted" }));
    if (JSON.stringify(body).includes("quota"))
      expect(warnings.join()).toMatch(/paused_rate_limit \(quota\)/);
  });

  it("410: the sample is asked for again", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy();
    const calm = await policy.sample([asked]);
    server.fail({
      path: "retrieve_future",
      type: "Sample",
      fault: answer(410, { detail: "gone" }),
      times: 2,
    });
    expect(await policy.sample([asked])).toEqual(calm);
    expect(server.traffic.requests.get("asample")).toBe(4);
  });

  it("a poll that takes longer than one waits", async () => {
    const { server, engine } = await start({}, { timing: { poll: 60, pollPause: 1, retry: 5 } });
    const policy = await engine.createPolicy();
    server.fail({ path: "retrieve_future", fault: { kind: "delay", milliseconds: 150 }, times: 2 });
    expect(await policy.score(sequences)).toHaveLength(2);
  });

  it("a save whose answer is lost: the server refuses the name, and lists the checkpoint", async () => {
    const { server, engine, folder } = await start();
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    server.fail({ path: "save_weights", fault: { kind: "lose-answer" } });
    await policy.save(join(folder, "state"));
    const before = await policy.score(sequences);
    await trainStep(policy);
    await policy.load(join(folder, "state"));
    expect(await policy.score(sequences)).toEqual(before);
  });

  it("a checkpoint whose loading got lost: it is loaded into another model, the first is unloaded", async () => {
    const { server, engine, folder } = await start();
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    await policy.save(join(folder, "state"));
    const before = await policy.score(sequences);
    server.fail({ path: "load_weights", fault: { kind: "lose-answer" } });
    await policy.load(join(folder, "state"));
    expect(await policy.score(sequences)).toEqual(before);
    expect(server.modelCount).toBe(1);
  });

  it.each(["expired", "restarted"] as const)(
    "a session that %s before anything was trained",
    async (what) => {
      const { server, engine, warnings } = await start();
      const policy = await engine.createPolicy(trainable);
      await policy.score(sequences);
      if (what === "expired") await server.expireSessions();
      else await server.restart(100);
      expect(await workOf(policy)).toEqual(await undisturbed());
      expect(warnings.join()).toMatch(/lost model .* making it again/);
    },
  );

  it("a server that restarts between a checkpoint and the next call", async () => {
    const { server, engine, folder } = await start();
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    await policy.save(join(folder, "state"));
    await server.restart();
    await trainStep(policy);
    const calm = await startSmallServer();
    const other = await calm.engine.createPolicy(trainable);
    await trainStep(other);
    await trainStep(other);
    expect(await policy.score(sequences)).toEqual(await other.score(sequences));
    await calm.close();
  });
});

describe("stopped with a clear error", () => {
  it("a model lost after a step: what was trained is gone, and the state on the disk is good", async () => {
    const { server, engine, folder } = await start();
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    await policy.save(join(folder, "state"));
    const saved = await policy.score(sequences);
    await trainStep(policy);
    await server.expireSessions();
    await expect(trainStep(policy)).rejects.toThrow(/lost the model 1 step after its last checkpoint/);
    await expect(policy.score(sequences)).rejects.toThrow(ServerError);
    await policy.load(join(folder, "state"));
    expect(await policy.score(sequences)).toEqual(saved);
  });

  it.each(["hosted", "skyrl-jax"] as const)("a request that the server says failed (%s)", async (flavour) => {
    const { server, engine } = await start({ flavour });
    const policy = await engine.createPolicy(trainable);
    const failure =
      flavour === "hosted"
        ? answer(200, { error: "out of memory", category: "Server" })
        : answer(400, { detail: "out of memory" });
    server.fail({ path: "retrieve_future", type: "ForwardBackward", fault: failure });
    await expect(trainStep(policy)).rejects.toThrow(/out of memory/);
    // The step behind the failed pass may have been taken: the policy refuses to go on.
    await expect(trainStep(policy)).rejects.toThrow(/not known/);
  });

  it("a failed pass that only reads: the policy goes on", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy(trainable);
    server.fail({
      path: "retrieve_future",
      type: "Forward",
      fault: answer(400, { detail: "out of memory" }),
    });
    await expect(trainStep(policy)).rejects.toThrow(ServerError);
    expect(await workOf(policy)).toEqual(await undisturbed());
  });

  it("a result that never comes", async () => {
    const { server, engine } = await start(
      { pollHold: 5 },
      { timing: { result: 150, pollPause: 1, retry: 5 } },
    );
    const policy = await engine.createPolicy();
    server.fail({ path: "retrieve_future", type: "Forward", fault: answer(408), times: 1000 });
    await expect(policy.score(sequences)).rejects.toThrow(/Forward \d+ has no result after/);
  });

  it("a server that stays away", async () => {
    const { server, engine } = await start({}, { timing: { patience: 100, retry: 5, request: 200 } });
    const policy = await engine.createPolicy();
    await server.close();
    await expect(policy.score(sequences)).rejects.toThrow(/No answer from http/);
  });

  it.each<[string, number, unknown, RegExp]>([
    ["a wrong key", 401, { detail: "bad key" }, /401.*Check the API key/],
    [
      "422 with a list",
      422,
      { detail: [{ type: "missing", loc: ["body", "seq_id"], msg: "Field required" }] },
      /Field required/,
    ],
    ["a number that was used", 409, { detail: "Training request sequence number was reused" }, /reused/],
  ])("%s, at once", async (_, status, body, message) => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy();
    server.fail({ path: "forward", fault: answer(status, body) });
    await expect(policy.score(sequences)).rejects.toThrow(message);
    expect(server.traffic.requests.get("forward")).toBe(1);
  });

  it("null in place of a number", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy();
    const row = (data: unknown[]) => ({ logprobs: { data, dtype: "float32", shape: [data.length] } });
    const result = { loss_fn_outputs: [row([-1, null, -1]), row([-1, -1])], metrics: {} };
    server.fail({ path: "retrieve_future", type: "Forward", fault: answer(200, result) });
    await expect(policy.score(sequences)).rejects.toThrow(/sequence 0 the server gave no number for token 2/);
  });

  it.each<[string, unknown]>([
    ["too few rows", { loss_fn_outputs: [], metrics: {} }],
    ["another shape", { loss_fn_outputs: 3 }],
    ["no JSON", "nonsense"],
  ])("a result that is not what the API says: %s", async (_, result) => {
    const { server, engine } = await start({}, { timing: { patience: 50, retry: 5 } });
    const policy = await engine.createPolicy();
    server.fail({ path: "retrieve_future", type: "Forward", fault: answer(200, result), times: 100 });
    await expect(policy.score(sequences)).rejects.toThrow(/server|answered with 200/);
  });

  it("protobuf where JSON was agreed on", async () => {
    const { server, engine } = await start({}, {});
    const policy = await engine.createPolicy();
    const headers = { "content-type": "application/x-protobuf" };
    server.fail({ path: "retrieve_future", type: "Forward", fault: answer(200, undefined, headers) });
    await expect(policy.score(sequences)).rejects.toThrow(/Set engine.codec to protobuf/);
  });
});

describe("sampling", () => {
  it("waits for all when the server says that it is too much, and goes on with few", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy();
    const requests = Array.from({ length: 40 }, (_, seed) => ({ ...asked, seed }));
    const calm = await policy.sample(requests);
    server.fail({ path: "asample", fault: answer(429, { detail: "backpressure" }), times: 5 });
    expect(await policy.sample(requests)).toEqual(calm);
  });

  it("scores samples itself where the server gives no log-probabilities", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy();
    const one = async () => (await policy.sample([{ ...asked, n: 1 }]))[0]![0]!;
    const calm = await one();
    for (const logprobs of [null, calm.tokens.map(() => 0)]) {
      const sequences = [{ stop_reason: "length", tokens: calm.tokens, logprobs }];
      server.fail({ path: "retrieve_future", type: "Sample", fault: answer(200, { sequences }) });
      for (const [index, value] of (await one()).logprobs.entries())
        expect(value).toBeCloseTo(calm.logprobs[index]!, 5);
    }
  });

  it("cuts after a stop token that the server ignored", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy();
    const sequences = [{ stop_reason: "length", tokens: [3, 4, 5, 6], logprobs: [-1, -2, -3, -4] }];
    server.fail({ path: "retrieve_future", type: "Sample", fault: answer(200, { sequences }) });
    expect(await policy.sample([{ ...asked, n: 1, stop: [4] }])).toEqual([
      [{ tokens: [3, 4], logprobs: new Float32Array([-1, -2]), finish: "stop" }],
    ]);
  });

  it.each(["skyrl-jax", "skyrl-torch", "hosted"] as const)(
    "always takes the newest weights (%s)",
    async (flavour) => {
      const { engine } = await start({ flavour });
      const policy = await engine.createPolicy(trainable);
      await policy.sample([asked]);
      for (let step = 0; step < 2; step++) {
        await trainStep(policy);
        const before = await policy.score(sequences);
        const [group] = await policy.sample([asked]);
        const scored = await policy.score(group!.map(({ tokens }) => [...asked.prompt, ...tokens]));
        for (const [row, sample] of group!.entries()) {
          for (const [index, value] of sample.logprobs.entries()) {
            expect(value).toBeCloseTo(scored[row]![index + 1]!, 5);
          }
        }
        // Sampling an old save would have put its weights back into training.
        expect(await policy.score(sequences)).toEqual(before);
      }
    },
  );
});

describe("archives", () => {
  const damage: readonly (readonly [string, (whole: Uint8Array) => Uint8Array])[] = [
    ["cut short", (whole) => whole.subarray(0, whole.length - 1400)],
    ["empty", () => new Uint8Array()],
    ["no archive at all", () => Buffer.from("<html>not found</html>".repeat(40))],
  ];
  it.each(damage)("%s: fetched again, then refused, and nothing is left behind", async (_, archive) => {
    const { engine, folder, warnings } = await start({ archive });
    const policy = await engine.createPolicy(trainable);
    await expect(policy.exportAdapter(join(folder, "adapter"))).rejects.toThrow(ModelError);
    expect(warnings.filter((warning) => /Fetching it again/.test(warning))).toHaveLength(2);
    const { readdir } = await import("node:fs/promises");
    expect(await readdir(folder)).not.toContain("adapter");
  });

  it("waits while the server packs", async () => {
    const { server, engine, folder } = await start({ flavour: "hosted" });
    const policy = await engine.createPolicy(trainable);
    server.fail({ path: "archive", fault: answer(503, { detail: "packing" }), times: 4 });
    await policy.exportAdapter(join(folder, "adapter"));
  });

  it("does not give the key to the place that keeps archives", async () => {
    const { server, engine, folder } = await start({ flavour: "hosted" }, { apiKey: "tml-secret" });
    const policy = await engine.createPolicy(trainable);
    server.traffic.keys.clear();
    await policy.exportAdapter(join(folder, "adapter"));
    expect(server.traffic.keys).toEqual(new Set(["tml-secret", undefined]));
  });
});

describe("a gradient that the server has and should not", () => {
  const supervised = objectives.supervised({ masks: sequences.map((sequence) => sequence.map(() => 1)) });
  it("is dropped by saving the model and making it again", async () => {
    const { engine } = await start({ flavour: "hosted" });
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    const twin = await engine.createPolicy(trainable);
    await trainStep(twin);
    const failing: Objective = Object.assign(
      () => {
        throw new RangeError("mine");
      },
      { linearGradients: supervised.linearGradients! },
    );
    await expect(policy.accumulate(sequences, failing)).rejects.toThrow("mine");
    expect(await trainStep(policy, supervised)).toBeCloseTo(await trainStep(twin, supervised), 5);
    expect(await policy.score(sequences)).toEqual(await twin.score(sequences));
  });
});
