/** What can go wrong with a run directory, and what then happens: a clear error, or the work done again; never a wrong result. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CancelledError, type ProgressEvent, type Store, StoreError } from "../../src/spec/index.js";
import { runPipeline, type StageOutcome, type StagePorts } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { bytesOf } from "./bytes-of.js";
import { openTinyModel, tinyRecipe, writeTinyFolder } from "./tiny-run.js";
import { wrapStore } from "./wrap-store.js";

// One round is enough here; kill-resume.test.ts has two.
const oneRound = ["rounds=1"];
let folder: string;
let model: string;
let whole: string;
let expected: Map<string, string>;
let directory: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-faults-"));
  model = join(folder, "model");
  whole = join(folder, "whole");
  await writeTinyFolder(model);
  await runIn(whole);
  expected = await bytesOf(whole);
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(folder, "run-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

interface RunOptions {
  readonly overrides?: readonly string[];
  readonly ports?: Partial<StagePorts>;
  /** Puts something between the pipeline and the disk. */
  readonly wrap?: (store: Store) => Store;
}

async function runIn(path: string, options: RunOptions = {}): Promise<readonly StageOutcome[]> {
  const recipe = tinyRecipe([...oneRound, ...(options.overrides ?? [])]);
  const run = await openRunDirectory(path);
  try {
    const store = options.wrap?.(run) ?? run;
    return await runPipeline(
      { recipe, model: await openTinyModel(model, recipe) },
      { ...options.ports, store },
    );
  } finally {
    await run.close();
  }
}

/** A copy of the whole run, so that a test may damage it. */
async function copyWhole(): Promise<void> {
  await cp(whole, directory, { recursive: true });
}

async function expectWhole(): Promise<void> {
  const found = await bytesOf(directory);
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, bytes] of found) expect(bytes === expected.get(name), name).toBe(true);
}

function workOf(outcomes: readonly StageOutcome[]): string[] {
  return outcomes.filter(({ kind }) => kind !== "skipped").map(({ stage }) => stage);
}

describe("a full disk", () => {
  it.each([1, 16, 33, 60])(
    "at write %i stops the run with the file and the fix; with space again it ends as if nothing had been",
    async (number) => {
      const failure: unknown = await runIn(directory, { wrap: (store) => fullAt(store, number) }).catch(
        (cause: unknown) => cause,
      );
      expect(failure).toBeInstanceOf(StoreError);
      expect(failure).toMatchObject({ facts: { code: "ENOSPC" } });
      expect(String(failure)).toMatch(/the disk is full\. Free some space/);
      await runIn(directory);
      await expectWhole();
    },
  );
});

/** A store whose disk is full from the n-th change on; what is removed needs no space. */
function fullAt(store: Store, number: number): Store {
  let changes = 0;
  return wrapStore(store, async (change, path) => {
    changes += 1;
    if (changes < number) return change();
    const message = `cannot write ${path}: the disk is full. Free some space, then give the same command again.`;
    throw new StoreError(message, { path, code: "ENOSPC" });
  });
}

describe("a damaged run", () => {
  it.each([
    ["data/train.jsonl", "prepare"],
    ["warmup/adapter/adapter_model.safetensors", "warmup"],
    ["round-01/trees/trees.jsonl", "round-01/explore"],
    ["round-01/eval/scores.json", "round-01/evaluate"],
  ])("with %s edited does %s again, says why, and is whole again", async (file, stage) => {
    await copyWhole();
    const bytes = await readFile(join(directory, file));
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(join(directory, file), bytes);
    const outcomes = await runIn(directory);
    expect(outcomes.find((outcome) => outcome.stage === stage)).toMatchObject({
      kind: "redone",
      reason: expect.stringMatching(/^its output .* is not what the stage wrote$/),
    });
    await expectWhole();
  });

  it.each(["round-01/pairs/pairs.jsonl", "warmup/adapter", "data"])(
    "without %s makes it again",
    async (path) => {
      await copyWhole();
      await rm(join(directory, path), { recursive: true });
      await runIn(directory);
      await expectWhole();
    },
  );

  it.each(["manifests/warmup.json", "manifests/round-01/explore.json"])(
    "with %s cut off names it and the fix",
    async (file) => {
      await copyWhole();
      const text = await readFile(join(directory, file), "utf8");
      await writeFile(join(directory, file), text.slice(0, 40));
      await expect(runIn(directory)).rejects.toThrow(StoreError);
      await expect(runIn(directory)).rejects.toThrow(
        /\.json is damaged: it is not JSON.*delete it and run again/,
      );
      await rm(join(directory, file));
      await runIn(directory);
      await expectWhole();
    },
  );
});

describe("another setting", () => {
  it.each([
    ["evaluate.chunkRows=4", ["base/evaluate", "warmup/evaluate", "round-01/evaluate"]],
    ["prefer.learningRate=0.01", ["round-01/prefer", "round-01/evaluate", "compare"]],
    ["pair.valueGap=0.2", ["round-01/pair", "round-01/prefer", "round-01/evaluate", "compare"]],
    ["rounds=0", ["compare"]],
  ])("%s does again what depends on it, and nothing else", async (override, stages) => {
    await copyWhole();
    const work = workOf(await runIn(directory, { overrides: [override] }));
    expect(stages).toEqual(expect.arrayContaining(work));
    expect(work).toEqual(stages.filter((stage) => work.includes(stage)));
    expect(work[0]).toBe(stages[0]);
  });

  it("and back again ends with the bytes of before", async () => {
    await copyWhole();
    await runIn(directory, { overrides: ["warmup.learningRate=0.01"] });
    await runIn(directory);
    await expectWhole();
  });
});

describe("an interruption", () => {
  it.each(["prepare", "warmup", "round-01/rank", "round-01/explore", "round-01/prefer", "round-01/evaluate"])(
    "in %s stops after a checkpoint; the run then goes on to the same bytes",
    async (stage) => {
      const controller = new AbortController();
      const onProgress = (event: ProgressEvent) => {
        if (event.stage === stage && event.done > 0 && event.done < event.total) controller.abort();
        if (stage === "prepare" && event.stage === stage) controller.abort();
      };
      const ports = { signal: controller.signal, onProgress };
      await expect(runIn(directory, { ports })).rejects.toThrow(CancelledError);
      await runIn(directory);
      await expectWhole();
    },
  );
});
