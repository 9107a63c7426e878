import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeApiBank } from "../../../test/support/api-bank-data.js";
import { recordedTerminal } from "../../../test/support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../../../test/support/cli-run.js";
import { CancelledError, ConfigError } from "../../spec/index.js";
import { type ApiBankOptions, renderApiBankOutcome, runApiBank } from "./evaluate-api-bank.js";

let workspace: TinyWorkspace;
let data: string;

beforeAll(async () => {
  workspace = await createTinyWorkspace();
  data = join(workspace.folder, "api-bank-data");
  await writeApiBank(data);
}, 120_000);
afterAll(() => workspace.remove());

function evaluate(options: Partial<ApiBankOptions> = {}) {
  const given = {
    model: workspace.model,
    data,
    out: join(workspace.folder, "out"),
    maximumTokens: 8,
    signal: new AbortController().signal,
  };
  return runApiBank({ ...given, ...options }, recordedTerminal().terminal, workspace.load);
}

const read = (out: string, name: string) => readFile(join(workspace.folder, out, "api-bank", name), "utf8");

describe("itool eval --benchmark api-bank", () => {
  it("writes answers, verdicts, scores and the official form", async () => {
    const outcome = await evaluate({ strict: true, prompt: "template" });
    expect(outcome.evaluation.official.map(({ level, all }) => [level, all.total])).toEqual([
      ["L1", 7],
      ["L2", 3],
    ]);
    expect(outcome.evaluation.strict).toHaveLength(2);
    const results = (await read("out", "results.jsonl"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(results).toHaveLength(10);
    const predictions = (await read("out", "predictions-L1.jsonl")).trimEnd().split("\n");
    expect(JSON.parse(predictions[1]!)).toMatchObject({
      file: "AddAlarm-1.jsonl",
      id: 1,
      pred: results[1].result,
    });
    expect(JSON.parse(await read("out", "scores.json"))).toEqual(outcome.evaluation);
    expect(renderApiBankOutcome(outcome)).toMatch(/Prompt: the model's own tool format\./);
  });

  it("goes on where it was stopped, and ends with the same bytes", async () => {
    const whole = await evaluate({ out: join(workspace.folder, "whole"), prompt: "template" });
    const out = join(workspace.folder, "stopped");
    await evaluate({ out, prompt: "template" });
    const log = join(out, "api-bank/items.jsonl");
    const lines = (await readFile(log, "utf8")).split("\n");
    await writeFile(log, `${lines.slice(0, 4).join("\n")}\n{"id": "cut`);
    for (const name of ["results.jsonl", "scores.json"]) await rm(join(out, "api-bank", name));
    expect(await evaluate({ out, prompt: "template" })).toEqual(whole);
    for (const name of ["items.jsonl", "results.jsonl", "verdicts.jsonl", "scores.json"]) {
      expect(await read("stopped", name)).toBe(await read("whole", name));
    }
  });

  it("answers the levels asked for, and says what does not fit", async () => {
    const out = join(workspace.folder, "levels");
    const { evaluation, prompt } = await evaluate({ out, categories: ["L2"] });
    expect(evaluation.official.map(({ level }) => level)).toEqual(["L2"]);
    expect(evaluation.tooLong).toBeGreaterThanOrEqual(0);
    expect(prompt).toBe("official layout, instruction in our own words");
    await expect(evaluate({ out, categories: ["L1"] })).rejects.toThrow(/results of another evaluation/);
  });

  it("takes the instruction of a file and says that it is not the official one", async () => {
    const instruction = join(workspace.folder, "instruction.txt");
    await writeFile(instruction, "Call.\n");
    const { prompt } = await evaluate({
      out: join(workspace.folder, "own"),
      categories: ["L2"],
      instruction,
    });
    expect(prompt).toMatch(/not the official one/);
  });

  it("stops when asked", async () => {
    const out = join(workspace.folder, "cancelled");
    await expect(evaluate({ out, signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  });

  it.each<[Partial<ApiBankOptions>, RegExp]>([
    [{ data: "nowhere" }, /--data is nowhere, and there is no such folder/],
    [{ categories: ["L3"] }, /api-bank has no level L3\. Known are L1, L2/],
    [{ prompt: "plain" }, /--prompt is plain; known are benchmark, template/],
    [{ instruction: "nowhere.txt" }, /--instruction is nowhere\.txt/],
    [{ model: "nowhere" }, /--model is nowhere/],
    [{ adapter: "nowhere" }, /--adapter is nowhere/],
  ])("refuses %o", async (options, message) => {
    await expect(evaluate(options)).rejects.toThrow(ConfigError);
    await expect(evaluate(options)).rejects.toThrow(message);
  });
});
