/**
 * The importer on real ToolACE rows, against counts and lists of rows that were measured with other programs
 * (shared/tool-data: README.md, traps.json, difficulty.json).
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Example, JsonValue, Literal, Rejection, ToolCall } from "../../spec/index.js";
import { importToolaceRow, type RowFacts, type RowImport } from "./import-row.js";

const folder = path.resolve("../shared/tool-data/toolace");
const present = existsSync(folder);
const readJson = <T>(name: string): T => JSON.parse(readFileSync(path.join(folder, name), "utf8"));

const argumentsOf = (call: ToolCall): Literal[] => call.arguments.map((argument) => argument.value);
const keywords = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

type Test = (example: Example) => boolean;
const someCall =
  (test: (call: ToolCall) => boolean): Test =>
  (example) =>
    example.calls.some(test);
const someName = (part: RegExp): Test => someCall((call) => part.test(call.name));
const someArgument = (test: (name: string) => boolean): Test =>
  someCall((call) => call.arguments.some(({ name }) => test(name)));
/** The lists of traps look at the values of arguments, not inside them. */
const someValue = (test: (value: Literal) => boolean): Test =>
  someCall((call) => argumentsOf(call).some(test));
const someString = (part: RegExp): Test =>
  someValue((value) => value.kind === "string" && part.test(value.value));

