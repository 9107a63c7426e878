import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyLiteral, typed } from "../../test/support/literal-arbitrary.js";
import type { Literal } from "../spec/index.js";
import { InputError } from "../spec/index.js";
import { parseLiteral } from "./literal.js";
import { printLiteral } from "./print-literal.js";

interface Golden {
  readonly literals: readonly [string, unknown][];
}

const golden = JSON.parse(
  readFileSync(new URL("./python-syntax.golden.json", import.meta.url), "utf8"),
) as Golden;

const readTyped = (text: string): unknown => {
  const parse = parseLiteral(text);
  return parse.ok ? typed(parse.literal) : null;
};
const ruleOf = (text: string): string => {
  const parse = parseLiteral(text);
  return parse.ok ? "ok" : `${parse.rule}@${parse.position}`;
};

describe("parseLiteral", () => {
  it("reads what CPython reads, as the same value, and refuses what CPython refuses", () => {
    const different = golden.literals.filter(([text, value]) => !isDeepStrictEqual(readTyped(text), value));
    expect(golden.literals.length).toBeGreaterThan(800);
    expect(different).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["null", ["null"]],
    ["true", ["boolean", true]],
    ["false", ["boolean", false]],
    [
      '{"a": true, "b": null}',
      [
        "dict",
        [
          [
            ["string", "a"],
            ["boolean", true],
          ],
          [["string", "b"], ["null"]],
        ],
      ],
    ],
    ['"\\ud83d\\ude42"', ["string", "🙂"]],
  ])("reads %s of JSON", (text, value) => expect(readTyped(text)).toEqual(value));

  it.each([
    ["", "unclosed@0"],
    ["  [1, ", "unclosed@6"],
    ['"abc', "unclosed@0"],
    ['"abc\\', "unclosed@4"],
    ["Los Angeles", "unquoted-value@0"],
    ["[1, x]", "unquoted-value@4"],
    ["nan", "unquoted-value@0"],
    ["0777", "number@0"],
    ["1_", "number@0"],
    ["5km", "number@0"],
    ["1e999", "number-range@0"],
    ['b"x"', "string-prefix@0"],
    ['f"{x}"', "string-prefix@0"],
    ['"\\N{BULLET}"', "string-escape@1"],
    ['"a\\x4"', "string-escape@2"],
    ['"a\nb"', "string-newline@2"],
    ["[1 2]", "separator@3"],
    ['{"a": 1, "b"}', "separator@12"],
    ["*", "value@0"],
    ["5 6", "trailing-text@2"],
  ])("refuses %j by rule and place: %s", (text, rule) => expect(ruleOf(text)).toBe(rule));

  it.each([
    ["an integer of 4301 digits", "9", 4301, "number-range@0"],
    ["lists in lists, 101 deep", "[", 101, "too-deep@100"],
    ["a text of more than a million characters", "1", 1_000_001, "too-long@0"],
  ])("refuses %s", (_, character, count, rule) => expect(ruleOf(character.repeat(count))).toBe(rule));

  it("keeps the source of every value", () => {
    const parse = parseLiteral(" {\"a\": [5.0, 0x1F], 'b': (1)} ");
    const sources = parse.ok ? collectSources(parse.literal) : [];
    expect(sources).toEqual([
      "{\"a\": [5.0, 0x1F], 'b': (1)}",
      '"a"',
      "[5.0, 0x1F]",
      "5.0",
      "0x1F",
      "'b'",
      "(1)",
    ]);
  });

  it("never throws on any text", () => {
    const unit = fc.constantFrom(..."[](){}\"',:\\nrbfuxN0159_.eE+- \n", "true", "None", '"""', "é");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        expect(typeof parseLiteral(parts.join("")).ok).toBe("boolean");
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["open brackets", (size: number) => "[".repeat(size)],
    ["a long list", (size: number) => `[${"1,".repeat(size)}]`],
    ["strings to be joined", (size: number) => '"a" '.repeat(size)],
    ["an open string", (size: number) => `"${"\\n".repeat(size)}`],
    ["digits", (size: number) => "1_1".repeat(size)],
    ["spaces", (size: number) => `[1${" ".repeat(size)}`],
    ["quotation marks", (size: number) => "'".repeat(size)],
  ])("is linear in %s", (_, make) => {
    const started = performance.now();
    parseLiteral(make(150_000));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

function collectSources(literal: Literal): (string | undefined)[] {
  if ("items" in literal) return [literal.source, ...literal.items.flatMap(collectSources)];
  if (literal.kind !== "dict") return [literal.source];
  const inside = literal.entries.flatMap(({ key, value }) => [
    ...collectSources(key),
    ...collectSources(value),
  ]);
  return [literal.source, ...inside];
}

describe("printLiteral", () => {
  it("is read back as the same value of the same kind", () => {
    fc.assert(
      fc.property(anyLiteral, (literal) => {
        expect(readTyped(printLiteral(literal))).toEqual(typed(literal));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["5.0", "5.0"],
    ["5", "5"],
    ["-0.0", "-0.0"],
    ["1e16", "10000000000000000.0"],
    ["1e21", "1e+21"],
    ["0x1F", "31"],
    ["'it\\'s \"x\"\\n\\x00é\\ud800'", '"it\'s \\"x\\"\\n\\x00é\\ud800"'],
    ["true", "True"],
    ["null", "None"],
    ["(1,)", "(1,)"],
    ["()", "()"],
    ["{1}", "{1}"],
    ["set()", "set()"],
    ['{"a":[1,2]}', '{"a": [1, 2]}'],
  ])("writes %s as %s", (text, printed) => {
    const parse = parseLiteral(text);
    expect(parse.ok && printLiteral(parse.literal)).toBe(printed);
  });

  it("refuses what has no literal", () =>
    expect(() => printLiteral({ kind: "float", value: Number.NaN })).toThrow(InputError));
});
