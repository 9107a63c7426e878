import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldText, jsonValueEnd, parseJson } from "./json-text.js";

describe("jsonValueEnd", () => {
  it.each<[string, number, number | undefined]>([
    ["[]", 0, 2],
    ["x[1, [2]] y]", 1, 9],
    ['{"]": "}"}]', 0, 10],
    ['["\\"]"] ]', 0, 7],
    ['["\\\\"] ]', 0, 6],
    ["[1", 0, undefined],
    ['["a]', 0, undefined],
    ['"a"', 0, undefined],
    ["", 0, undefined],
  ])("of %s from %i: %s", (text, start, end) => {
    expect(jsonValueEnd(text, start)).toBe(end);
  });

  it("finds the end of any list in any text", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.string(), fc.string(), (list, before, after) => {
        const json = JSON.stringify(list, undefined, 1);
        expect(jsonValueEnd(before + json + after, before.length)).toBe(before.length + json.length);
      }),
    );
  });
});

describe("parseJson", () => {
  it.each<[string, number, boolean]>([
    ["[[1]]", 2, true],
    ["[[1]]", 1, false],
    ['["[[["]', 1, true],
    ["5", 0, true],
    ["[1,]", 9, false],
    ["", 9, false],
  ])("%s up to depth %i: %s", (text, depth, ok) => {
    expect(parseJson(text, depth).ok).toBe(ok);
  });
});

describe("repeated keys", () => {
  it.each(['{"a": 1, "a": 1}', '[{"b": {"a": 1, "\\u0061": 2}}]', '{"__proto__": 1, "__proto__": 2}'])(
    "refuses %s",
    (text) => {
      expect(parseJson(text)).toMatchObject({ ok: false, rule: "repeated-key" });
    },
  );

  it("takes every JSON text that repeats none, colons in its strings included", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify([value, { "a:b": ":" }]);
        const parsed = parseJson(text);
        expect(parsed.ok && parsed.value).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("fieldText", () => {
  it("finds every member as it stands there", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const members = Object.entries(object).map(
          ([key, value]) => [key, JSON.stringify(value, null, 1)] as const,
        );
        const text = ` {${members.map(([key, value]) => `${JSON.stringify(key)} :\n${value} `).join(",")}}\n`;
        for (const [key, value] of members) expect(fieldText(text, key)).toBe(value);
        expect(fieldText(text, "not a key of it")).toBeUndefined();
      }),
    );
  });
});
