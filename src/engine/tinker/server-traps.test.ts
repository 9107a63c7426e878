/** The traps of servers that are no faults but ways of working, in the order of the protocol's checklist; see `tinker-faults.test.ts`. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { PlannedFault } from "../../../test/support/tinker/fake-faults.js";
import type { FakeServerOptions } from "../../../test/support/tinker/fake-server.js";
import { makeTar } from "../../../test/support/tinker/fake-tar.js";
import {
  openSmallModel,
  type SmallServer,
  startSmallServer,
  VOCABULARY,
} from "../../../test/support/tinker/small-server.js";
import { answer, asked, sequences, trainable } from "../../../test/support/tinker/small-work.js";
import { objectives } from "../../method/index.js";
import { ConfigError, ModelError, type Objective, type Policy, ServerError } from "../../spec/index.js";
import { openEngine } from "../open-engine.js";
import { ignoredOfStep } from "./server-traits.js";
import type { TinkerOptions } from "./tinker-options.js";

const supervised = objectives.supervised({ masks: sequences.map((sequence) => sequence.map(() => 1)) });
const twoPasses: Objective = (logprobs) => supervised(logprobs);

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

async function trainStep(policy: Policy, objective: Objective = twoPasses, weightDecay = 0): Promise<void> {
  await policy.accumulate(sequences, objective);
  await policy.step({ learningRate: 0.05, clipNorm: 0, weightDecay });
}

/** That samples are of the weights as they are: their log-probabilities are what `score` gives. */
async function expectSamplesOfNow(policy: Policy): Promise<void> {
  const [group] = await policy.sample([asked]);
  const scores = await policy.score(group!.map(({ tokens }) => [...asked.prompt, ...tokens]));
  for (const [row, sample] of group!.entries()) {
    for (const [index, value] of sample.logprobs.entries())
      expect(value).toBeCloseTo(scores[row]![index + 1]!, 4);
  }
}

describe("how gradients add up (2)", () => {
  it.each(["skyrl-jax", "skyrl-torch"] as const)(
    "is found out on a model that is thrown away: %s",
    async (flavour) => {
      const { engine, server } = await start({ flavour });
      const sizes = { vocabularySize: VOCABULARY, contextLength: 64 };
      const probing = await openEngine({
        kind: "tinker",
        url: server.url,
        model: "small",
        ...sizes,
        codec: "json",
      });
      const norms: number[] = [];
      for (const one of [engine, probing]) {
        const policy = await one.createPolicy(trainable);
        await policy.accumulate(sequences, twoPasses);
        norms.push((await policy.step({ learningRate: 0.01 })).gradientNorm);
        await policy.close();
      }
      expect(norms[0]).toBeCloseTo(norms[1]!, 5);
      expect(server.modelCount).toBe(0);
      await probing.close();
    },
  );
});

describe("endpoints that are not there (4)", () => {
  it.each([404, 405])("%d for the settings, the models and the exchange of keys", async (status) => {
    const { server, connect } = await start({}, { apiKey: "tml-key" });
    const gone = answer(status, { detail: "Not Found" });
    server.fail({ path: "client/config", fault: gone }, { path: "get_server_capabilities", fault: gone });
    const engine = await connect();
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    expect(await policy.score(sequences)).toHaveLength(2);
    await engine.close();
  });

  it("a key is exchanged for a token where the server wants that, and used where the exchange is not there", async () => {
    const { server, connect } = await start({ config: { pjwt_auth_enabled: true } }, { apiKey: "tml-key" });
    const claims = Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 3600 })).toString("base64url");
    const jwt = `eyJ.${claims}.x`;
    server.fail({ path: "auth/token", fault: answer(200, { jwt }) });
    const engine = await connect();
    server.traffic.keys.clear();
    await (await engine.createPolicy()).score(sequences);
    expect(server.traffic.keys).toEqual(new Set([jwt]));
    await engine.close();
    const other = await connect();
    server.traffic.keys.clear();
    await (await other.createPolicy()).score(sequences);
    expect(server.traffic.keys).toEqual(new Set(["tml-key"]));
    await other.close();
  });
});

