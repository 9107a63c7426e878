import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DataError } from "../../spec/index.js";
import { createApiBank } from "./benchmark.js";
import { readDescriptions } from "./descriptions.js";
import { readDialogue } from "./dialogue.js";
import { apiTurn, fixtureBank, fixtureDescriptions, fixtureDialogues, textTurn } from "./fixture-bank.js";
import { messagesOf, officialInstructionHash, ownInstruction } from "./messages.js";
import { nativePrompt } from "./native-prompt.js";
import { apiSamplesOf, samplesOf } from "./samples.js";

const bank = fixtureBank();
const place = { level: "L1", stem: "AddAlarm-1" } as const;

describe("samples", () => {
  it("counts the second of two neighbouring calls twice", () => {
    const dialogue = readDialogue(fixtureDialogues.L1["AddAlarm-1"]!, place);
    expect(samplesOf(dialogue).map(({ id, turn, role }) => [id, turn, role])).toEqual([
      ["L1/AddAlarm-1/0", 3, "API"],
      ["L1/AddAlarm-1/1", 4, "API"],
      ["L1/AddAlarm-1/2", 4, "API"],
      ["L1/AddAlarm-1/3", 5, "AI"],
    ]);
    expect(apiSamplesOf(dialogue).map(({ id, duplicateOf }) => [id, duplicateOf])).toEqual([
      ["L1/AddAlarm-1/0", undefined],
      ["L1/AddAlarm-1/1", undefined],
      ["L1/AddAlarm-1/2", "L1/AddAlarm-1/1"],
    ]);
  });

  it("takes a dialogue that is empty, or ends with a call", () => {
    expect(samplesOf(readDialogue("", place))).toEqual([]);
    const ends = readDialogue(apiTurn("GetToday", {}, "2023-03-31", null), place);
    expect(samplesOf(ends).map(({ turn }) => turn)).toEqual([0]);
  });
});

describe("messages", () => {
  const sample = bank.samples.find(({ id }) => id === "L1/AddAlarm-1/2")!;

  it("shows the instruction, the descriptions in order of name, then the turns", () => {
    const messages = messagesOf(sample, { ...bank, instruction: "DO\n" });
    const lines = messages[0]!.content.split("\n");
    expect(lines[0]).toBe("DO");
    expect(lines.slice(1).map((line) => JSON.parse(line).name)).toEqual(["AddAlarm", "GetUserToken"]);
    expect(messages.slice(1).map(({ role }) => role)).toEqual(["user", "assistant", "user", "system"]);
    expect(messages.at(-1)!.content).toBe(
      "[GetUserToken(username='ann', password='pw')] Response: {'token': 'tok-ann'}",
    );
  });

  it("shows ToolSearcher alone at level 2", () => {
    const second = bank.samples.find(({ id }) => id === "L2/Alarm-2/2")!;
    const [system] = messagesOf(second, { ...bank, instruction: "" });
    expect(JSON.parse(system!.content).name).toBe("ToolSearcher");
  });

  it("does not pass its own instruction off as the official one", () => {
    expect(createHash("sha256").update(ownInstruction).digest("hex")).not.toBe(officialInstructionHash);
  });

  it("can show tools and calls as the model's template does", () => {
    const { tools, messages } = nativePrompt(sample, bank.descriptions);
    expect(tools.map(({ name, parameters }) => [name, parameters.map((one) => one.name)])).toEqual([
      ["AddAlarm", ["token", "time"]],
      ["GetUserToken", ["username", "password"]],
    ]);
    expect(messages.slice(-2)).toEqual([
      { role: "assistant", content: '[GetUserToken(username="ann", password="pw")]' },
      { role: "tool", content: "{'token': 'tok-ann'}", toolCallId: "call-3" },
    ]);
  });
});

describe("damaged data", () => {
  it.each<[string, RegExp]>([
    ["{", /made\.jsonl, row 0 \(line 1\): the line is not JSON/],
    ["[]", /row 0 \(line 1\): the line is no object/],
    [`${textTurn("User", "x")}\n{"role": "Bot"}`, /row 1 \(line 2\), role: it is none of User, AI, API/],
    ['{"role": "AI"}', /text: it is no text/],
    ['{"role": "API", "api_name": "X", "param_dict": [], "result": {}}', /param_dict: it is no object/],
    [`${"[".repeat(100)}${"]".repeat(100)}`, /nested deeper/],
  ])("names the place in a dialogue: %s", (text, message) => {
    expect(() => readDialogue(text, { level: "L1", stem: "made" })).toThrow(DataError);
    expect(() => readDialogue(text, { level: "L1", stem: "made" })).toThrow(message);
  });

  it.each<[string, RegExp]>([
    ["", /the file is empty/],
    ["{}", /name is no text/],
    ['{"name": "A"}', /input_parameters is no object/],
    ['{"name": "A", "input_parameters": {"x": {}}}', /input_parameters\.x\.type is no text/],
    ['{"name": "A", "input_parameters": {}}\n{"name": "A", "input_parameters": {}}', /A is described twice/],
  ])("names the place in the descriptions: %j", (text, message) => {
    expect(() => readDescriptions(text, "d.jsonl")).toThrow(message);
  });

  it("asks for every database and description", () => {
    const { databases, descriptions } = bank;
    const without = new Map([...databases].filter(([name]) => name !== "Wiki"));
    expect(() => createApiBank({ databases: without, descriptions, dialogues: [] })).toThrow(
      /Wiki is missing/,
    );
    const lists = new Map([...databases, ["Wiki", []]]);
    expect(() => createApiBank({ databases: lists, descriptions, dialogues: [] })).toThrow(
      /Wiki has another shape/,
    );
    const some = readDescriptions(fixtureDescriptions().split("\n").slice(1).join("\n"), "d");
    expect(() => createApiBank({ databases, descriptions: some, dialogues: [] })).toThrow(
      /no description of GetUserToken/,
    );
  });
});
