import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreError } from "../spec/index.js";
import { openRunDirectory, type RunDirectory, runPaths, writeDocument } from "../store/index.js";
import {
  readEvaluations,
  readPairs,
  readRejections,
  readStageSeconds,
  readSteps,
  readTrees,
} from "./run-records.js";

let store: RunDirectory;

beforeEach(async () => {
  store = await openRunDirectory(await mkdtemp(join(tmpdir(), "itool-records-")));
});
afterEach(async () => {
  await store.close();
  await rm(store.root, { recursive: true });
});

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const evaluation = (policy: string) => ({
  policy,
  overall: { name: "overall", correct: 1, total: 2, accuracy: 0.5, low: 0.1, high: 0.9 },
  categories: [],
  tags: [],
  deficiencies: {},
});
const recipe = {
  rounds: 2,
  evaluate: { policies: ["base", "warmup", "rounds"], maximumTokens: 1, chunkRows: 1 },
} as const;

describe("records of a run", () => {
  it("are empty where the run has not come that far", async () => {
    expect(
      await readEvaluations(store, { ...recipe, evaluate: { ...recipe.evaluate, policies: ["base"] } }),
    ).toEqual([]);
    for (const rows of [readSteps(store), readTrees(store, 2), readPairs(store, 2), readRejections(store)]) {
      expect(await all<unknown>(rows)).toEqual([]);
    }
    expect(await readStageSeconds(store)).toEqual(new Map());
  });

  it("come in the order of the run, without those that are not there", async () => {
    await writeDocument(store, runPaths.round(2).evaluation.scores, evaluation("round-02"));
    await writeDocument(store, runPaths.base.evaluation.scores, evaluation("base"));
    const evaluations = await readEvaluations(store, {
      ...recipe,
      evaluate: { ...recipe.evaluate, policies: ["base", "warmup", "rounds"] },
    });
    expect(evaluations.map(({ policy }) => policy)).toEqual(["base", "round-02"]);
  });

  it("add up the sittings of a stage", async () => {
    for (const [stage, seconds] of [
      ["warmup", 2],
      ["prepare", 1],
      ["warmup", 3],
    ] as const) {
      await store.appendRow(runPaths.timings, { stage, seconds });
    }
    expect([...(await readStageSeconds(store))]).toEqual([
      ["warmup", 5],
      ["prepare", 1],
    ]);
  });

  it("name the file and the row that is damaged", async () => {
    await store.writeText(runPaths.metrics, '{"kind":"step"}\n');
    await expect(all(readSteps(store))).rejects.toThrow(StoreError);
    await expect(all(readSteps(store))).rejects.toThrow(/metrics\.jsonl, row 0/);
  });
});