describe("settings that are dropped without a word (5)", () => {
  it("are told, each once", async () => {
    const { engine, warnings } = await start({ flavour: "skyrl-torch" });
    const policy = await engine.createPolicy({
      adapter: { rank: 2, alpha: 8, targets: ["q_proj", "gate_proj", "up_proj", "down_proj"] },
    });
    for (let step = 0; step < 2; step += 1) {
      await policy.accumulate(sequences, twoPasses);
      await policy.step({ learningRate: 0.01, beta2: 0.95, weightDecay: 0, clipNorm: 0.5 });
    }
    const told = (pattern: RegExp): number => warnings.filter((warning) => pattern.test(warning)).length;
    for (const pattern of [
      /adapter.alpha 8/,
      /some of q_proj/,
      /beta2 0.95/,
      /weightDecay 0 /,
      /clipNorm 0.5/,
    ])
      expect(told(pattern), String(pattern)).toBe(1);
    expect(told(/gate_proj/)).toBe(0);
  });

  it("depend on the server", () => {
    const options = { learningRate: 1, beta1: 0.8, eps: 1e-6, weightDecay: 0.1, clipNorm: 2 };
    expect(ignoredOfStep("hosted", options)).toEqual([]);
    expect(ignoredOfStep("skyrl-jax", options)).toHaveLength(2);
    expect(ignoredOfStep("skyrl-torch", options)).toHaveLength(4);
    expect(ignoredOfStep("skyrl-torch", { learningRate: 1, weightDecay: 0.01 })).toEqual([]);
  });
});

describe("a model that the server does not have (6)", () => {
  it("is refused, whatever the server would train under its name", async () => {
    const { connect } = await start();
    await expect(connect({ model: "org/other" })).rejects.toThrow(/has no model org\/other. It has small/);
    await (await connect({ model: "some/path/small" })).close();
  });
});

describe("work that has no result (8)", () => {
  it("empty data are never sent", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy(trainable);
    server.traffic.requests.clear();
    expect(await policy.score([])).toEqual([]);
    expect(await policy.score([[3]])).toEqual([new Float32Array()]);
    expect(server.traffic.requests.get("forward")).toBeUndefined();
    const nothing: Objective = () => ({ loss: 0, gradients: [new Float32Array()] });
    await policy.accumulate([[3]], nothing);
    await policy.step({ learningRate: 0.1 });
    expect(server.traffic.requests.get("forward_backward")).toBeUndefined();
  });

  it("a server that takes a request and never answers, to a submission or to a poll", async () => {
    const { server, engine } = await start({}, { timing: { request: 50, poll: 50, retry: 1, pollPause: 1 } });
    const policy = await engine.createPolicy(trainable);
    for (const path of ["forward", "forward_backward", "optim_step", "asample", "retrieve_future"])
      server.fail({ path, fault: { kind: "hang" } });
    await trainStep(policy);
    await expectSamplesOfNow(policy);
    expect([...server.traffic.steps.values()]).toEqual([1]);
  });
});

describe("statuses that mean something else (9)", () => {
  it("500 for ever, as for a mistake of the client: told when the patience is over", async () => {
    const { server, engine } = await start({}, { timing: { patience: 60, retry: 5 } });
    const policy = await engine.createPolicy();
    server.fail({ path: "forward", fault: answer(500, "Internal Server Error"), times: 1000 });
    await expect(policy.score(sequences)).rejects.toThrow(
      /forward was answered with 500: "Internal Server Error"/,
    );
  });
});

describe("one loss in the queue (13)", () => {
  it("of a model on SkyRL with PyTorch, whatever the objective", async () => {
    const { server, engine } = await start({ flavour: "skyrl-torch" });
    const policy = await engine.createPolicy(trainable);
    const calls = [
      policy.accumulate(sequences, supervised),
      policy.accumulate(sequences, twoPasses),
      policy.step({ learningRate: 0.01 }),
      policy.score(sequences),
    ];
    await Promise.all(calls);
    expect([...server.traffic.losses.values()]).toEqual([new Set(["cross_entropy"])]);
  });
});

describe("weight decay that reaches other models (14)", () => {
  it("is told, and leaves the base model as it is: its adapter is zero", async () => {
    const { engine, warnings } = await start({ flavour: "skyrl-jax" });
    const [base, other, policy] = [
      await engine.createPolicy(),
      await engine.createPolicy({ ...trainable, seed: 5 }),
      await engine.createPolicy(trainable),
    ];
    await trainStep(other);
    const before = { base: await base.score(sequences), other: await other.score(sequences) };
    await trainStep(policy, twoPasses, 0.5);
    expect(warnings.join()).toMatch(/weightDecay 0.5 also decays every other model on the server/);
    expect(await base.score(sequences)).toEqual(before.base);
    expect(await other.score(sequences)).not.toEqual(before.other);
  });
});

