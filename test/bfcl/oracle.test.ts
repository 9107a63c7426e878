/**
 * Verdicts, decoded calls, results and scores against those of the official evaluator. Skipped where the reference
 * folder is absent: its data are not part of this project.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { OpenBfcl } from "../../src/cli/bfcl-bench.js";
import { standardText } from "../../src/tasks/bfcl/check/standard-text.js";
import { javaValue } from "../../src/tasks/bfcl/convert/java-values.js";
import { javascriptValue } from "../../src/tasks/bfcl/convert/javascript-values.js";
import { decodeOutput } from "../../src/tasks/bfcl/decode/decode.js";
import { executionCalls } from "../../src/tasks/bfcl/decode/execution-calls.js";
import {
  type BfclItem,
  type CategoryCounts,
  categoryOf,
  figureOf,
  itemOf,
  judgeItem,
} from "../../src/tasks/bfcl/index.js";
import { startProcess } from "../../src/tasks/bfcl/judge-transcript.js";
import { repr } from "../../src/tasks/bfcl/python/repr.js";
import { PythonDict } from "../../src/tasks/bfcl/python/value.js";
import { SimulationSession } from "../../src/tasks/bfcl/simulation/session.js";
import { hasOracle, type OracleRow, openOracle, oracleRows } from "../support/bfcl-oracle.js";

let open: OpenBfcl;

describe.skipIf(!hasOracle)("the official evaluator (needs ../shared/bfcl)", () => {
  beforeAll(async () => {
    open = await openOracle();
  }, 60_000);

  const item = (id: string): BfclItem => itemOf(open.bench, id)!;
  const verdict = (id: string, result: OracleRow["model_result"]) => {
    const fault = judgeItem(open.bench, item(id), result);
    return { valid: fault === undefined, type: fault?.type ?? null };
  };

  it("agrees on every single-turn verdict, error types included", () => {
    const rows = oracleRows("ast.jsonl");
    const ours = rows.map((row) => verdict(row.id, row.model_output));
    const wrong = rows.filter(
      (row, index) => row.valid !== ours[index]!.valid || row.error_type !== ours[index]!.type,
    );
    expect(wrong.map(({ id, variant }) => `${id} ${variant}`)).toEqual([]);
  });

  it("decodes the same calls, values and types included", () => {
    const rows = [
      ...oracleRows("ast.jsonl"),
      ...oracleRows("decode.jsonl").filter(({ kind }) => kind === "decode"),
    ];
    const wrong = rows.filter((row) => {
      const decoded = decodeOutput(row.model_output, { language: row.language, parsers: open.bench.parsers });
      if (!decoded.ok || !row.decode_ok) return decoded.ok !== row.decode_ok;
      if (decoded.calls === "no-calls") return row.decoded_repr !== (row.language === "java" ? "{}" : "None");
      const calls = decoded.calls.map((call) => PythonDict.of([[call.name, call.arguments]]));
      return repr(calls) !== row.decoded_repr;
    });
    expect(wrong.map(({ model_output }) => model_output)).toEqual([]);
  });

  it("prints the same calls for execution, and converts and standardises the same values", () => {
    const rows = oracleRows("decode.jsonl");
    const executed = rows.filter(({ kind }) => kind === "decode_execute");
    expect(executed.map((row) => executionCalls(row.model_output) ?? null)).toEqual(
      executed.map((row) => (row.decode_ok ? row.decoded : null)),
    );
    const converted = rows.filter(({ kind, ok }) => kind === "type_converter" && ok);
    expect(converted.map(convert)).toEqual(converted.map(({ result_repr }) => result_repr));
    const standardised = rows.filter(({ kind }) => kind === "standardize_string");
    expect(standardised.map(({ value }) => standardText(value))).toEqual(
      standardised.map(({ result }) => result),
    );
  });

  it("agrees on every transcript, error types included", () => {
    const rows = oracleRows("multi_turn_verdicts.jsonl");
    const wrong = rows.filter((row) => {
      const ours = verdict(row.id, row.model_result);
      return ours.valid !== row.valid || ours.type !== row.error_type;
    });
    expect(wrong.map(({ id, variant }) => `${id} ${variant}`)).toEqual([]);
  });

  it.each(["multi_turn.jsonl", "sim_probe.jsonl"])("gives the same result for every call of %s", (file) => {
    let session: SimulationSession | undefined;
    let current = "";
    const wrong: string[] = [];
    for (const row of oracleRows(file)) {
      const key = row.kind === "probe" ? `${row.class} ${row.seq}` : row.id;
      if (key !== current)
        session = startSession(item(row.id), row.kind === "probe" ? [row.class] : undefined);
      current = key;
      if (row.kind === "state") continue;
      if (session!.execute(row.call) !== row.result_string) wrong.push(`${key}: ${row.call}`);
    }
    expect(wrong).toEqual([]);
  });

  it("computes the leaderboard's columns", () => {
    for (const { counts, v3, v4 } of oracleRows("score_vectors.jsonl")) {
      const map = new Map(Object.entries(counts).map(([name, count]) => [categoryOf(`${name}_0`)!, count]));
      expectFigures(map, "v3", v3, { Overall: "Overall Acc", "Non-live": undefined });
      expectFigures(map, "v4", v4, { "Overall, agentic 0": "Overall Acc" });
    }
  });

  function startSession(of: BfclItem, classes = of.multiTurn!.classes): SimulationSession {
    const process = startProcess(of, open.bench.setting);
    return new SimulationSession({ classes, initial: of.multiTurn!.initial, process, owner: "model" });
  }
});

function convert({ language, value, expected_type: type, nested_type: nested }: OracleRow): string {
  return repr((language === "java" ? javaValue : javascriptValue)(value, type, nested ?? undefined));
}

const COLUMNS = {
  "Non-live AST": "Non-Live AST Acc",
  Simple: "Non-Live Simple AST",
  Live: "Live Acc",
  "Multi-turn": "Multi Turn Acc",
  Relevance: "Relevance Detection",
  Irrelevance: "Irrelevance Detection",
} as const;

/** Figures with a missing part are absent here and count it as 0 there. */
function expectFigures(
  counts: CategoryCounts,
  version: "v3" | "v4",
  tables: OracleRow["v3"],
  more: Readonly<Record<string, string | undefined>>,
): void {
  for (const [figure, column] of Object.entries({ ...COLUMNS, ...more })) {
    const ours = figureOf(figure, version, counts);
    if (ours === undefined) {
      expect(counts.size).toBeLessThan(17);
      continue;
    }
    const theirs =
      column === undefined
        ? tables["data_non_live.csv"]!["Non_Live Overall Acc"]
        : tables["data_overall.csv"]![column];
    expect(ours).toBeCloseTo(theirs!, 12);
  }
}
