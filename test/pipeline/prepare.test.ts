/** The preparation of data, with both sources, on a real disk. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Example, StoreError } from "../../src/spec/index.js";
import {
  countData,
  type DataSettings,
  dataSettingsSchema,
  type PrepareInputs,
  prepare,
} from "../../src/stages/index.js";
import {
  exampleSchema,
  loadRenderContext,
  openRunDirectory,
  type RunDirectory,
  rejectionSchema,
  rowParser,
  runPaths,
} from "../../src/store/index.js";
import { FORMAT_NAMES, importRow, writeRow } from "../../src/tasks/index.js";
import { generateToolworld, toolworldExamples } from "../../src/tasks/toolworld/index.js";
import { type RenderContext, renderExample } from "../../src/text/index.js";
import { writeTinyFolder } from "./tiny-run.js";

let folder: string;
let context: RenderContext;
let run: RunDirectory;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-prepare-"));
  await writeTinyFolder(join(folder, "model"));
  // The tiny tokenizer has a token for each byte: rows of the world need more room than the tiny model has.
  context = { ...(await loadRenderContext(join(folder, "model"))), contextLength: 6000 };
});

beforeEach(async () => {
  run = await openRunDirectory(join(folder, "run"));
});

afterEach(async () => {
  await run.close();
  await rm(join(folder, "run"), { recursive: true, force: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function inputs(data: unknown): PrepareInputs {
  const settings: DataSettings = dataSettingsSchema.parse(data);
  return { data: settings, context, seed: 3 };
}

async function examples(path: string): Promise<Example[]> {
  const rows: Example[] = [];
  for await (const row of run.readRows(path, rowParser(exampleSchema, path))) rows.push(row);
  return rows;
}

describe("the built-in world", () => {
  const world = inputsOfWorld();

  it("keeps every row as an example of its side, or as a rejection", async () => {
    const record = await prepare({ maximumTokens: 0 }, inputs(world), { store: run });
    const [train, evaluation] = [await examples(runPaths.train), await examples(runPaths.evaluationRows)];
    expect(record.train.examples).toBe(train.length);
    expect(record.evaluation.examples).toBe(evaluation.length);
    expect(record.sources).toEqual([
      { file: "toolworld", read: 50, imported: 50, examples: train.length + evaluation.length },
    ]);
    const lengths = train.map((example) => renderExample(context, example).tokens.length);
    expect(record.train.tokens).toBe(lengths.reduce((sum, length) => sum + length, 0));
    expect(record.train.longest).toBe(Math.max(...lengths));
    const { easy, medium, hard } = record.train.difficulties;
    expect(easy + medium + hard).toBe(train.length);
  });

  it("reads back exactly what the generator made", async () => {
    await prepare({ maximumTokens: 0 }, inputs(world), { store: run });
    const options = { ...world, seed: 9, split: "evaluation" as const, count: 20 };
    const made = [...generateToolworld(options)].flatMap((row) => toolworldExamples(row));
    const answers = made.filter((example) => !example.tags.includes("summary"));
    expect(answers.length).toBeLessThan(made.length);
    expect(await examples(runPaths.evaluationRows)).toEqual(answers);
  });

  it("sets aside what is longer than the limit, and says so", async () => {
    const record = await prepare({ maximumTokens: 500 }, inputs(world), { store: run });
    expect(record.rejections["too-long"]).toBeGreaterThan(0);
    expect(record.train.longest).toBeLessThanOrEqual(500);
    const parse = rowParser(rejectionSchema, runPaths.rejections);
    let count = 0;
    for await (const rejection of run.readRows(runPaths.rejections, parse)) {
      count += 1;
      expect(rejection.message).toMatch(/500/);
    }
    expect(count).toBe(record.rejections["too-long"]);
  });

  it("counts without writing what it would write", async () => {
    const counted = await countData({ maximumTokens: 0 }, inputs(world));
    expect(await run.exists(runPaths.train)).toBe(false);
    expect(await prepare({ maximumTokens: 0 }, inputs(world), { store: run })).toEqual(counted);
  });

  it("leaves no file when one of them cannot be written", async () => {
    const { writeRows } = run;
    const failing = Object.create(run);
    failing.writeRows = async (path: string, rows: AsyncIterable<unknown>) => {
      if (path !== runPaths.rejections) return writeRows.call(run, path, failLate(rows, path));
      return writeRows.call(run, path, rows);
    };
    await expect(prepare({ maximumTokens: 0 }, inputs(world), { store: failing })).rejects.toThrow(
      "disk is full",
    );
    expect(await run.list("data")).toEqual([]);
  });

  function inputsOfWorld() {
    return {
      source: "toolworld",
      trainRows: 30,
      evaluationRows: 20,
      evaluationSeed: 9,
      categories: { single: 1, "multi-turn": 1 },
      argumentWork: 0,
      explicitness: 0.5,
      mixedWork: 0,
      composedTools: 0.2,
      longShare: 0,
      maxTools: 2,
    } as const;
  }

  async function* failLate(rows: AsyncIterable<unknown>, path: string) {
    let count = 0;
    for await (const row of rows) {
      count += 1;
      if (path === runPaths.train && count > 3) throw new StoreError("the disk is full");
      yield row;
    }
  }
});

describe("a file of any format", () => {
  it.each(FORMAT_NAMES)("%s runs through the preparation, named and detected", async (format) => {
    const rows = [...generateToolworld({ seed: 4, split: "train", count: 60 })];
    const lines = rows.flatMap(({ system, conversations }, row) => {
      const value = { system, conversations: conversations.map((turn) => ({ ...turn })) };
      const imported = importRow({ row, value }, { file: "", format: "toolace" });
      if (!imported.ok) throw new Error(imported.rejection.message);
      const written = writeRow({ ...imported.dialogue, instruction: "" }, format);
      return written.ok ? [written.value.text] : [];
    });
    expect(lines.length).toBeGreaterThan(format === "api-bank" ? 10 : 20);
    const path = join(folder, `${format}.jsonl`);
    await writeFile(path, lines.join("\n"));
    for (const source of [format, "file"]) {
      const record = await prepare({ maximumTokens: 0 }, inputs({ source, path }), { store: run });
      expect(record.sources[0]).toMatchObject({ file: path, read: lines.length, imported: lines.length });
      expect(record.rejections).toEqual({});
      const [train, evaluation] = [await examples(runPaths.train), await examples(runPaths.evaluationRows)];
      const tools = (side: Example[]) => new Set(side.map((example) => JSON.stringify(example.tools)));
      expect(overlap(tools(train), tools(evaluation))).toBe(0);
    }
  });
});

const toolace = resolve("../shared/tool-data/toolace/data.json");

describe("a file of ToolACE", () => {
  it("names a file that is not there", async () => {
    const settings = inputs({ source: "toolace", path: join(folder, "gone.json") });
    await expect(prepare({ maximumTokens: 0 }, settings, { store: run })).rejects.toThrow(/gone\.json/);
  });

  it("counts damaged rows and goes on", async () => {
    const path = join(folder, "rows.jsonl");
    const [row] = [...generateToolworld({ seed: 1, split: "train", count: 1 })];
    const good = JSON.stringify({ system: row!.system, conversations: row!.conversations });
    await writeFile(path, `${good}\n{"system": 7}\n{not json\n`);
    const settings = inputs({ source: "toolace", path, evaluationShare: 0 });
    const record = await prepare({ maximumTokens: 0 }, settings, { store: run });
    expect(record.sources[0]).toMatchObject({ file: path, read: 3, imported: 1 });
    expect(Object.values(record.rejections).reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it.skipIf(!existsSync(toolace))(
    "splits real rows without a common dialogue (skipped: no shared/tool-data)",
    async () => {
      const data = {
        source: "toolace",
        path: toolace,
        evaluationShare: 0.2,
        evaluationRows: 20,
        trainRows: 60,
      };
      const settings = { ...inputs(data), context: { ...context, contextLength: 20_000 } };
      const record = await prepare({ maximumTokens: 0 }, settings, { store: run });
      const [train, evaluation] = [await examples(runPaths.train), await examples(runPaths.evaluationRows)];
      expect(record.sources[0]!.read).toBeGreaterThan(train.length / 4);
      expect([train.length, evaluation.length]).toEqual([60, 20]);
      const rowsOf = (side: Example[]) => new Set(side.map(({ origin }) => origin.row));
      const requestsOf = (side: Example[]) =>
        new Set(side.map(({ tools, messages }) => JSON.stringify([tools, messages])));
      expect(overlap(rowsOf(train), rowsOf(evaluation))).toBe(0);
      expect(overlap(requestsOf(train), requestsOf(evaluation))).toBe(0);
    },
  );
});

function overlap<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): number {
  return [...one].filter((item) => other.has(item)).length;
}