describe("samples of the base model (15)", () => {
  it.each(["hosted", "skyrl-jax", "skyrl-torch"] as const)(
    "are those of an adapter that was never trained, so every server gives them: %s",
    async (flavour) => {
      const { engine } = await start({ flavour });
      const policy = await engine.createPolicy();
      await expectSamplesOfNow(policy);
      const direct = await openSmallModel();
      const [own, other] = [
        await policy.score(sequences),
        await (await direct.createPolicy()).score(sequences),
      ];
      for (const [row, values] of own.entries())
        for (const [index, value] of values.entries()) expect(value).toBeCloseTo(other[row]![index]!, 4);
      await direct.close();
    },
  );
});

describe("metrics that servers share between requests (16)", () => {
  it("are not read: losses are computed here", async () => {
    const { engine } = await start({ flavour: "skyrl-torch" });
    const policy = await engine.createPolicy(trainable);
    const logprobs = await policy.score(sequences);
    const calls = sequences.map((sequence, index) => {
      const masks = [sequence.map(() => 1)];
      const objective = objectives.supervised({ masks });
      return policy
        .accumulate([sequence], objective)
        .then(({ loss }) => expect(loss).toBeCloseTo(objective([logprobs[index]!]).loss, 5));
    });
    await Promise.all(calls);
  });
});

describe("full training where training and sampling share the GPUs (17)", () => {
  it("samples from a new copy after every pass, and a pass waits for samples", async () => {
    const { engine } = await start({ flavour: "skyrl-torch" });
    const policy = await engine.createPolicy({ train: "full" });
    await expectSamplesOfNow(policy);
    await expectSamplesOfNow(policy);
    await policy.accumulate(sequences, supervised);
    await expectSamplesOfNow(policy);
    await policy.step({ learningRate: 0.01 });
    const [samples] = await Promise.all([
      policy.sample([asked]),
      policy.score(sequences),
      policy.sample([asked]),
    ]);
    const nonsense = [0, 0, 0, 0, 0, 0];
    expect(samples[0]!.map(({ tokens }) => tokens)).not.toContainEqual(nonsense);
    await expectSamplesOfNow(policy);
  });
});

describe("answers that are lost", () => {
  it("to saving a sampler: the server says that its name is taken, and it is saved under another", async () => {
    const { server, engine } = await start();
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    server.fail({ path: "save_weights_for_sampler", fault: { kind: "lose-answer" } });
    await expectSamplesOfNow(policy);
    await trainStep(policy);
    await expectSamplesOfNow(policy);
  });

  it("to making a model: another is made, the stray one goes with its session", async () => {
    const { server, engine } = await start();
    server.fail({ path: "create_model", fault: { kind: "lose-answer" } });
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    expect(server.modelCount).toBe(2);
    await policy.close();
    expect(server.modelCount).toBe(1);
  });

  it.each<[string, PlannedFault["fault"]]>([
    ["408 of a proxy", answer(408, { detail: "timeout" })],
    ["an empty 400", answer(400)],
    ["504", answer(504)],
  ])("to loading a checkpoint, by %s: it is loaded into another model", async (_, fault) => {
    const { server, engine, folder } = await start();
    const policy = await engine.createPolicy(trainable);
    await trainStep(policy);
    await policy.save(join(folder, "state"));
    const before = await policy.score(sequences);
    server.fail({ path: "load_weights", fault });
    await policy.load(join(folder, "state"));
    expect(await policy.score(sequences)).toEqual(before);
    expect(server.modelCount).toBe(1);
  });

  it("for good, before a step: the number is not used again for something else", async () => {
    const { server, engine } = await start(
      {},
      { timing: { patience: 40, retry: 5, request: 1_000, pollPause: 1 } },
    );
    const policy = await engine.createPolicy(trainable);
    server.fail({ path: "forward", fault: { kind: "lose-answer" }, times: 1000 });
    await expect(policy.score(sequences)).rejects.toThrow(/No answer/);
    server.faults.clear();
    // The model that may have the request is left alone: nothing was trained, so another is made.
    expect(await policy.score([[7, 8, 9]])).toHaveLength(1);
    await trainStep(policy);
  });

  it("for good, of a step: the policy refuses to go on until a checkpoint is loaded", async () => {
    const { server, engine, folder } = await start(
      {},
      { timing: { patience: 40, retry: 5, request: 1_000, pollPause: 1 } },
    );
    const policy = await engine.createPolicy(trainable);
    await policy.save(join(folder, "state"));
    server.fail({ path: "optim_step", fault: { kind: "lose-answer" }, times: 1000 });
    await expect(trainStep(policy)).rejects.toThrow(/what it did to the weights is not known/);
    server.faults.clear();
    await expect(trainStep(policy)).rejects.toThrow(/what it did to the weights is not known/);
    await policy.load(join(folder, "state"));
    await trainStep(policy);
    expect(Math.max(...server.traffic.steps.values())).toBe(1);
  });
});

