/** Held against verdicts, executions and messages of the official code (../shared/api-bank/README.md). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ApiBank, createApiBank, toolLibraryOf } from "./benchmark.js";
import { readDescriptions } from "./descriptions.js";
import { type Dialogue, readDialogue } from "./dialogue.js";
import { fixtureBank, valueIn } from "./fixture-bank.js";
import { executeTurns, judgeOutput } from "./judge.js";
import { callText, contextMessages, describedApis } from "./messages.js";
import { PythonError } from "./python/error.js";
import { pythonRepr } from "./python/print.js";
import { type PythonValue, pythonEqual } from "./python/value.js";
import { embeddedText, toolEntries, toolOutput } from "./retrieval/tool-library.js";
import { samplesOf } from "./samples.js";
import { databaseNames, randomIds } from "./world.js";

const root = path.resolve("../shared/api-bank");
const present = existsSync(root);
const read = (name: string): string => readFileSync(path.join(root, name), "utf8");
const lines = (name: string): string[] =>
  read(name)
    .split("\n")
    .filter((line) => line !== "");

const callRow = z.object({
  sample_id: z.string(),
  mutation: z.string(),
  model_output: z.string(),
  parsed: z.object({ api_name: z.string(), params: z.record(z.string(), z.string()) }).nullable(),
  correct: z.boolean().nullable(),
  json_category: z.string().nullable(),
});
const executionRow = z.object({
  dialogue: z.string(),
  api: z.string(),
  raised: z.string().nullable(),
  offline: z.string().nullable(),
  random_output: z.boolean(),
});
const sampleRow = z.object({
  sample_id: z.string(),
  gt_turn: z.number(),
  gt_role: z.string(),
  duplicate_of: z.string().nullable(),
  system_descriptions: z.array(z.string()).optional(),
  messages_after_system: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
});

interface Loaded {
  readonly bank: ApiBank;
  readonly dialogues: readonly Dialogue[];
}

function load(): Loaded {
  const folders = [
    ["L1", "level-1-given-desc"],
    ["L2", "level-2-toolsearcher"],
  ] as const;
  const dialogues = folders.flatMap(([level, folder]) =>
    readdirSync(path.join(root, "data/lv1-lv2-samples", folder))
      .sort()
      .map((file) =>
        readDialogue(read(`data/lv1-lv2-samples/${folder}/${file}`), {
          level,
          stem: file.replace(/\.jsonl$/, ""),
        }),
      ),
  );
  const databases = new Map(
    databaseNames.map((name) => [name, valueIn(read(`data/init_database/${name}.json`))]),
  );
  const descriptions = readDescriptions(read("data/api_descriptions.jsonl"), "api_descriptions.jsonl");
  return { bank: createApiBank({ databases, descriptions, dialogues }), dialogues };
}

function field(line: string, name: string): PythonValue {
  const value = valueIn(line);
  return (value instanceof Map ? value.get(name) : undefined) ?? null;
}

/** Results with random ids are compared by their form. */
const withoutIds = (value: PythonValue): string =>
  pythonRepr(value).replace(
    /'output': '[1-9]\d{7}'|'(token|output)': '[a-z0-9]{18}'|'[1-9]\d{7}': \{'patient/g,
    "#",
  );

describe.skipIf(!present)("API-Bank's official verdicts (skipped without shared/api-bank)", () => {
  const { bank, dialogues } = present ? load() : { bank: fixtureBank(), dialogues: [] };
  const samples = new Map(bank.samples.map((sample) => [sample.id, sample]));

  it("has the official counts of samples, and the distinct ones", () => {
    const count = (level: string, distinct: boolean) =>
      bank.samples.filter((one) => one.level === level && !(distinct && one.duplicateOf !== undefined))
        .length;
    expect([count("L1", false), count("L2", false)]).toEqual([399, 135]);
    expect([count("L1", true), count("L2", true)]).toEqual([389, 119]);
  });

  it("agrees on every judged output: verdict, category, parse and result", () => {
    const rows = lines("oracle/calls.jsonl");
    const wrong = rows.filter((line) => {
      const row = callRow.parse(JSON.parse(line));
      const verdict = judgeOutput(samples.get(row.sample_id)!, row.model_output, bank);
      const call = verdict.call && {
        api_name: verdict.call.name,
        params: Object.fromEntries(verdict.call.parameters),
      };
      const result = field(line, "result");
      return !(
        verdict.correct === row.correct &&
        sameCategory(row.json_category, verdict.category) &&
        JSON.stringify(call ?? null) === JSON.stringify(row.parsed) &&
        (result === null || withoutIds(result) === withoutIds(verdict.result ?? null))
      );
    });
    expect(rows.length).toBe(3192);
    expect(wrong).toEqual([]);
  });

  it("executes every recorded call as the official APIs do", () => {
    const rows = lines("oracle/executions.jsonl").map((line) => ({
      line,
      row: executionRow.parse(JSON.parse(line)),
    }));
    const wrong = [...groups(rows)].flatMap(([id, own]) => {
      const dialogue = dialogues.find(({ level, stem }) => `${level}/${stem}` === id)!;
      const turns = dialogue.turns.flatMap((turn) => (turn.role === "API" ? [turn] : []));
      const results = executeTurns(turns, bank, randomIds(1));
      return own.filter(({ line, row }, index) => {
        const result = results[index]!;
        if (result instanceof PythonError) return row.raised !== `${result.kind}: ${result.message}`;
        if (result instanceof Map) return withoutIds(field(line, "result")) !== withoutIds(result);
        return row.offline === null;
      });
    });
    expect(rows.length).toBe(377);
    expect(wrong).toEqual([]);
  });

  it("builds every sample and its messages", () => {
    const all = new Map(dialogues.flatMap(samplesOf).map((sample) => [sample.id, sample]));
    const rows = lines("oracle/samples.jsonl").map((line) => sampleRow.parse(JSON.parse(line)));
    const wrong = rows.filter((row) => {
      const any = all.get(row.sample_id);
      if (any?.turn !== row.gt_turn || any.role !== row.gt_role) return true;
      if (row.messages_after_system === undefined) return row.gt_role === "API";
      const sample = samples.get(row.sample_id)!;
      const ours = [contextMessages(sample), describedApis(sample), sample.duplicateOf ?? null];
      return (
        JSON.stringify(ours) !==
        JSON.stringify([row.messages_after_system, row.system_descriptions, row.duplicate_of])
      );
    });
    expect(rows.length).toBe(754);
    expect(wrong).toEqual([]);
  });

  it("scores the literal ground truth as the official code does", () => {
    const verdicts = bank.samples.map((sample) => {
      const output = callText(sample.target.apiName, sample.target.parameters);
      return `${sample.level} ${judgeOutput(sample, output, bank).correct}`;
    });
    const counts = Object.fromEntries(
      [...new Set(verdicts)].map((one) => [one, verdicts.filter((other) => other === one).length]),
    );
    expect(counts).toEqual({
      "L1 true": 338,
      "L1 false": 52,
      "L1 null": 9,
      "L2 true": 80,
      "L2 false": 40,
      "L2 null": 15,
    });
  });

  it("embeds and returns what ToolSearcher does", () => {
    const library = toolLibraryOf(bank);
    const entries = new Map(toolEntries(library).map((entry) => [entry.name, entry]));
    const rows = lines("data/toolsearcher_library.jsonl");
    const wrong = rows.filter((line) => {
      const name = String(field(line, "name"));
      const text = embeddedText(entries.get(name)!);
      return (
        text !== field(line, "embedded_text") ||
        !pythonEqual(toolOutput(name, library), field(line, "output_if_best"))
      );
    });
    expect([rows.length, entries.size]).toEqual([52, 52]);
    expect(wrong).toEqual([]);
  });
});

function sameCategory(official: string | null, ours: string): boolean {
  if (official === null) return ours === "SERVICE_OFFLINE";
  return official.startsWith("CRASH")
    ? /^(INVALID_PARAMETER_TYPE|CHECKER_ERROR)$/.test(ours)
    : official === ours;
}

function groups<T extends { readonly row: { readonly dialogue: string } }>(
  rows: readonly T[],
): Map<string, T[]> {
  const byDialogue = new Map<string, T[]>();
  for (const one of rows)
    byDialogue.set(one.row.dialogue, [...(byDialogue.get(one.row.dialogue) ?? []), one]);
  return byDialogue;
}
