import { describe, expect, it } from "vitest";
import type { Example, JsonObject, JsonValue, Literal } from "../../spec/index.js";
import { isRejection } from "../rows.js";
import { toolworldExamples } from "../toolworld/examples.js";
import { generateToolworld } from "../toolworld/generate.js";
import { row, type Turn, tool } from "./fixture-rows.js";
import { importToolace } from "./import.js";

const turns: readonly Turn[] = [
  ["user", "Do it."],
  ["assistant", "[t(x=1)]"],
];
const meta: JsonObject = {
  category: "single",
  answers: [
    {
      turn: 1,
      tags: ["unit", "date"],
      calls: [
        {
          name: "t",
          arguments: [
            { name: "x", allowed: [1, "one"], optional: false },
            { name: "y", allowed: [0.5], optional: true },
          ],
        },
      ],
    },
  ],
};
const tools = [tool("t", { x: { type: "any" }, y: { type: "float", default: 0.5 } })];
const importOne = (part: JsonValue) => [
  ...importToolace([{ row: 0, value: { ...row({ tools, turns }), meta: part } }], { file: "f" }),
];

/** The value without what depends on where it was read. */
const plain = (value: Literal): unknown => {
  switch (value.kind) {
    case "dict":
      return Object.fromEntries(
        value.entries.map((entry) => [JSON.stringify(plain(entry.key)), plain(entry.value)]),
      );
    case "list":
    case "tuple":
    case "set":
      return value.items.map(plain);
    case "integer":
      return Number(value.value);
    case "null":
      return null;
    default:
      return value.value;
  }
};
const callsOf = ({ calls }: Example) =>
  calls.map((call) => [call.name, call.arguments.map(({ name, value }) => [name, plain(value)])]);

describe("rows of our own generator", () => {
  it("bring category, tags and all right answers", () => {
    expect(importOne(meta)).toMatchObject([
      {
        category: "single",
        tags: ["date", "unit"],
        gold: {
          kind: "calls",
          calls: [
            {
              name: "t",
              arguments: [
                {
                  name: "x",
                  allowed: [
                    { kind: "integer", value: 1n },
                    { kind: "string", value: "one" },
                  ],
                  optional: false,
                },
                { name: "y", allowed: [{ kind: "float", value: 0.5 }], optional: true },
              ],
            },
          ],
        },
      },
    ]);
  });

  it.each<[string, JsonValue]>([
    ["null", null],
    ["a text", "about this row"],
    ["other notes", { source: "elsewhere", category: "x" }],
  ])("%s as meta means nothing", (_, part) => {
    expect(importOne(part)).toMatchObject([{ category: "single", tags: [], gold: { kind: "calls" } }]);
  });

  it.each<[string, JsonValue]>([
    ["no category", { ...meta, category: undefined as never }],
    ["answers that are no list", { ...meta, answers: {} }],
    ["an answer without a turn", { ...meta, answers: [{ tags: [], calls: [] }] }],
    ["a tag that is a number", { ...meta, answers: [{ turn: 1, tags: [1], calls: [] }] }],
    [
      "no allowed value",
      {
        ...meta,
        answers: [
          {
            turn: 1,
            tags: [],
            calls: [{ name: "t", arguments: [{ name: "x", allowed: [], optional: false }] }],
          },
        ],
      },
    ],
    ["text as the right answer to a call", { ...meta, answers: [{ turn: 1, tags: [], calls: [] }] }],
  ])("are set aside with %s", (_, part) => {
    expect(importOne(JSON.parse(JSON.stringify(part)))).toMatchObject([{ rule: "meta" }]);
  });

  it("give the examples that the generator itself gives", () => {
    for (const generated of generateToolworld({ seed: 5, split: "train", count: 100 })) {
      const value: JsonValue = JSON.parse(JSON.stringify(generated));
      const items = [...importToolace([{ row: 0, value }], { file: "f" })];
      const imported = items.filter((item): item is Example => !isRejection(item));
      const expected = toolworldExamples(generated);
      expect(items.filter(isRejection)).toEqual([]);
      const compared = (examples: readonly Example[]) =>
        examples.map(({ id: _id, origin, calls: _calls, ...rest }) => ({ ...rest, turn: origin.turn }));
      expect(compared(imported)).toEqual(compared(expected));
      expect(imported.map(callsOf)).toEqual(expected.map(callsOf));
    }
  });
});
