/** Every way through the loop that a recipe can ask for, each as a whole small run. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StepRecord } from "../../src/spec/index.js";
import { runPipeline } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { bytesOf } from "./bytes-of.js";
import { openTinyModel, tinyRecipe, writeTinyFolder } from "./tiny-run.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-variants-"));
  await writeTinyFolder(join(folder, "model"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

let runs = 0;

/** Runs one round with the overrides and returns the run's folder. */
async function runWith(...overrides: string[]): Promise<string> {
  const recipe = tinyRecipe(["rounds=1", "evaluate.policies=[rounds]", ...overrides]);
  const directory = join(folder, `run-${runs++}`);
  const run = await openRunDirectory(directory);
  const model = await openTinyModel(join(folder, "model"), recipe);
  await runPipeline({ recipe, model }, { store: run });
  await run.close();
  return directory;
}

async function lines(directory: string, file: string): Promise<string[]> {
  const text = await readFile(join(directory, file), "utf8");
  return text.split("\n").filter((line) => line !== "");
}

async function stepsOf(directory: string, stage: string): Promise<StepRecord[]> {
  const steps = (await lines(directory, "metrics.jsonl")).map((line): StepRecord => JSON.parse(line));
  return steps.filter((step) => step.stage === stage);
}

describe("the preference losses", () => {
  it.each(["simpo", "dpo", "ipo", "orpo", "cpo"])("%s trains, with its margin in the log", async (loss) => {
    const directory = await runWith(`prefer.loss=${loss}`, "prefer.epochs=2");
    const steps = await stepsOf(directory, "round-01/prefer");
    expect(steps.length).toBeGreaterThan(3);
    for (const { metrics, loss: value } of steps) {
      expect(Number.isFinite(value)).toBe(true);
      expect(metrics).toHaveProperty("margin");
    }
    // At the first step policy and reference are the same.
    if (loss === "dpo" || loss === "ipo") expect(steps[0]!.metrics.margin).toBeCloseTo(0, 4);
    const adapter = (name: string) => readFile(join(directory, name, "adapter_model.safetensors"));
    expect((await adapter("warmup/adapter")).equals(await adapter("round-01/adapter"))).toBe(false);
  });
});

describe("parts of a batch", () => {
  it("give the same losses as the whole batch", async () => {
    const whole = await runWith();
    const parts = await runWith("warmup.partTokens=1", "prefer.partTokens=1");
    for (const stage of ["warmup", "round-01/prefer"]) {
      const [one, other] = [await stepsOf(whole, stage), await stepsOf(parts, stage)];
      expect(other).toHaveLength(one.length);
      expect(other[0]!.loss).toBeCloseTo(one[0]!.loss, 6);
      expect(other[0]!.gradientNorm).toBeCloseTo(one[0]!.gradientNorm, 5);
      for (const [name, value] of Object.entries(one[0]!.metrics)) {
        expect(other[0]!.metrics[name]).toBeCloseTo(value, 5);
      }
    }
  });
});

describe("what is trained", () => {
  it("can be the whole model: each stage then leaves a model folder, and no adapter", async () => {
    const directory = await runWith("adapter.train=full", "prefer.loss=dpo");
    const names = [...(await bytesOf(directory)).keys()];
    expect(names).toContain("warmup/model/model.safetensors");
    expect(names).toContain("round-01/model/model.safetensors");
    expect(names.filter((name) => name.includes("adapter"))).toEqual([]);
    expect((await stepsOf(directory, "round-01/prefer"))[0]!.metrics.margin).toBeCloseTo(0, 4);
  });
});

describe("what can be left out", () => {
  it.each([
    ["the warm-up", "warmup.epochs=0", "warmup"],
    ["the preference training", "prefer.epochs=0", "round-01/prefer"],
    ["every pair", "pair.valueGap=1000", "round-01/prefer"],
    ["every hard row", "rank.share=0", "round-01/prefer"],
  ])("%s: the run goes through without steps there", async (_name, override, stage) => {
    const directory = await runWith(override);
    expect(await stepsOf(directory, stage)).toEqual([]);
    expect(JSON.parse(await readFile(join(directory, "round-01/eval/scores.json"), "utf8"))).toMatchObject({
      policy: "round-01",
    });
  });

  it("the data of the evaluation: the scores are then of nothing", async () => {
    const directory = await runWith("data.evaluationRows=0", "evaluate.policies=[base,rounds]");
    expect(JSON.parse(await readFile(join(directory, "base/eval/scores.json"), "utf8"))).toMatchObject({
      overall: { total: 0 },
      categories: [],
    });
    expect(JSON.parse(await readFile(join(directory, "comparisons.json"), "utf8"))).toEqual([]);
  });
});

describe("the search", () => {
  it("asks for the policy's own judgement where it counts", async () => {
    const directory = await runWith("explore.weights.selfEvaluation=0.5", "explore.simulation=separate");
    const trees = (await lines(directory, "round-01/trees/trees.jsonl")).map((line) => JSON.parse(line));
    const judged = trees.flatMap(({ nodes }) => nodes.slice(1));
    expect(judged.length).toBeGreaterThan(5);
    for (const node of judged) {
      expect(node.reward).toBeCloseTo(node.outcome + 0.5 * node.selfEvaluation, 6);
    }
  });

  it("does not depend on how many trees advance together", async () => {
    const trees = async (batch: number) =>
      lines(await runWith(`explore.batchTrees=${batch}`, "prefer.epochs=0"), "round-01/trees/trees.jsonl");
    expect(await trees(2)).toEqual(await trees(7));
  });
});

describe("limits", () => {
  it("of pairs draw some of them, in the order of all", async () => {
    const all = await lines(await runWith("prefer.epochs=0"), "round-01/pairs/pairs.jsonl");
    const some = await lines(
      await runWith("prefer.epochs=0", "pair.maximumPairs=3"),
      "round-01/pairs/pairs.jsonl",
    );
    expect(some).toHaveLength(3);
    expect(all.filter((line) => some.includes(line))).toEqual(some);
  });

  it("of hard rows take the hardest", async () => {
    const directory = await runWith("rank.maximumRows=4", "prefer.epochs=0");
    expect(await lines(directory, "round-01/hard/examples.jsonl")).toHaveLength(4);
    expect(await lines(directory, "round-01/trees/trees.jsonl")).toHaveLength(4);
  });
});
