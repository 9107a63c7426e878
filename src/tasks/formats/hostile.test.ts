/** Hostile rows: whatever a row holds, importing gives examples or a typed reason, and checking counts every row. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../spec/index.js";
import { isRejection, parseJsonRows } from "../rows.js";
import { fixOf, RULES } from "../rule-fixes.js";
import { writeRow } from "./convert.js";
import { FORMAT_NAMES } from "./format.js";
import { recognizeRow } from "./formats.js";
import { importRow } from "./import-rows.js";

const tool = '{"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}';
const marker = "Here is a list of functions in JSON format that you can invoke:";
/** One sound row of each format, as text. */
const sound: readonly string[] = [
  JSON.stringify({
    system: `${marker}\n[${tool}]. \nShould you decide to return the function call(s). \nPut it in the format of [func1(a=b)]`,
    conversations: [
      { from: "user", value: "1" },
      { from: "assistant", value: "[f(a=1)]" },
    ],
  }),
  `{"conversations": [{"from": "human", "value": "1"}, {"from": "function_call", "value": "{\\"name\\": \\"f\\", \\"arguments\\": {\\"a\\": 1}}"}, {"from": "observation", "value": "2"}, {"from": "gpt", "value": "two"}], "tools": ${JSON.stringify(`[${tool}]`)}}`,
  `{"query": "1", "tools": ${JSON.stringify(`[${tool}]`)}, "answers": "[{\\"name\\": \\"f\\", \\"arguments\\": {\\"a\\": 1}}]"}`,
  `{"messages": [{"role": "user", "content": "1"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "x", "function": {"name": "f", "arguments": {"a": 1}}}]}], "tools": [${tool}]}`,
  `{"conversations": [{"from": "system", "value": ${JSON.stringify(`<tools>${tool}</tools>`)}}, {"from": "human", "value": "1"}, {"from": "gpt", "value": "<think>x</think><tool_call>{\\"name\\": \\"f\\", \\"arguments\\": {\\"a\\": 1}}</tool_call>"}]}`,
  `{"instruction": "x", "input": "{\\"apiCode\\": \\"f\\", \\"parameters\\": {\\"a\\": {\\"type\\": \\"int\\"}}}\\nUser: 1\\nGenerate API Request: ", "output": "API-Request: [f(a=1)]"}`,
  JSON.stringify({
    instruction: `**Available Tools**\nIn your response, you can use the following tools:\n1. Name: f\nDescription: d\nParameters: {"a": {"type": "int"}}\n\n**Steps for Each Turn**`,
    input:
      '**Dialogue Records History**\n<user> 1 </user>\n<think> x </think>\n<tool_call>\n{"name": "f", "parameters": {"a": 1}}\n</tool_call>\n<obs> 2 </obs>',
    output: "<think> y </think>\n<response> two </response>",
  }),
  `{"conversations": [{"from": "human", "value": "api_list = [{'api_name': 'f', 'parameters': {'a': {'type': 'int'}}}]\\ntask_instruction = \\"1\\"\\nOutput:\\n"}, {"from": "gpt", "value": "[{'api': 'f', 'parameters': {'a': 1}}]"}]}`,
];

/** Everything that can become of a text of rows, for each format and with repairs. */
function examine(text: string): void {
  for (const item of parseJsonRows([text], { file: "f" })) {
    if (isRejection(item)) {
      expect(fixOf(item.rule)).not.toBe("");
      continue;
    }
    for (const format of [recognizeRow(item.value), ...FORMAT_NAMES]) {
      const result = importRow(item, { file: "f", format, repair: true });
      if (!result.ok) expect(RULES).toContain(result.rejection.rule);
      else for (const name of FORMAT_NAMES) writeRow(result.dialogue, name);
    }
  }
}

const nasty = fc.constantFrom<string>(
  "__proto__",
  "constructor",
  "\\u0000",
  "\\ud800",
  '"',
  "\\",
  "}",
  "]",
  "{",
  "[",
  "<tool_call>",
  "</think>",
  "1e999",
  "-0",
  "9".repeat(400),
  "null",
  "\n",
  ", ",
  '"a": 1, "a": 2',
  "[".repeat(70),
  "'",
  "(",
  "=",
);

