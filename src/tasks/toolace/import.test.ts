import { describe, expect, it } from "vitest";
import type { Example, JsonValue } from "../../spec/index.js";
import { isRejection } from "../rows.js";
import { answered, call, dialogue, importAll, results, row, tool, weatherTools } from "./fixture-rows.js";
import { importToolace } from "./import.js";
import { importToolaceRow } from "./import-row.js";

const examplesOf = (value: JsonValue): Example[] =>
  importAll(value).map((item) => {
    if (isRejection(item)) throw new Error(`${item.rule}: ${item.message}`);
    return item;
  });
const first = (value: JsonValue): Example => examplesOf(value)[0]!;

describe("importToolace", () => {
  it("gives one example for a row with one call", () => {
    expect(importAll(row())).toMatchObject([
      {
        id: "f.json#0.1",
        messages: [
          { role: "system", content: "Answer with calls of the functions below, or say that none fits." },
          { role: "user", content: "Weather in Oslo?" },
        ],
        response: call,
        calls: [
          { name: "Weather API", arguments: [{ name: "city", value: { kind: "string", value: "Oslo" } }] },
        ],
        gold: {
          kind: "calls",
          calls: [
            {
              name: "Weather API",
              arguments: [{ name: "city", allowed: [{ value: "Oslo" }], optional: false }],
            },
          ],
        },
        difficulty: "medium",
        category: "multiple",
        tags: [],
        origin: { file: "f.json", row: 0, turn: 1 },
      },
    ]);
  });

  it("gives one example for every assistant turn, each with everything before it", () => {
    const examples = examplesOf(
      dialogue(
        ["user", "Weather?"],
        ["assistant", "Where?"],
        ["user", "Oslo"],
        ["assistant", call],
        ["tool", results],
        ["assistant", "3 degrees."],
        ["user", "Thanks!"],
        ["assistant", "You are welcome."],
      ),
    );
    expect(examples.map(({ id, category, messages }) => [id, category, messages.length])).toEqual([
      ["f.json#0.1", "refusal", 2],
      ["f.json#0.3", "multi-turn", 4],
      ["f.json#0.5", "summary", 6],
      ["f.json#0.7", "multi-turn", 8],
    ]);
    expect(examples[2]?.messages.slice(1).map(({ role, content }) => [role, content])).toEqual([
      ["user", "Weather?"],
      ["assistant", "Where?"],
      ["user", "Oslo"],
      ["assistant", call],
      ["tool", results],
    ]);
    expect(examples.map(({ gold }) => gold.kind)).toEqual(["text", "calls", "text", "text"]);
  });

  it.each<[string, string, JsonValue, string]>([
    ["single", call, weatherTools.slice(0, 1), "Weather API"],
    ["multiple", call, weatherTools, "Weather API"],
    [
      "parallel",
      '[Weather API(city="Oslo"), Weather API(city="Rome")]',
      weatherTools,
      "Weather API,Weather API",
    ],
    ["refusal", "None of the functions fits.", weatherTools, ""],
    ["refusal", "There are no functions.", [], ""],
  ])("derives the category %s from %s", (category, text, tools, names) => {
    const example = first(answered(text, tools));
    expect([example.category, example.calls.map(({ name }) => name).join()]).toEqual([category, names]);
  });

  it("takes the category that is asked for", () => {
    const [item] = importToolace([{ row: 3, value: row() }], { file: "f", category: "mine" });
    expect(item).toMatchObject({ id: "f#3.1", category: "mine" });
  });

  it.each<[string, string, JsonValue]>([
    ["a name that begins another", "[Weather API (Hourly)(from=5.0)]", weatherTools],
    ["a keyword as an argument", "[Weather API (Hourly)(from=5)]", weatherTools],
    ["no arguments", "[Weather API (Hourly)()]", weatherTools],
    [
      "any characters in a name",
      "[Who's, {what} & [where]? a/b: c-d+e(x=1)]",
      [tool("Who's, {what} & [where]? a/b: c-d+e", { x: { type: "int" } })],
    ],
    ["separators in strings", '[Weather API(city="a, b) ](c=d), [e(\\"")]', weatherTools],
    ["an unknown type", "[t(x=5)]", [tool("t", { x: { type: "Callable[[float], float]" } })]],
    ["a tool without parameters", "[t()]", [{ name: "t", description: "d" }]],
    [
      "nested values",
      '[t(x=[{"a": None, "b": [True, 1.5]}, {}])]',
      [tool("t", { x: { type: "array", items: { type: "dict" } } })],
    ],
    [
      "the outer required, which means nothing",
      "[t()]",
      [{ ...tool("t", { x: { type: "int" } }), required: ["x"] }],
    ],
    ["missing optional arguments", "[t()]", [tool("t", { x: { type: "int" } })]],
    [
      "a parameter list without required",
      "[t()]",
      [{ name: "t", parameters: { type: "dict", properties: { x: { type: "int" } } } }],
    ],
  ])("reads %s: %s", (_, text, tools) => {
    const example = first(answered(text, tools));
    expect([example.calls.length, example.response]).toEqual([1, text]);
  });

  it.each<[string, string]>([
    ["a link", "[Documentation](https://example.com) has more."],
    ["a list", "[1, 2, 3] are the numbers."],
    ["a remark", "[Note (please read)] I cannot do this with Weather API (free)."],
    ["a list of strings", '["Oslo", "Rome"]'],
    ["code", "Use f(x=1) in your own code."],
    ["a tool named in prose", "Weather API (the free one) cannot do this."],
  ])("takes %s for text", (_, text) => {
    expect(first(answered(text))).toMatchObject({ calls: [], gold: { kind: "text" }, response: text });
  });

  it("marks as optional what equals the default and is not required", () => {
    const required = tool("t", { a: { type: "int", default: 1 }, b: { type: "float", default: 2 } }, ["a"]);
    const { gold } = first(answered("[t(a=1, b=2.0)]", [required]));
    expect(gold).toMatchObject({
      calls: [
        {
          arguments: [
            { name: "a", optional: false },
            { name: "b", optional: true },
          ],
        },
      ],
    });
    const other = first(answered("[t(a=1, b=2.5)]", [required])).gold;
    expect(other).toMatchObject({ calls: [{ arguments: [{ optional: false }, { optional: false }] }] });
  });

  it("decides the class on the row: tools, characters of the list, most calls in a turn", () => {
    const facts = (value: JsonValue) => {
      const result = importToolaceRow({ row: 0, value }, { file: "f" });
      return result.ok ? result.facts : undefined;
    };
    expect(facts(answered("[t()]", [tool("t")]))).toMatchObject({
      toolCount: 1,
      callCount: 1,
      difficulty: "easy",
    });
    expect(facts(answered("[t(), t(), t(), t()]", [tool("t")]))).toMatchObject({
      callCount: 4,
      difficulty: "hard",
    });
    expect(facts(answered("No.", []))).toEqual({
      toolCount: 0,
      toolTextLength: 2,
      callCount: 0,
      difficulty: "easy",
    });
    const emoji = tool("t", { x: { type: "string", description: "😀".repeat(800) } });
    expect(facts(answered("[t()]", [emoji]))).toMatchObject({ difficulty: "easy" });
  });
});
