import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedTerminal, runCommandLine } from "../../../test/support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../../../test/support/cli-run.js";
import type { JsonObject } from "../../spec/index.js";
import { loadRenderContext } from "../../store/index.js";
import { DATA_EXPORTS, exportRunData } from "./export-data.js";
import { runRecipe } from "./run.js";

let workspace: TinyWorkspace;
let run: string;

beforeAll(async () => {
  workspace = await createTinyWorkspace();
  run = join(workspace.folder, "run");
  const signal = new AbortController().signal;
  const options = { recipe: workspace.recipe, overrides: [], signal, out: run };
  await runRecipe(options, recordedTerminal().terminal, workspace.load);
}, 240_000);
afterAll(() => workspace.remove());

const rowsOf = async (file: string): Promise<JsonObject[]> =>
  (await readFile(file, "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
const inRun = (name: string) => rowsOf(join(run, name));

describe("itool export", () => {
  it("writes the examples of a run, one row each, in formats that are read back", async () => {
    const examples = await inRun("data/train.jsonl");
    for (const format of ["openai-chat", "sharegpt", "trl"] as const) {
      const { written, leftOut, out } = await exportRunData({ directory: run, format });
      expect([format, written + leftOut]).toEqual([format, examples.length]);
      expect(await rowsOf(out)).toHaveLength(written);
      if (format === "trl") continue;
      const check = await runCommandLine("--json", "data", "check", out);
      expect(JSON.parse(check.stdout)).toMatchObject({ format, rows: { imported: written, setAside: 0 } });
    }
  });

  it("writes the pairs as the texts of their tokens", async () => {
    const pairs = await inRun("round-01/pairs/pairs.jsonl");
    const { out, written } = await exportRunData({ directory: run, format: "pairs-trl" });
    const rows = await rowsOf(out);
    expect([written, rows.length]).toEqual([pairs.length, pairs.length]);
    const { tokenizer } = await loadRenderContext(workspace.model);
    for (const [index, { prompt, chosen, rejected }] of rows.entries()) {
      const pair = pairs[index]!;
      const text = (ids: unknown) => tokenizer.decode(Array.isArray(ids) ? ids : []);
      expect([prompt, chosen, rejected]).toEqual([text(pair.prefix), text(pair.chosen), text(pair.rejected)]);
    }
  });

  it("writes the pairs as ranking rows with whole answers", async () => {
    const pairs = await inRun("round-01/pairs/pairs.jsonl");
    const { out } = await exportRunData({ directory: run, format: "pairs-llama-factory" });
    const rows = await rowsOf(out);
    expect(rows).toHaveLength(pairs.length);
    for (const [index, { conversations, chosen, rejected, tools }] of rows.entries()) {
      const { prefixText, chosenText, rejectedText } = pairs[index]!;
      expect(chosen).toEqual({ from: "gpt", value: `${prefixText}${chosenText}` });
      expect(rejected).toEqual({ from: "gpt", value: `${prefixText}${rejectedText}` });
      expect(Array.isArray(conversations) && conversations.length % 2).toBe(1);
      expect(JSON.parse(String(tools))).toEqual(expect.any(Array));
    }
  });

  it("writes the trees with their token ids, and what they were grown for", async () => {
    const trees = await inRun("round-01/trees/trees.jsonl");
    const { out } = await exportRunData({ directory: run, format: "trees" });
    const rows = await rowsOf(out);
    expect(rows).toHaveLength(trees.length);
    for (const [index, row] of rows.entries()) {
      expect(row).toMatchObject(trees[index]!);
      expect(row).toMatchObject({
        messages: expect.any(Array),
        tools: expect.any(Array),
        gold: expect.any(String),
      });
    }
  });

  it("is a command that names its formats and its errors", async () => {
    const file = join(workspace.folder, "trees.jsonl.gz");
    const ending = await runCommandLine("--json", "export", run, "--format", "trees", "--out", file);
    expect(JSON.parse(ending.stdout)).toMatchObject({ out: file, format: "trees" });
    expect((await runCommandLine("export", workspace.folder, "--format", "trees")).code).toBe(2);
    expect((await runCommandLine("export", run, "--format", "nonsense")).code).toBe(2);
    const help = await runCommandLine("export", "--help");
    for (const name of Object.keys(DATA_EXPORTS)) expect(help.stdout).toContain(name);
  });
});
