/** BFCL's official data and verdicts, where the reference folder has them. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type OpenBfcl, openBfcl } from "../../src/cli/bfcl-bench.js";
import type { JsonValue } from "../../src/spec/index.js";

const FOLDER = resolve("../shared/bfcl");

/** Whether the reference folder is there; tests that need it are skipped where it is not. */
export const hasOracle = existsSync(resolve(FOLDER, "oracle/ast.jsonl"));

/** The folder of the official data. */
export const oracleData = resolve(FOLDER, "data");

/** A row with what the tests read of it. */
export interface OracleRow {
  readonly kind: string;
  readonly id: string;
  readonly class: string;
  readonly seq: number;
  readonly turn: number;
  readonly variant: string;
  readonly language: "python" | "java" | "javascript";
  readonly value: string;
  readonly result: JsonValue;
  readonly expected_type: string;
  readonly nested_type: string | null;
  readonly model_output: string;
  readonly model_result: JsonValue;
  readonly decode_ok: boolean;
  readonly decoded: JsonValue;
  readonly decoded_repr: string;
  readonly ok: boolean;
  readonly result_repr: string;
  readonly valid: boolean;
  readonly error_type: string | null;
  readonly call: string;
  readonly result_string: string;
  readonly counts: Readonly<Record<string, { readonly correct: number; readonly total: number }>>;
  readonly v3: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly v4: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The rows of an oracle file. */
export function oracleRows(file: string): OracleRow[] {
  const text = readFileSync(resolve(FOLDER, "oracle", file), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line): OracleRow => JSON.parse(line));
}

/** The whole benchmark; travellers' ages are counted to the day on which the oracle was made. */
export async function openOracle(): Promise<OpenBfcl> {
  const { bench, files } = await openBfcl(oracleData);
  const setting = { ...bench.setting, today: { year: 2026, month: 11, day: 22 } };
  return { bench: { ...bench, setting }, files };
}
