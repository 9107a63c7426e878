import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Example, JsonObject, JsonValue, Rejection } from "../../spec/index.js";
import { isRejection } from "../rows.js";
import { row, type Turn, tool, weatherTools } from "./fixture-rows.js";
import { importToolace } from "./import.js";
import { importToolaceRow } from "./import-row.js";

const call = '[Weather API(city="Oslo")]';
const results = '[{"name": "Weather API", "results": {"t": 3}}]';
const importAll = (...values: JsonValue[]) => [
  ...importToolace(
    values.map((value, k) => ({ row: k, value })),
    { file: "f.json" },
  ),
];
const examplesOf = (value: JsonValue): Example[] =>
  importAll(value).map((item) => {
    if (isRejection(item)) throw new Error(`${item.rule}: ${item.message}`);
    return item;
  });
const first = (value: JsonValue): Example => examplesOf(value)[0]!;
const rejectionOf = (value: JsonValue): Rejection | undefined => importAll(value).find(isRejection);
const answered = (text: string, tools: JsonValue = weatherTools): JsonObject =>
  row({
    tools,
    turns: [
      ["user", "Please."],
      ["assistant", text],
    ],
  });
const dialogue = (...turns: Turn[]): JsonObject => row({ turns });

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

describe("importToolace sets aside", () => {
  it.each<[string, string, JsonValue, string]>([
    ["a row that is null", "row-type", null, ""],
    ["a row that is a list", "row-type", [], ""],
    ["an absent system", "field-type", { conversations: [] }, "system"],
    ["another list of tools", "other-syntax", { ...row(), system: "Tools:\n<tool>A</tool>" }, "system"],
    ["no turns", "no-turns", dialogue(), "conversations"],
    ["an unknown role", "role", dialogue(["human", "Hi"], ["gpt", "Hi"]), "conversations[0].from"],
    [
      "results of no call",
      "role-order",
      dialogue(["user", "a"], ["assistant", "b"], ["tool", "[]"], ["assistant", "c"]),
      "conversations[2].value",
    ],
    ["a call that is cut off", "broken-call", answered('[Weather API(city="Os'), "conversations[1].value"],
    [
      "a call with a bare word",
      "broken-call",
      answered("[Weather API(city=Oslo)]"),
      "conversations[1].value",
    ],
    [
      "a call without brackets",
      "broken-call",
      answered('Weather API(city="Oslo")'),
      "conversations[1].value",
    ],
    [
      "a call written as JSON",
      "broken-call",
      answered('[{"name": "Weather API", "arguments": {"city": "Oslo"}}]'),
      "conversations[1].value",
    ],
    ["an unknown tool", "unknown-tool", answered('[Traffic(city="Oslo")]'), "conversations[1].value"],
    ["the end of a name", "cut-name", answered('[API(city="Oslo")]'), "conversations[1].value"],
    [
      "an unknown argument",
      "unknown-argument",
      answered('[Weather API(city="Oslo", lang="no")]'),
      "conversations[1].value",
    ],
    ["a missing argument", "missing-argument", answered("[Weather API()]"), "conversations[1].value"],
    [
      "a repeated argument",
      "repeated-argument",
      answered('[Weather API(city="Oslo", city="Rome")]'),
      "conversations[1].value",
    ],
    [
      "a wrong type",
      "argument-type",
      answered('[Weather API(city="Oslo", days="3")]'),
      "conversations[1].value",
    ],
    [
      "a boolean for an integer",
      "argument-type",
      answered('[Weather API(city="Oslo", days=True)]'),
      "conversations[1].value",
    ],
    [
      "a value outside its enumeration",
      "argument-enum",
      answered('[t(x="c")]', [tool("t", { x: { type: "string", enum: ["a", "b"] } })]),
      "conversations[1].value",
    ],
    ["two tools of one name", "tool-name", answered("No.", [tool("t"), tool("t")]), "system"],
    ["a tool without a name", "tool-name", answered("No.", [{ description: "d" }]), "system"],
    ["a name that is a number", "tool-name", answered("No.", [{ name: 5 }]), "system"],
    ["a careless conversion", "careless-conversion", { ...row(), tools: "[]" }, "tools"],
    ["a careless conversion with a list", "careless-conversion", { ...row(), tools: [] }, "tools"],
  ])("%s (%s)", (_, rule, value, field) => {
    expect(rejectionOf(value)).toMatchObject({ file: "f.json", row: 0, rule, field });
  });

  it.each<[string, string, string]>([
    ["an empty answer", "empty-answer", " "],
    ["calls inside prose", "mixed-answer", `Here you are: ${call} (as asked)`],
    ["calls after prose", "mixed-answer", `I cannot do the rest.\n\n${call}`],
  ])("%s, and keeps the other answers of the row", (_, rule, text) => {
    const items = importAll(dialogue(["user", "a"], ["assistant", text], ["user", "b"], ["assistant", call]));
    expect(items).toMatchObject([
      { id: "f.json#0.3", messages: [{}, {}, { role: "assistant", content: text }, {}] },
      { rule, field: "conversations[1].value" },
    ]);
  });

  it("rows of the public conversion that cut names at spaces", () => {
    const cut = JSON.stringify({ name: "API", arguments: { city: "Oslo" } });
    const turns: Turn[] = [
      ["human", "Weather in Oslo?"],
      ["function_call", cut],
      ["observation", "3"],
      ["gpt", "3 degrees."],
    ];
    expect(importAll({ ...row({ turns }), tools: "[]" })).toMatchObject([{ rule: "careless-conversion" }]);
    expect(
      importAll({
        ...row({
          turns: [
            ["user", "Hi"],
            ["assistant", '[API(city="Oslo")]'],
          ],
        }),
        tools: "[]",
      }),
    ).toHaveLength(1);
  });

  it("the whole row, where one turn is damaged", () => {
    const value = dialogue(
      ["user", "a"],
      ["assistant", call],
      ["tool", results],
      ["assistant", '[Weather API(city="'],
    );
    expect(importAll(value)).toHaveLength(1);
    expect(rejectionOf(value)).toMatchObject({ rule: "broken-call", field: "conversations[3].value" });
  });

  it("names the character where a call breaks off", () => {
    expect(rejectionOf(answered("[Weather API(city=Oslo)]"))?.message).toMatch(/character 18/u);
  });

  it("nothing silently: damaged lines are passed on", () => {
    const damaged: Rejection = { file: "f", row: 7, field: "", rule: "json", message: "Line 8: …" };
    expect([...importToolace([damaged], { file: "f" })]).toEqual([damaged]);
  });
});