describe("hostile rows", () => {
  it("are the sound ones of every format to begin with", () => {
    const formats = sound.map((text) => recognizeRow(JSON.parse(text)));
    expect(formats.toSorted()).toEqual(FORMAT_NAMES.toSorted());
    for (const [index, text] of sound.entries()) {
      const [row] = [...parseJsonRows([text], { file: "f" })];
      const result =
        row === undefined || isRejection(row)
          ? undefined
          : importRow(row, { file: "f", format: formats[index] });
      expect(result?.ok, text).toBe(true);
    }
  });

  it("cut and pasted anywhere", () => {
    const damaged = fc
      .tuple(fc.constantFrom(...sound), fc.nat(), fc.nat(40), nasty)
      .map(([text, at, length, paste]) => {
        const place = at % text.length;
        return text.slice(0, place) + paste + text.slice(place + length);
      });
    fc.assert(fc.property(damaged, examine), { numRuns: 250 });
  });

  it("with any value in place of a part", () => {
    // What cannot be made a text or a number, where a reader would make it one.
    const value = fc.oneof(fc.jsonValue(), fc.constant({ toString: null, valueOf: null }));
    const damaged = fc
      .tuple(fc.constantFrom(...sound), fc.nat(), value)
      .map(([text, place, value]) => JSON.stringify(replacePart(JSON.parse(text), place, value)));
    fc.assert(fc.property(damaged, examine), { numRuns: 250 });
  });

  it("that are any JSON at all", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => examine(JSON.stringify(value))),
      { numRuns: 100 },
    );
  });

  it("never touch the prototypes", () => {
    examine('{"messages": [{"role": "user", "content": "x"}], "__proto__": {"polluted": 1}}');
    for (const text of sound) examine(text.replace('"a"', '"__proto__"'));
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it("that are huge or deep take time in proportion", () => {
    const start = performance.now();
    const long = "x".repeat(2_000_000);
    examine(sound[3]!.replace('"1"', JSON.stringify(long)));
    examine(sound[1]!.replace("two", `[${"[f(".repeat(50_000)}`));
    examine(sound[4]!.replace("<think>", "<tool_call>".repeat(20_000)));
    examine(sound[7]!.replace("'a': 1}", `'a': ${"[".repeat(50_000)}`));
    examine(sound[5]!.replace("[f(a=1)]", `[f(${"a=b c, ".repeat(3000)})]`));
    examine(`{"messages": ${"[".repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it("that have very many parts take time in proportion, and memory", () => {
    const start = performance.now();
    const numbers = Array.from({ length: 50_000 }, (_, index) => index);
    const tools = (count: number) =>
      numbers
        .slice(0, count)
        .map((index) => ({ name: `f${index}`, parameters: { type: "object", properties: {} } }));
    const properties = Object.fromEntries(numbers.map((index) => [`a${index}`, { type: "integer" }]));
    const wide = { name: "f", parameters: { type: "object", properties } };
    const user = { role: "user", content: "x".repeat(1_000_000) };
    const call = (name: string, args: object) => ({ function: { name, arguments: JSON.stringify(args) } });
    const calling = (...calls: object[]) => ({ role: "assistant", tool_calls: calls });
    const rules = [
      { messages: [user, calling(call("f7", {}))], tools: tools(50_000) },
      {
        messages: [user, calling(...numbers.map((index) => call(`f${index % 2000}`, {})))],
        tools: tools(2000),
      },
      {
        messages: [
          user,
          calling(call("f", Object.fromEntries(numbers.map((index) => [`a${index}`, index])))),
        ],
        tools: [wide],
      },
      {
        messages: numbers.flatMap(() => [
          { role: "user", content: "a" },
          { role: "assistant", content: "b" },
        ]),
      },
      {
        messages: [
          user,
          { role: "assistant", content: `Action:${" ".repeat(1_000_000)}[f7(${"[f7".repeat(100_000)}` },
        ],
        tools: tools(2000),
      },
    ].map((row) => {
      const [item] = [...parseJsonRows([JSON.stringify(row)], { file: "f" })];
      const result =
        item === undefined || isRejection(item)
          ? undefined
          : importRow(item, { file: "f", format: "openai-chat" });
      if (result === undefined) return "unread";
      return result.ok ? [...new Set(result.findings.map(({ rule }) => rule))].join() : result.rejection.rule;
    });
    expect(rules).toEqual(["tool-list", "", "values-not-looked-up", "too-many-turns", ""]);
    expect(performance.now() - start).toBeLessThan(20_000);
  }, 60_000);
});

/** The value with its part number `place` replaced. */
function replacePart(value: JsonValue, place: number, replacement: unknown): unknown {
  let left = place % count(value);
  const visit = (part: JsonValue): unknown => {
    if (left-- === 0) return replacement;
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, visit(item)]));
  };
  return visit(value);
}

function count(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, item) => sum + count(item), 0);
}