describe("archives from outside", () => {
  it.each<[string, () => Uint8Array]>([
    ["a path that leads out", () => makeTar([{ name: "../../evil.txt", content: Buffer.from("evil") }])],
    ["an absolute path", () => makeTar([{ name: "/tmp/itool-evil.txt", content: Buffer.from("evil") }])],
    ["a link", () => makeTar([{ name: "adapter_config.json", link: "/etc/passwd" }])],
    [
      "the same file twice",
      () =>
        makeTar([
          { name: "adapter_config.json", content: Buffer.from("{}") },
          { name: "a/adapter_config.json", content: Buffer.from("{}") },
        ]),
    ],
  ])("with %s: refused, and nothing is left anywhere", async (_, archive) => {
    const { engine, folder } = await start({ archive });
    const policy = await engine.createPolicy(trainable);
    await expect(policy.exportAdapter(join(folder, "a/adapter"))).rejects.toThrow(ModelError);
    expect(existsSync("/tmp/itool-evil.txt")).toBe(false);
    const names = await readdir(folder, { recursive: true });
    expect(names.filter((name) => /evil|adapter_config/.test(name) && !name.startsWith("server"))).toEqual(
      [],
    );
  });

  it.each(["file:///etc/passwd", "gopher://h/", "http://"])("at %s: refused", async (location) => {
    const { server, engine, folder } = await start({ flavour: "hosted" });
    const policy = await engine.createPolicy(trainable);
    server.fail({ path: "archive", fault: answer(302, undefined, { location }) });
    await expect(policy.exportAdapter(join(folder, "adapter"))).rejects.toThrow(/no http address/);
  });
});

describe("secrets", () => {
  it("that a server says back are in no message", async () => {
    const { server, engine } = await start({}, { apiKey: "tml-secret" });
    const policy = await engine.createPolicy();
    for (const status of [401, 400, 422])
      server.fail({ path: "forward", fault: answer(status, { detail: "key tml-secret is wrong" }) });
    for (let call = 0; call < 3; call += 1) {
      const error: unknown = await policy.score(sequences).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(ServerError);
      expect(String(error)).toMatch(/key \[key\] is wrong/);
      expect(JSON.stringify(error)).not.toContain("tml-secret");
    }
  });

  it("are in no file of a saved state or an export", async () => {
    const { engine, folder } = await start({}, { apiKey: "tml-secret" });
    const policy = await engine.createPolicy(trainable);
    await policy.save(join(folder, "own/state"));
    await policy.exportAdapter(join(folder, "own/adapter"));
    for (const name of await readdir(join(folder, "own"), { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      expect(await readFile(join(name.parentPath, name.name), "latin1")).not.toContain("tml-secret");
    }
  });

  it.each(["http://me:word@localhost:1", "http://localhost:1/?token=word"])(
    "in the address %s are refused and not shown",
    async (url) => {
      const { connect } = await start();
      const error: unknown = await connect({ url }).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).not.toContain("word@");
    },
  );
});

describe("the end", () => {
  it("frees the models, and does not wait long for a server that is away", async () => {
    const { server, connect } = await start({}, { timing: { patience: 50, retry: 5, request: 200 } });
    const [one, other] = [await connect(), await connect()];
    for (const engine of [one, other]) await engine.createPolicy(trainable);
    expect(server.modelCount).toBe(2);
    await one.close();
    expect(server.modelCount).toBe(1);
    await server.close();
    const started = performance.now();
    await other.close();
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("stops the heartbeats", async () => {
    const { server, connect } = await start({}, { timing: { heartbeat: 5 } });
    const engine = await connect();
    await engine.createPolicy();
    await expect.poll(() => server.traffic.requests.get("session_heartbeat") ?? 0).toBeGreaterThan(1);
    await small?.engine.close();
    await engine.close();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const beats = server.traffic.requests.get("session_heartbeat");
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(server.traffic.requests.get("session_heartbeat")).toBe(beats);
  });
});
