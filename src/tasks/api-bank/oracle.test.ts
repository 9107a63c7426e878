import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readDescriptions } from "./descriptions.js";
import { readDialogue } from "./dialogue.js";
import { executeTurns, judgeOutput } from "./judge.js";
import { contextMessages, describedApis } from "./messages.js";
import { PythonError } from "./python/error.js";
import { parsePythonJson } from "./python/json.js";
import { type PythonValue, pythonEqual } from "./python/value.js";
import { apiSamplesOf, samplesOf } from "./samples.js";
import { databaseNames, randomIds } from "./world.js";

const root = path.resolve("../shared/api-bank");
const present = existsSync(root);

function json(text: string): PythonValue {
  const parsed = parsePythonJson(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}
const read = (name: string) => readFileSync(path.join(root, name), "utf8");
const rows = (name: string) =>
  read(name)
    .trim()
    .split("\n")
    .map((line) => ({ row: JSON.parse(line), value: json(line) as Map<string, PythonValue> }));

describe.skipIf(!present)("oracle", () => {
  const databases = new Map(
    databaseNames.map((name) => [name as string, json(read(`data/init_database/${name}.json`))]),
  );
  const descriptions = readDescriptions(read("data/api_descriptions.jsonl"), "api_descriptions.jsonl");
  const folders = { L1: "level-1-given-desc", L2: "level-2-toolsearcher" } as const;
  const dialogues = (["L1", "L2"] as const).flatMap((level) =>
    readdirSync(path.join(root, "data/lv1-lv2-samples", folders[level])).map((file) =>
      readDialogue(read(`data/lv1-lv2-samples/${folders[level]}/${file}`), {
        level,
        stem: file.replace(/\.jsonl$/, ""),
      }),
    ),
  );
  const samples = new Map(dialogues.flatMap(apiSamplesOf).map((s) => [s.id, s]));
  const options = { databases, descriptions };

  it("calls", () => {
    const bad: unknown[] = [];
    let n = 0,
      cat = 0,
      res = 0,
      parse = 0,
      err = 0;
    for (const { row, value } of rows("oracle/calls.jsonl")) {
      n++;
      const v = judgeOutput(samples.get(row.sample_id)!, row.model_output, options);
      if (v.correct !== row.correct)
        bad.push([
          row.sample_id,
          row.mutation,
          row.model_output,
          row.correct,
          row.error,
          v.correct,
          v.category,
          v.error,
        ]);
      const c = row.json_category ?? "SERVICE_OFFLINE";
      if (
        c.startsWith("CRASH")
          ? !["INVALID_PARAMETER_TYPE", "CHECKER_ERROR"].includes(v.category)
          : c !== v.category
      ) {
        cat++;
        bad.push([row.sample_id, row.mutation, row.model_output, c, v.category, v.error]);
      }
      const want = value.get("result") ?? null;
      const got = v.result ?? null;
      const fix = (x: PythonValue) => x;
      if (want !== null && !pythonEqual(fix(want), fix(got))) {
        res++;
        bad.push([
          "RES",
          row.model_output,
          JSON.stringify(row.result),
          String(got && [...(got as Map<string, PythonValue>).values()]),
        ]);
      }
      if (row.parsed_ok !== (v.call !== undefined)) {
        parse++;
      }
      if (
        v.call &&
        JSON.stringify([...v.call.parameters]) !== JSON.stringify(Object.entries(row.parsed.params))
      ) {
        parse++;
        bad.push(["PARSE", row.model_output, row.parsed]);
      }
      if (row.error !== null && row.error !== v.error) err++;
    }
    console.log(n, "cat", cat, "res", res, "parse", parse, "err", err);
    console.log(bad.slice(0, 30), bad.length);
    expect(bad).toEqual([]);
  });
  it("executions", () => {
    const bad: unknown[] = [];
    const byDialogue = new Map<string, { row: any; value: Map<string, PythonValue> }[]>();
    for (const r of rows("oracle/executions.jsonl"))
      byDialogue.set(r.row.dialogue, [...(byDialogue.get(r.row.dialogue) ?? []), r]);
    for (const [id, list] of byDialogue) {
      const d = dialogues.find((x) => `${x.level}/${x.stem}` === id)!;
      const turns = d.turns.flatMap((t) => (t.role === "API" ? [t] : []));
      const out = executeTurns(turns, options, randomIds(1));
      list.forEach(({ row, value }, i) => {
        const got = out[i]!;
        if (got instanceof PythonError) {
          if (row.raised !== `${got.kind}: ${got.message}`) bad.push([id, row.raised, got.message]);
        } else if (got instanceof Map) {
          if (!pythonEqual(value.get("result")!, got))
            bad.push([id, row.random_output, row.api, JSON.stringify(row.result), [...got.values()]]);
        } else if (row.offline === null) bad.push([id, got]);
      });
    }
    console.log(bad.slice(0, 30), bad.length);
  });
  it("samples", () => {
    const bad: unknown[] = [];
    const all = new Map(dialogues.flatMap((d) => samplesOf(d).map((s) => [s.id, { ...s, d }] as const)));
    for (const { row } of rows("oracle/samples.jsonl")) {
      const s = all.get(row.sample_id);
      if (!s || s.turn !== row.gt_turn || s.role !== row.gt_role) bad.push(row.sample_id);
      const a = samples.get(row.sample_id);
      if (row.gt_role === "API") {
        if (JSON.stringify(contextMessages(a!)) !== JSON.stringify(row.messages_after_system))
          bad.push([row.sample_id, contextMessages(a!), row.messages_after_system]);
        if (
          (a!.duplicateOf ?? null) !== row.duplicate_of ||
          JSON.stringify(describedApis(a!)) !== JSON.stringify(row.system_descriptions)
        )
          bad.push([row.sample_id, "dup"]);
      }
    }
    console.log(JSON.stringify(bad.slice(0, 3)), bad.length, samples.size);
  });
});
