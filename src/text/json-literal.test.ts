import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyLiteral, typed } from "../../test/support/literal-arbitrary.js";
import { InputError, type Literal } from "../spec/index.js";
import { entryOf, parseJsonLiteral, printJson } from "./json-literal.js";

const read = (text: string): Literal => {
  const parse = parseJsonLiteral(text);
  if (!parse.ok) throw new Error(`${parse.rule}: ${parse.message}`);
  return parse.literal;
};
const ruleOf = (text: string): string | undefined => {
  const parse = parseJsonLiteral(text);
  return parse.ok ? undefined : parse.rule;
};

describe("parseJsonLiteral", () => {
  it("agrees with JSON.parse on every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, undefined, 1);
        expect(JSON.parse(printJson(read(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("accepts and refuses what JSON.parse does", () => {
    const pieces = fc.constantFrom(
      ...'[]{},:"\\0123.eE+-un ',
      "true",
      "null",
      '"a"',
      '"a":',
      "\\u00e9",
      "1.0",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const rule = ruleOf(text);
        expect(rule === undefined || rule === "number-range").toBe(valid);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps what JSON.parse loses: kinds, digits, repeated keys, sources", () => {
    expect(typed(read('{"a": 5.0, "a": 12345678901234567890, "b": 1e2, "c": "09\\/669"}'))).toEqual([
      "dict",
      [
        [
          ["string", "a"],
          ["float", 5],
        ],
        [
          ["string", "a"],
          ["integer", "12345678901234567890"],
        ],
        [
          ["string", "b"],
          ["float", 100],
        ],
        [
          ["string", "c"],
          ["string", "09/669"],
        ],
      ],
    ]);
    expect(entryOf(read('{"b": 1e2}'), "b")?.source).toBe("1e2");
  });

  it.each([
    ["[1,]", "separator"],
    ["{'a': 1}", "separator"],
    ["[1", "unclosed"],
    ["", "unclosed"],
    ["1 2", "trailing-text"],
    ["1e999", "number-range"],
    ["9".repeat(4301), "number-range"],
    ['"\u0001"', "string-escape"],
    ['"\\x"', "string-escape"],
    ["[".repeat(65), "too-deep"],
    ["NaN", "value"],
  ])("refuses %s", (text, rule) => {
    expect(ruleOf(text)).toBe(rule);
  });
});

describe("printJson", () => {
  it("reads back to the same value, tuples and sets as lists", () => {
    fc.assert(
      fc.property(anyLiteral, (literal) => {
        const text = printJson(literal);
        expect(typed(read(text))).toEqual(typed(asJson(literal)));
        expect(() => JSON.parse(text)).not.toThrow();
      }),
    );
  });

  it("keeps the text of numbers", () => {
    const text = '{"a": [1.50, 1E2, -0.0], "b": 9007199254740993}';
    expect(printJson(read(text))).toBe(text);
  });

  it("refuses what JSON lacks", () => {
    expect(() => printJson({ kind: "float", value: Number.NaN })).toThrow(InputError);
  });
});

describe("entryOf", () => {
  it("gives the last of equal keys, and nothing of what is no dictionary", () => {
    expect(entryOf(read('{"a": 1, "a": 2}'), "a")).toMatchObject({ value: 2n });
    expect(entryOf(read('{"a": 1}'), "toString")).toBeUndefined();
    expect(entryOf(read("[1]"), "0")).toBeUndefined();
    expect(entryOf(undefined, "a")).toBeUndefined();
  });
});

/** The literal in the kinds that JSON has. */
function asJson(literal: Literal): Literal {
  if (literal.kind === "dict") {
    const entries = literal.entries.map(({ key, value }) => ({
      key: key.kind === "string" ? key : ({ kind: "string", value: printJson(key) } as const),
      value: asJson(value),
    }));
    return { kind: "dict", entries };
  }
  if ("items" in literal) return { kind: "list", items: literal.items.map(asJson) };
  return literal;
}
