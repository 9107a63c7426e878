import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../spec/index.js";
import { isRejection, parseJsonRows } from "./rows.js";

const read = (chunks: Iterable<string>, maximumRowLength?: number) => [
  ...parseJsonRows(chunks, { file: "f", ...(maximumRowLength === undefined ? {} : { maximumRowLength }) }),
];
/** Values of good rows, rules of bad ones. */
const summary = (chunks: Iterable<string>, limit?: number) =>
  read(chunks, limit).map((item) => (isRejection(item) ? item.rule : item.value));

describe("parseJsonRows", () => {
  it.each<[string, string, JsonValue[]]>([
    ["nothing", "", []],
    ["white space only", " \n\t ", []],
    ["an empty list", " [ ] ", []],
    ["a list", '[{"a": 1}, {"a": 2}]', [{ a: 1 }, { a: 2 }]],
    ["a list of scalars", '[1, "x,]", null]', [1, "x,]", null]],
    ["brackets and escapes in strings", '["]\\"[{", [",\\\\"]]', [']"[{', [",\\"]]],
    ["lines", '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ["lines without a last break", '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ["carriage returns and blank lines", '{"a":1}\r\n\r\n \n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
    ["a byte-order mark", '\uFEFF{"a":1}', [{ a: 1 }]],
    ["a byte-order mark before a list", '\uFEFF[{"a":1}]', [{ a: 1 }]],
    ["a damaged line among good ones", '{"a":1}\n{"a":\n{"a":3}', [{ a: 1 }, "json", { a: 3 }]],
    ["a damaged row of a list", '[{"a":1}, {a:2}, {"a":3}]', [{ a: 1 }, "json", { a: 3 }]],
    ["a row that is missing", "[1,,2]", [1, "json", 2]],
    ["a comma before the end", "[1, 2,]", [1, 2, "json"]],
    ["a missing comma", '[{"a":1} {"a":2}, 3]', ["json", 3]],
    ["a list that is cut off", '[{"a":1}, {"a":', [{ a: 1 }, "cut-off"]],
    ["a cut string", '[{"a":1}, "abc, ]', [{ a: 1 }, "cut-off"]],
    ["text after the list", "[1] [2] 3", [1, "trailing-text"]],
    ["NaN", '{"a":NaN}', ["json"]],
    ["an object over several lines", '{\n  "a": [1,\n 2]\n}\n', [{ a: [1, 2] }]],
    [
      "objects over several lines",
      '{ "a": {\n "b": "}\\"{"}\n}\r\n{\n"a": 2 }',
      [{ a: { b: '}"{' } }, { a: 2 }],
    ],
    ["an object over several lines that is cut off", '{\n "a": 1}\n{\n "a": [', [{ a: 1 }, "cut-off"]],
    ["a damaged object over several lines", '{\n a: 1}\n{\n "a": 2}', ["json", { a: 2 }]],
    ["a damaged first line", '{"a": [\n{"a":1}\n', ["json", { a: 1 }]],
    ["bytes that are not UTF-8", '{"a":"\udce4"}\n{"a":"\\udce4"}', ["encoding", { a: "\udce4" }]],
    ["equal keys as damage", '{"a":1,"a":2}', ["repeated-key"]],
  ])("reads %s", (_, text, expected) => {
    expect(summary([text])).toEqual(expected);
  });

  it("gives the same rows however the text is cut into chunks", () => {
    const text = fc.oneof(
      fc.array(fc.jsonValue()).map((rows) => JSON.stringify(rows, undefined, 1)),
      fc
        .array(fc.dictionary(fc.string(), fc.jsonValue()))
        .map((rows) => rows.map((row) => JSON.stringify(row)).join("\n")),
      fc
        .array(fc.dictionary(fc.string(), fc.jsonValue()))
        .map((rows) => rows.map((row) => JSON.stringify(row, undefined, 2)).join("\n")),
      fc.string(),
    );
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (whole, sizes) => {
        const chunks: string[] = [];
        for (let start = 0, k = 0; start < whole.length; k += 1) {
          const size = sizes[k % sizes.length]!;
          chunks.push(whole.slice(start, start + size));
          start += size;
        }
        expect(read(chunks)).toEqual(read([whole]));
      }),
    );
  });

  it("reads back any list and any lines that JSON.stringify wrote", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (rows) => {
        const parsed: unknown = JSON.parse(JSON.stringify(rows));
        expect(summary([JSON.stringify(rows)])).toEqual(parsed);
        const lines = rows.map((row) => JSON.stringify({ row })).join("\n");
        expect(summary([lines])).toEqual(JSON.parse(JSON.stringify(rows.map((row) => ({ row })))));
      }),
    );
  });

  it("names row and line of what it cannot read", () => {
    expect(read(['\n{"a":1}\n\n{"b"\n'])[1]).toMatchObject({
      file: "f",
      row: 1,
      message: expect.stringContaining("Line 4"),
    });
    expect(read(['\n[\n{"a":1},\n{b}\n]'])[1]).toMatchObject({
      row: 1,
      message: expect.stringContaining("Line 4"),
    });
  });

  it("sets aside a row that is too long without keeping it", () => {
    const long = `{"a":"${"x".repeat(100)}"}`;
    expect(summary([`${long}\n{"a":1}`], 50)).toEqual(["row-too-long", { a: 1 }]);
    expect(summary([`[${long.slice(0, 40)}`, long.slice(40), ',{"a":1}]'], 50)).toEqual([
      "row-too-long",
      { a: 1 },
    ]);
  });

  it("sets aside a row that is nested too deep", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(summary([`{"a":${deep}}\n{"a":"[[["}`])).toEqual(["json", { a: "[[[" }]);
  });

  it("keeps __proto__ as data", () => {
    const [row] = read(['{"__proto__": {"polluted": true}}']);
    expect(row).toHaveProperty("value");
    expect(Object.hasOwn({}, "polluted")).toBe(false);
    expect("polluted" in (row ?? {})).toBe(false);
  });

  const real = path.resolve("../shared/tool-data/toolace/data.json");
  it.skipIf(!existsSync(real))(
    "reads 1,397 ToolACE rows (skipped without shared/tool-data)",
    () => {
      const text = readFileSync(real, "utf8");
      const chunks = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, k) =>
        text.slice(k * 65_536, (k + 1) * 65_536),
      );
      expect(summary(chunks)).toEqual(JSON.parse(text));
    },
    30_000,
  );
});
