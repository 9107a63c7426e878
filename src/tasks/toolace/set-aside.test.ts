import { describe, expect, it } from "vitest";
import type { JsonValue, Rejection } from "../../spec/index.js";
import { isRejection } from "../rows.js";
import { answered, call, dialogue, importAll, results, row, type Turn, tool } from "./fixture-rows.js";
import { importToolace } from "./import.js";

const rejectionOf = (value: JsonValue): Rejection | undefined => importAll(value).find(isRejection);

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