const trapTests: [string, Test][] = [
  ["arg_name_not_identifier", someArgument((name) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))],
  ["arg_name_python_keyword", someArgument((name) => keywords.has(name))],
  ["empty_tool_list", (example) => example.tools.length === 0],
  ["five_or_more_calls_in_turn", (example) => example.calls.length >= 5],
  ["float_integral", someValue((value) => value.kind === "float" && Number.isInteger(value.value))],
  [
    "list_of_dict_value",
    someValue((value) => "items" in value && value.items.some((item) => item.kind === "dict")),
  ],
  ["name_has_ampersand_called", someName(/&/u)],
  ["name_has_apostrophe_called", someName(/'/u)],
  ["name_has_brace_called", someName(/[{}]/u)],
  ["name_has_colon_called", someName(/:/u)],
  ["name_has_comma_called", someName(/,/u)],
  ["name_has_dot_called", someName(/\./u)],
  ["name_has_hyphen_called", someName(/-/u)],
  ["name_has_paren_called", someName(/[()]/u)],
  ["name_has_plus_called", someName(/\+/u)],
  ["name_has_question_called", someName(/\?/u)],
  ["name_has_slash_called", someName(/\//u)],
  ["name_has_space_called", someName(/ /u)],
  ["nested_dict_value", someValue((value) => value.kind === "dict")],
  ["no_argument_call", someCall((call) => call.arguments.length === 0)],
  ["same_tool_twice_in_turn", ({ calls }) => new Set(calls.map(({ name }) => name)).size < calls.length],
  ["string_has_bracket_or_paren", someString(/[[\]()]/u)],
  ["string_has_comma", someString(/,/u)],
  ["string_has_equals", someString(/=/u)],
  ["string_has_newline", someString(/\n/u)],
  ["string_has_quote", someString(/["']/u)],
];

describe.skipIf(!present)("real ToolACE rows (skipped without shared/tool-data)", () => {
  let ids: readonly number[];
  let traps: Readonly<Record<string, readonly number[]>>;
  let imports: RowImport[];
  let rows: { row: number; value: JsonValue }[];
  const examples: Example[] = [];
  const rejections: Rejection[] = [];
  const findings: Rejection[] = [];
  const idsOf = (test: Test): number[] => {
    const found = new Set(examples.filter(test).map((example) => example.origin.row));
    return ids.filter((_, row) => found.has(row));
  };

  beforeAll(() => {
    ids = readJson("hf_row_index.json");
    traps = readJson<{ rows: Record<string, number[]> }>("traps.json").rows;
    rows = readJson<JsonValue[]>("data.json").map((value, row) => ({ row, value }));
    imports = rows.map((row) => importToolaceRow(row, { file: "data.json" }));
    for (const result of imports) {
      examples.push(...(result.ok ? result.examples : []));
      rejections.push(...(result.ok ? result.omitted : [result.rejection]));
      findings.push(...(result.ok ? result.findings : []));
    }
  }, 60_000);

  it("sets aside the 71 rows in other syntaxes, and no other of 1,397", () => {
    expect(rows).toHaveLength(1397);
    const other = rejections.filter(({ rule }) => rule === "other-syntax");
    expect(other.map(({ row }) => ids[row])).toEqual(traps.other_call_format_declared_in_system_prompt);
    expect(imports.filter((result) => result.ok)).toHaveLength(1326);
  });

  it("finds 2,316 calls in 1,626 answers: 1,247 that call, 379 that do not, of which one is empty and one mixed", () => {
    expect(examples.reduce((sum, example) => sum + example.calls.length, 0)).toBe(2316);
    expect(examples.filter((example) => example.gold.kind === "calls")).toHaveLength(1626 - 379);
    expect(examples.filter((example) => example.gold.kind === "text")).toHaveLength(379 - 2);
    expect(new Set(examples.map((example) => example.id)).size).toBe(1626 - 2);
    const single = rejections.filter(({ rule }) => rule !== "other-syntax");
    expect(single.map(({ row, field, rule }) => [ids[row], field, rule])).toEqual([
      [263, "conversations[1].value", "empty-answer"],
      [7605, "conversations[1].value", "mixed-answer"],
    ]);
  });

  it("gives every row the class of difficulty.json", () => {
    const labels = readJson<{ labels: Record<string, string> }>("difficulty.json").labels;
    const facts = new Map<number, RowFacts>();
    for (const [row, result] of imports.entries()) if (result.ok) facts.set(ids[row]!, result.facts);
    expect(Object.fromEntries([...facts].map(([id, { difficulty }]) => [id, difficulty]))).toEqual(labels);
    const share = (name: string) =>
      ([...facts.values()].filter(({ difficulty }) => difficulty === name).length / facts.size) * 100;
    expect([share("easy"), share("medium"), share("hard")].map((value) => value.toFixed(1))).toEqual([
      "17.1",
      "36.8",
      "46.1",
    ]);
  });

  it.each(trapTests)("reads the rows of the trap %s", (name, test) => {
    expect(idsOf(test)).toEqual(traps[name]);
  });

  it("knows the rows with tool turns, several requests, and no call at all", () => {
    const rolesOf = (example: Example) => example.messages.map(({ role }) => role);
    expect(idsOf((example) => rolesOf(example).filter((role) => role === "user").length > 1)).toEqual(
      traps.multi_user_turn,
    );
    const withTool = rows
      .filter(({ value }) => JSON.stringify(value).includes('"from":"tool"'))
      .map(({ row }) => ids[row]);
    expect(withTool).toEqual(traps.has_tool_turn);
    const called = new Set(idsOf((example) => example.calls.length > 0));
    const mixed = 7605;
    expect(
      [...idsOf(() => true), mixed].sort((one, other) => one - other).filter((id) => !called.has(id)),
    ).toEqual(traps.no_call_anywhere);
  });

  it("keeps every answer and every earlier turn exactly", () => {
    for (const { response, messages, origin } of examples) {
      const value = rows[origin.row]?.value;
      const turns = messages
        .filter(({ role }) => role !== "system")
        .map(({ role, content }) => ({ from: role, value: content }));
      expect(value).toMatchObject({ conversations: expect.anything() });
      const source = JSON.stringify(value);
      const until = JSON.stringify([...turns, { from: "assistant", value: response }]).slice(0, -1);
      expect(source.includes(until)).toBe(true);
    }
  });

  it("finds the noise that others measured, and nothing about the form", () => {
    const rowsWith = (rule: string) =>
      new Set(findings.filter((finding) => finding.rule === rule).map(({ row }) => row)).size;
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(
      new Set(["damaged-words", "ungrounded-number", "ungrounded-value", "unknown-property"]),
    );
    // README §2.1 counts 103 of 796 numbers; ours also knows number words and thousands separators.
    const numbers = findings.filter(({ rule }) => rule === "ungrounded-number").length;
    expect(numbers).toBeGreaterThan(85);
    expect(numbers).toBeLessThanOrEqual(103);
    expect(rowsWith("unknown-property")).toBe(2);
  });
});