describe("findings", () => {
  const findingsOf = (value: JsonValue): string[] => {
    const found: string[] = [];
    const onFinding = (finding: Rejection) => found.push(`${finding.rule} ${finding.field}`);
    const items = [...importToolace([{ row: 0, value }], { file: "f", onFinding })];
    expect(items.some(isRejection)).toBe(false);
    return found;
  };
  it.each<[string, JsonValue, string[]]>([
    ["nothing", row(), []],
    ["a value that nobody gave", answered(call), ["ungrounded-value conversations[1].value"]],
    ["a value in other letters", dialogue(["user", "In OSLO?"], ["assistant", call]), []],
    [
      "a value of the prompt",
      { ...row({ before: "You are in Oslo. " }), conversations: answered(call).conversations ?? [] },
      [],
    ],
    [
      "a value of an enumeration",
      answered('[t(x="c")]', [tool("t", { x: { type: "string", enum: ["c"] } })]),
      [],
    ],
    ["a default", answered('[t(x="c")]', [tool("t", { x: { type: "string", default: "c" } })]), []],
    [
      "damaged words",
      answered("No.", [tool("t", { start_string: { type: "string" } })]),
      ["damaged-words system"],
    ],
    [
      "a last turn without an answer",
      dialogue(["user", "Oslo, a, b"], ["assistant", call], ["tool", results]),
      ["unanswered conversations[2]"],
    ],
    [
      "too few results",
      dialogue(
        ["user", "Oslo, a, b"],
        ["assistant", '[Weather API(city="a"), Weather API(city="b")]'],
        ["tool", results],
        ["assistant", "b"],
      ),
      ["tool-results conversations[2].value"],
    ],
    [
      "results in prose",
      dialogue(["user", "Oslo, a, b"], ["assistant", call], ["tool", "3 degrees"], ["assistant", "b"]),
      ["tool-results conversations[2].value"],
    ],
    [
      "a nested property that is not declared",
      answered('[t(x={"b": 1})]', [tool("t", { x: { type: "dict", properties: { a: { type: "int" } } } })]),
      ["unknown-property conversations[1].value"],
    ],
    [
      "a nested value of another type",
      answered('[t(x={"a": "1"})]', [tool("t", { x: { type: "dict", properties: { a: { type: "int" } } } })]),
      ["argument-type conversations[1].value"],
    ],
  ])("of %s", (_, value, expected) => {
    expect(findingsOf(value)).toEqual(expected);
  });
});

describe("on any input", () => {
  const whole: JsonObject[] = [
    row(),
    dialogue(["user", "a"], ["assistant", call], ["tool", results], ["assistant", "b"]),
  ];

  it("importing never throws, and every row is imported or set aside", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const json: JsonValue[] = JSON.parse(JSON.stringify(values));
        const rows = new Set(
          importAll(...json).map((item) => (isRejection(item) ? item.row : item.origin.row)),
        );
        expect(rows.size).toBe(json.length);
      }),
    );
  });

  it("nor on rows of which a part was replaced, cut or removed", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.jsonValue(),
        fc.nat(),
        (base, place, replacement, cut) => {
          const value: JsonValue = JSON.parse(
            JSON.stringify(mutate(base, place, JSON.parse(JSON.stringify(replacement)), cut)),
          );
          const items = importAll(value);
          const rejections = items.filter(isRejection);
          expect(items.length).toBeGreaterThan(0);
          expect(rejections.every(({ row: at }) => at === 0)).toBe(true);
          for (const item of items) {
            if (!isRejection(item)) expect(item.messages.at(-1)?.role).toMatch(/user|tool/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The value with its part number `place` (counted through the tree) replaced, or a string cut. */
function mutate(value: JsonValue, place: number, replacement: JsonValue, cut: number): JsonValue {
  const total = count(value);
  let left = place % total;
  const walk = (part: JsonValue): JsonValue => {
    if (left-- === 0)
      return typeof part === "string" && cut % 2 === 0 ? part.slice(0, cut % (part.length + 1)) : replacement;
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part === "object" && part !== null) {
      return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item)]));
    }
    return part;
  };
  return walk(value);
}

function count(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, item) => sum + count(item), 0);
}
