/** The traps of public data on small rows of our own: what a sloppy importer gets wrong in each format. */
import { describe, expect, it } from "vitest";
import type { Example, JsonObject, JsonValue } from "../../spec/index.js";
import { printJson } from "../../text/index.js";
import type { RowImport } from "../dialogue/import-reading.js";
import { parseJsonRows } from "../rows.js";
import type { FormatName } from "./format.js";
import { detectFormat, recognizeRow } from "./formats.js";
import { importRow } from "./import-rows.js";

/** Imports a row from its JSON text, as a file holds it. */
function importText(text: string, format?: FormatName, repair = false): RowImport {
  const [row] = [...parseJsonRows([text], { file: "f.jsonl" })];
  if (row === undefined) throw new Error("no row");
  if ("rule" in row) return { ok: false, rejection: row };
  return importRow(row, { file: "f.jsonl", format: format ?? recognizeRow(row.value), repair });
}

const importOf = (row: JsonObject, repair = false) => importText(JSON.stringify(row), undefined, repair);
const ruleOf = (result: RowImport): string => (result.ok ? "imported" : result.rejection.rule);
const findingsOf = (result: RowImport): string[] =>
  result.ok ? result.findings.map(({ rule }) => rule) : [];

function examples(result: RowImport): readonly Example[] {
  if (!result.ok) throw new Error(`${result.rejection.rule}: ${result.rejection.message}`);
  return result.examples;
}

const responses = (result: RowImport): string[] => examples(result).map(({ response }) => response);

const schema = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  required,
});
const weather = {
  name: "weather",
  description: "Weather of a city.",
  parameters: schema({ city: { type: "string" }, days: { type: "integer" }, zip: { type: "string" } }, [
    "city",
  ]),
};
const openAiTool = { type: "function", function: weather };

describe("OpenAI chat", () => {
  const user = { role: "user", content: "Oslo and Rome, zip 00185, 3 days" };
  const call = (name: string, args: JsonValue, id = "c1"): JsonObject => ({
    id,
    type: "function",
    function: { name, arguments: args },
  });
  const row = (...messages: JsonObject[]): JsonObject => ({
    messages: [user, ...messages],
    tools: [openAiTool],
  });

  it("reads parallel calls with their arguments as text, in order and repetition, one result a call", () => {
    const calls = [
      call("weather", '{"city": "Oslo"}', "a"),
      call("weather", '{"city":"Rome","zip":"00185"}', "b"),
    ];
    const result = importOf(
      row(
        { role: "assistant", content: null, tool_calls: calls },
        { role: "tool", tool_call_id: "a", content: "rain" },
        { role: "tool", tool_call_id: "b", content: "sun" },
        { role: "assistant", content: "Rain in Oslo, sun in Rome." },
      ),
    );
    expect(responses(result)).toEqual([
      '[weather(city="Oslo"), weather(city="Rome", zip="00185")]',
      "Rain in Oslo, sun in Rome.",
    ]);
    expect(examples(result)[1]?.messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "tool",
    ]);
    expect(findingsOf(result)).toEqual([]);
  });

  it("keeps text beside calls for the dialogue, and trains the calls", () => {
    const result = importOf(
      row(
        { role: "assistant", content: "One moment.", tool_calls: [call("weather", '{"city": "Oslo"}')] },
        { role: "tool", tool_call_id: "other", content: "rain" },
        { role: "assistant", content: "Rain." },
      ),
    );
    expect(responses(result)).toEqual(['[weather(city="Oslo")]', "Rain."]);
    expect(examples(result)[1]?.messages[1]?.content).toBe('One moment.\n[weather(city="Oslo")]');
    expect(findingsOf(result)).toEqual(["text-beside-calls", "tool-results"]);
  });

  it("keeps floats, big integers and repeated arguments of objects, which JSON.parse loses", () => {
    const arguments_ = '{"city": "Oslo", "days": 5.0}';
    const text = JSON.stringify(row({ role: "assistant", tool_calls: [call("weather", "X")] }));
    const float = importText(text.replace('"X"', arguments_));
    expect(ruleOf(float)).toBe("argument-type");
    const big = examples(importText(text.replace('"X"', '{"city": "Oslo", "days": 12345678901234567890}')));
    expect(big[0]?.response).toBe('[weather(city="Oslo", days=12345678901234567890)]');
    expect(ruleOf(importText(text.replace('"X"', '{"city": "Oslo", "city": "Rome"}')))).toBe("repeated-key");
    expect(ruleOf(importText(text.replace('"X"', JSON.stringify('{"city": "Oslo", "city": "Rome"}'))))).toBe(
      "repeated-argument",
    );
  });

  it("decodes arguments once: twice encoded ones are damage that can be repaired", () => {
    const damaged = row({
      role: "assistant",
      tool_calls: [call("weather", JSON.stringify('{"city": "Oslo"}'))],
    });
    expect(ruleOf(importOf(damaged))).toBe("double-encoded");
    const repaired = importOf(damaged, true);
    expect(responses(repaired)).toEqual(['[weather(city="Oslo")]']);
    expect(repaired.ok && repaired.repairs).toMatchObject([{ rule: "double-encoded" }]);
  });

  it("repairs numbers in text, and leaves digits that are text", () => {
    const damaged = row({
      role: "assistant",
      tool_calls: [call("weather", '{"city": "5", "days": "3", "zip": "00185"}')],
    });
    expect(ruleOf(importOf(damaged))).toBe("argument-type");
    expect(responses(importOf(damaged, true))).toEqual(['[weather(city="5", days=3, zip="00185")]']);
  });

  it("reads parts of content, thoughts apart, and refuses what is no text", () => {
    const parts = (...content: JsonObject[]) => importOf(row({ role: "assistant", content }));
    const thought = parts(
      { type: "reasoning", value: "Which tool?" },
      { type: "tool_call", value: '{"name": "weather", "arguments": {"city": "Oslo"}}' },
    );
    expect(responses(thought)).toEqual(['[weather(city="Oslo")]']);
    expect(findingsOf(thought)).toEqual(["reasoning"]);
    expect(ruleOf(parts({ type: "image_url", image_url: { url: "x" } }))).toBe("content-part");
  });

  it("reads the older functions and function_call, and history of weight 0", () => {
    const old = importOf({
      messages: [
        user,
        { role: "assistant", content: "Which city?", weight: 0 },
        { role: "user", content: "Oslo" },
        {
          role: "assistant",
          content: null,
          function_call: { name: "weather", arguments: '{"city": "Oslo"}' },
        },
        { role: "function", name: "weather", content: "rain" },
      ],
      functions: [weather],
    });
    expect(responses(old)).toEqual(['[weather(city="Oslo")]']);
    expect(findingsOf(old)).toEqual(["unanswered"]);
  });

  it("takes no tools for none, and a call of no tool for damage", () => {
    expect(responses(importOf({ messages: [user, { role: "assistant", content: "Hello." }] }))).toEqual([
      "Hello.",
    ]);
    const untold = { messages: [user, { role: "assistant", tool_calls: [call("weather", "{}")] }] };
    expect(ruleOf(importOf(untold))).toBe("unknown-tool");
  });

  it.each<[string, JsonObject, string]>([
    [
      "broken arguments",
      { role: "assistant", tool_calls: [call("weather", '{"city": Oslo}')] },
      "json-field",
    ],
    ["arguments that are a list", { role: "assistant", tool_calls: [call("weather", "[1]")] }, "call-form"],
    [
      "a call without a name",
      { role: "assistant", tool_calls: [{ function: { arguments: "{}" } }] },
      "call-form",
    ],
    ["tool_calls that are no list", { role: "assistant", tool_calls: "x" }, "field-type"],
    ["an unknown role", { role: "critic", content: "x" }, "role"],
    ["two users", { role: "user", content: "x" }, "role-order"],
    ["results of nothing", { role: "tool", content: "x" }, "role-order"],
    ["a late system message", { role: "system", content: "x" }, "role-order"],
  ])("sets aside %s", (_, message, rule) => {
    expect(ruleOf(importOf(row(message)))).toBe(rule);
  });
});

describe("ShareGPT", () => {
  const human = { from: "human", value: "Weather in Oslo?" };
  const tools = JSON.stringify([weather]);
  const call = (value: string): JsonObject => ({ from: "function_call", value });
  const oslo = '{"name": "weather", "arguments": {"city": "Oslo"}}';

  it("reads calls, results and text, and keeps a text that begins with a bracket a text", () => {
    const result = importOf({
      system: "Be brief.",
      conversations: [
        human,
        call(oslo),
        { from: "observation", value: '{"sky": "rain"}' },
        { from: "gpt", value: "[Rain](https://example.org) in Oslo." },
      ],
      tools,
    });
    expect(responses(result)).toEqual(['[weather(city="Oslo")]', "[Rain](https://example.org) in Oslo."]);
    expect(examples(result)[0]?.messages[0]).toEqual({ role: "system", content: "Be brief." });
    expect(examples(result).map(({ category }) => category)).toEqual(["single", "summary"]);
  });

  it("reads several calls of a turn, and 5.0 apart from 5", () => {
    const number = { ...weather, parameters: schema({ x: { type: "number" } }) };
    const result = importOf({
      conversations: [
        human,
        call('[{"name": "weather", "arguments": {"x": 5.0}}, {"name": "weather", "arguments": {"x": 5}}]'),
      ],
      tools: JSON.stringify([number]),
    });
    expect(responses(result)).toEqual(["[weather(x=5.0), weather(x=5)]"]);
  });

  it("reads tools as a value, as text, as an empty text; not as text in text", () => {
    const conversations = [human, { from: "gpt", value: "Rain." }];
    for (const given of [tools, [weather], "[]", ""]) {
      expect(ruleOf(importOf({ conversations, tools: given }))).toBe("imported");
    }
    expect(ruleOf(importOf({ conversations, tools: JSON.stringify(tools) }))).toBe("double-encoded");
    expect(ruleOf(importOf({ conversations, tools: JSON.stringify(tools) }, true))).toBe("imported");
    expect(ruleOf(importOf({ conversations, tools: "[{" }))).toBe("json-field");
    expect(ruleOf(importOf({ conversations, tools: "[5]" }))).toBe("tool-list");
  });

  it("learns the chosen answer of a ranking row and keeps the rejected one, however broken", () => {
    const result = importOf({
      conversations: [human],
      chosen: call(oslo),
      rejected: { from: "gpt", value: "[weather(city=Oslo" },
      tools,
    });
    expect(responses(result)).toEqual(['[weather(city="Oslo")]']);
    expect(result.ok && result.dialogue.rejected?.response).toBe("[weather(city=Oslo");
  });

  it.each<[string, string, string]>([
    [
      "glaive's own syntax",
      '<functioncall> {"name": "weather", "arguments": \'{"city": "Oslo"}\'}',
      "other-syntax",
    ],
    ["a tag of Hermes", 'Let me see.\n<tool_call>{"name": "weather"}</tool_call>', "other-syntax"],
    ["Mistral's", '[TOOL_CALLS] [{"name": "weather", "arguments": {}}]', "other-syntax"],
    ["Llama's", '<function=weather>{"city": "Oslo"}</function>', "other-syntax"],
    ["ReAct", 'Thought: look.\nAction: weather\nAction Input: {"city": "Oslo"}', "other-syntax"],
    ["JSON", oslo, "broken-call"],
    ["JSON of an unknown tool", '[{"name": "rain", "arguments": {}}]', "unknown-tool"],
    ["a code block of JSON", `\`\`\`json\n${oslo}\n\`\`\``, "broken-call"],
    ["a code block of calls", '```\n[weather(city="Oslo")]\n```', "broken-call"],
    ["ReAct that only sounds like it", "Action: none\nAction Input: none", "imported"],
    ["a tag within a line", "The tag <tool_call> opens a call.", "imported"],
    ["JSON that is no call", '{"name": "Oslo", "country": "Norway"}', "imported"],
    ["a code block", "```sh\ncurl wttr.in/Oslo\n```", "imported"],
  ])("does not take calls in another syntax for a text: %s", (_, value, rule) => {
    const text = JSON.stringify({ conversations: [human, { from: "gpt", value }], tools });
    expect(ruleOf(importText(text, "sharegpt"))).toBe(rule);
  });

  it("leaves out an answer whose thoughts never end", () => {
    const result = importOf({ conversations: [human, { from: "gpt", value: "<think>Rain?" }], tools });
    expect(result.ok && result.omitted.map(({ rule }) => rule)).toEqual(["unclosed-thoughts"]);
    expect(examples(result)).toEqual([]);
  });

  it("remarks a key that a nested value has twice", () => {
    const place = { ...weather, parameters: schema({ at: { type: "object" } }) };
    const twice = call('{"name": "weather", "arguments": {"at": {"x": 1, "x": 2}}}');
    expect(findingsOf(importOf({ conversations: [human, twice], tools: [place] }))).toContain(
      "repeated-property",
    );
  });

  it("flags a careless conversion, whose tools are lost and whose names are cut", () => {
    const system =
      'Here is a list of functions in JSON format that you can invoke:\n[{"name": "Market Trends API", "parameters": {}}]. \nShould you decide to return the function call(s). \nPut it in the format of [func1(params_name=params_value)]';
    const cut = call('{"name": "API", "arguments": {}}');
    expect(ruleOf(importOf({ conversations: [human, cut], system, tools: "[]" }))).toBe(
      "careless-conversion",
    );
    const restored = [{ name: "Market Trends API", parameters: {} }];
    expect(ruleOf(importOf({ conversations: [human, cut], system: "", tools: restored }))).toBe("cut-name");
  });
});

describe("xLAM", () => {
  const tool = (type: string) => [
    {
      name: "f",
      description: "",
      parameters: { a: { description: "", type, default: 1 }, b: { type: "List[int]" } },
    },
  ];
  const row = (type: string, args: JsonValue): JsonObject => ({
    query: "1, 2 and 3",
    tools: JSON.stringify(tool(type)),
    answers: JSON.stringify([{ name: "f", arguments: args }]),
  });

  it("reads types in Python's names, optional ones too, and unknown ones as any", () => {
    expect(responses(importOf(row("int, optional", { b: [2, 3] })))).toEqual(["[f(b=[2, 3])]"]);
    expect(ruleOf(importOf(row("Callable[[float], float]", { a: "x -> x" })))).toBe("imported");
    expect(ruleOf(importOf(row("int", { a: true })))).toBe("argument-type");
    expect(ruleOf(importOf(row("float", { a: 1 })))).toBe("imported");
    expect(ruleOf(importOf(row("int", { b: [1.5] })))).toBe("imported");
    expect(findingsOf(importOf(row("int", { b: [1.5] })))).toContain("argument-type");
  });

  it("does not know which arguments are required where nothing says so", () => {
    const [example] = examples(importOf(row("int", {})));
    expect(example?.tools[0]?.parameters.map(({ required }) => required)).toEqual([undefined, undefined]);
  });

  it("keeps the empty list as the answer that no tool fits", () => {
    const none = importOf({ query: "Hi", tools: "[]", answers: "[]" });
    expect(examples(none)[0]).toMatchObject({
      response: "[]",
      calls: [],
      gold: { kind: "text" },
      category: "refusal",
    });
  });

  it("does not take an answer that is not there for the answer that no tool fits", () => {
    for (const answers of [null, ""]) {
      const result = importOf({ query: "Hi", tools: "[]", answers });
      expect(examples(result)).toEqual([]);
      expect(result.ok && result.omitted.map(({ rule, field }) => [rule, field])).toEqual([
        ["empty-answer", "answers"],
      ]);
    }
  });

  it("reads lists where xLAM has texts, `tool` for `name`, and a query of messages", () => {
    const result = importOf({
      query: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Yes?" },
        { role: "user", content: "1" },
      ],
      tools: tool("int"),
      answers: [{ tool: "f", arguments: { a: 1 } }],
    });
    expect(responses(result)).toEqual(["[f(a=1)]"]);
  });
});

describe("Hermes", () => {
  const system = `You are a function calling AI model. You are provided with function signatures within <tools> </tools> XML tags.
<tools> [${JSON.stringify(openAiTool)}] </tools>
For each function call return a json object within tags: <tool_call>
{"name": <name>}
</tool_call>
Today is Monday.`;
  const turnsOfRow = (...values: string[]): JsonObject[] => [
    { from: "system", value: system },
    { from: "human", value: "Oslo?" },
    ...values.map((value, index) => ({ from: index % 2 === 0 ? "gpt" : "tool", value })),
  ];
  const row = (...values: string[]): JsonObject => ({ conversations: turnsOfRow(...values) });
  const tag = (call: string): string => `<tool_call>\n${call}\n</tool_call>`;
  const oslo = '{"name": "weather", "arguments": {"city": "Oslo"}}';

  it("takes tools and instruction from the system text, calls and results from their tags", () => {
    const result = importOf(
      row(`${tag(oslo)}\n${tag(oslo)}`, "<tool_response>\nrain\n</tool_response>", "It rains."),
    );
    expect(responses(result)).toEqual(['[weather(city="Oslo"), weather(city="Oslo")]', "It rains."]);
    expect(examples(result)[1]?.messages.map(({ content }) => content)).toEqual([
      "Today is Monday.",
      "Oslo?",
      '[weather(city="Oslo"), weather(city="Oslo")]',
      "rain",
    ]);
  });

  it("is not misled by a tag that the thoughts mention", () => {
    const thoughts = "<think>I write <tool_call>{}</tool_call> or a text.</think>\n";
    expect(responses(importOf(row(`${thoughts}${tag(oslo)}`)))).toEqual(['[weather(city="Oslo")]']);
    expect(responses(importOf(row(`${thoughts}No tool is needed.`)))).toEqual(["No tool is needed."]);
  });

  it("reads one object a line and Python's quotation marks", () => {
    expect(responses(importOf(row(tag(`${oslo}\n${oslo}`))))).toEqual([
      '[weather(city="Oslo"), weather(city="Oslo")]',
    ]);
    expect(responses(importOf(row(tag("{'name': 'weather', 'arguments': {'city': 'Oslo'}}"))))).toEqual([
      '[weather(city="Oslo")]',
    ]);
  });

  it("reads results in a user's turn, and sets aside text beside them, which would be lost", () => {
    const results = "<tool_response>\nrain\n</tool_response>\n<tool_response>sun</tool_response>";
    const asUser = (text: string) => ({
      conversations: [
        ...turnsOfRow(`${tag(oslo)}${tag(oslo)}`),
        { from: "human", value: text },
        { from: "gpt", value: "Rain and sun." },
      ],
    });
    const result = importOf(asUser(results));
    expect(examples(result)[1]?.messages.slice(-2)).toEqual([
      { role: "tool", content: "rain" },
      { role: "tool", content: "sun" },
    ]);
    expect(ruleOf(importOf(asUser(`${results}\nAnd Rome?`)))).toBe("role-order");
  });

  it("sets aside a tag that is not closed or holds no call", () => {
    expect(ruleOf(importOf(row(`<tool_call>${oslo}`)))).toBe("broken-call");
    expect(ruleOf(importOf(row(tag("weather in Oslo"))))).toBe("broken-call");
  });
});

describe("API-Bank", () => {
  const search =
    '{"apiCode": "ToolSearcher", "description": "Searches.", "parameters": {"keywords": {"type": "str"}}}';
  const row = (lines: readonly string[], output: string): JsonObject => ({
    instruction: "\nGenerate an API request …",
    input: [search, ...lines].join("\n"),
    output,
  });
  const found =
    "API-Request: [ToolSearcher(keywords='weather')]->{'name': 'Weather', 'description': 'It\\'s weather.', 'input_parameters': {'city': {'type': str}, 'day': {'type': 'int'}}}";
  const user = "User: Rain in Los Angeles, on 3?TIME: 2030-01-02 10:00:00";

  it("takes tools from the lines and from results, the time as instruction, and one decision a row", () => {
    const result = importOf(
      row([user, found, "Generate API Request: "], "API-Request: [Weather(city='Los Angeles', day=3)]"),
    );
    const [example, ...more] = examples(result);
    expect(more).toEqual([]);
    expect(example?.tools.map(({ name }) => name)).toEqual(["ToolSearcher", "Weather"]);
    expect(example?.messages.slice(0, 2)).toEqual([
      { role: "system", content: "The current time is 2030-01-02 10:00:00." },
      { role: "user", content: "Rain in Los Angeles, on 3?" },
    ]);
    expect(example?.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool"]);
  });

  it("reads values without quotation marks as text, and says so", () => {
    const result = importOf(
      row([user, found, "Generate API Request: "], "API-Request: [Weather(city=Los Angeles, day=3)]"),
    );
    expect(responses(result)).toEqual(['[Weather(city="Los Angeles", day=3)]']);
    expect(findingsOf(result)).toEqual(["unquoted-value"]);
  });

  it("reads text answers, and sets aside calls without brackets and of tools that were not found", () => {
    expect(responses(importOf(row([user, "Generate AI Response: "], "AI: It's dry.\n")))).toEqual([
      "It's dry.",
    ]);
    const output = (text: string) => ruleOf(importOf(row([user, found, "Generate API Request: "], text)));
    expect(output("API-Request: Weather(city='Oslo')")).toBe("broken-call");
    expect(output("API-Request: [Rain(city='Oslo')]")).toBe("unknown-tool");
    expect(output("Weather")).toBe("field-type");
  });
});

describe("Alpaca", () => {
  const tools = `1. Name: rain.at
Description: Rain\nin two lines.
Parameters: {"city": {"description": "", "type": "str", "default": ""}, "days": {"type": "int, optional", "default": 1}}
2. Name: sun
Description: Sun.
Parameters: {}`;
  const row = (input: string, output: string): JsonObject => ({
    instruction: `Be brief.\n\n**Available Tools**\nIn your response, you can use the following tools:\n${tools}\n\n**Steps for Each Turn**\n1. **Think:** …`,
    input: `**Dialogue Records History**\n${input}`,
    output,
  });
  const rain = '<tool_call>\n{"name": "rain.at", "parameters": {"city": "Oslo"}}\n</tool_call>';

  it("reads tools as text, the dialogue in tags as history, and the answer after the thoughts", () => {
    const history = `<user> Oslo? </user>\n\n<think> Look. </think>\n${rain}\n<obs> [{"mm": 3}] </obs>\n\n<think> Say. </think>\n<response> Wet.\nVery. </response>\n<user> Sun? </user>`;
    const answer = `<think> I may write <tool_call> or <response>. </think>\n<tool_call>\n{"name": "sun", "parameters": {}}\n{"name": "rain.at", "parameters": {"city": "Rome", "days": 2}}\n</tool_call>`;
    const result = importOf(row(history, answer));
    expect(responses(result)).toEqual(['[sun(), rain.at(city="Rome", days=2)]']);
    const [example] = examples(result);
    expect(example?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Oslo?" },
      { role: "assistant", content: '[rain.at(city="Oslo")]' },
      { role: "tool", content: '[{"mm": 3}]' },
      { role: "assistant", content: "Wet.\nVery." },
      { role: "user", content: "Sun?" },
    ]);
    expect(example?.tools[0]?.description).toBe("Rain\nin two lines.");
    expect(example?.tools[0]?.parameters.map(({ required }) => required)).toEqual([undefined, false]);
    expect(example?.origin.field).toBe("output");
  });

  it("reads responses, alone and beside calls", () => {
    expect(
      responses(importOf(row("<user> Hi </user>", "<think>x</think>\n<response> Hello. </response>"))),
    ).toEqual(["Hello."]);
    const both = importOf(row("<user> Oslo </user>", `${rain}\n<response> One moment. </response>`));
    expect(responses(both)).toEqual(['[rain.at(city="Oslo")]']);
    expect(findingsOf(both)).toContain("text-beside-calls");
  });

  it("names a list cut at its comma, and text that stands outside of the tags", () => {
    const cut =
      '<tool_call>\n{"name": "rain.at", "parameters": {"city": "[\\"Oslo\\"", "\\"Rome\\"]": ""}}\n</tool_call>';
    expect(ruleOf(importOf(row("<user> x </user>", cut)))).toBe("unknown-argument");
    expect(ruleOf(importOf(row("x <user> y </user>", rain)))).toBe("role-order");
    expect(ruleOf(importOf(row("<user> y", rain)))).toBe("role-order");
    const broken = row("<user> y </user>", rain);
    expect(
      ruleOf(importOf({ ...broken, instruction: String(broken.instruction).replace("Parameters: {}", "") })),
    ).toBe("tool-list");
  });

  it("reads Hammer's rows: marks, names that begin with a dot, calls in a code block, none as []", () => {
    const masked = [{ name: ".67xDKY", description: "", parameters: { _a: { type: "int" } } }];
    const hammer = (output: string) => ({
      instruction: `[BEGIN OF TASK INSTRUCTION]\nCall.\n[END OF TASK INSTRUCTION]\n\n[BEGIN OF AVAILABLE TOOLS]\n${JSON.stringify(masked)}\n[END OF AVAILABLE TOOLS]\n\n[BEGIN OF FORMAT INSTRUCTION]\n\n[END OF FORMAT INSTRUCTION]\n\n[BEGIN OF QUERY]\nPlay 7.\n[END OF QUERY]\n`,
      input: "",
      output,
    });
    const result = importOf(hammer('```\n[\n{"name": ".67xDKY", "arguments": {"_a": 7}}]\n```'));
    expect(responses(result)).toEqual(["[.67xDKY(_a=7)]"]);
    expect(examples(result)[0]?.messages).toEqual([
      { role: "system", content: "Call." },
      { role: "user", content: "Play 7." },
    ]);
    expect(examples(importOf(hammer("```\n[]\n```")))[0]).toMatchObject({
      response: "[]",
      gold: { kind: "text" },
    });
    expect(ruleOf(importOf(hammer("```\n[{]\n```")))).toBe("json-field");
  });
});

describe("Seal-Tools", () => {
  const api =
    "{'api_name': 'f', 'api_description': \"It's f\", 'field': 'x', 'parameters': {'n': {'type': 'int'}, 's': {'type': 'str'}}, 'required': ['n'], 'responses': {}}";
  const row = (gold: string): JsonObject => ({
    id: "1",
    conversations: [
      {
        from: "human",
        value: `Choose.\n\nInput:\napi_list = [${api}]\ntask_instruction = "Say "7" twice."\nOutput:\n`,
      },
      { from: "gpt", value: gold },
    ],
  });

  it("reads Python literals, and required beside the parameters", () => {
    const result = importOf(
      row("[{'api': 'f', 'parameters': {'n': 7, 's': \"it's\"}, 'responses': ['API_call_0']}]"),
    );
    const [example] = examples(result);
    expect(example?.response).toBe('[f(n=7, s="it\'s")]');
    expect(example?.messages).toEqual([{ role: "user", content: 'Say "7" twice.' }]);
    expect(example?.tools[0]?.parameters.map(({ required }) => required)).toEqual([true, false]);
    expect(example?.tools[0]?.description).toBe("It's f");
  });

  it("lets the name of a result stand for a value of any type", () => {
    const nested = row("[{'api': 'f', 'parameters': {'n': 'API_call_0'}, 'responses': ['API_call_1']}]");
    expect(findingsOf(importOf(nested))).toContain("call-reference");
    expect(ruleOf(importOf(row("[{'api': 'f', 'parameters': {'n': 'seven'}, 'responses': []}]")))).toBe(
      "argument-type",
    );
  });

  it("sets aside JSON that is not there, and rows that list no tools", () => {
    expect(ruleOf(importOf(row("[{'api': "))).slice(0)).toBe("broken-call");
    expect(ruleOf(importOf({ id: "1", query: "x", calling: [] }))).toBe("tool-list");
  });
});

describe("detection", () => {
  const openai: JsonObject = { messages: [{ role: "user", content: "a" }] };
  const sharegpt: JsonObject = { conversations: [{ from: "human", value: "a" }] };

  it("goes by the majority, and by the first at a tie", () => {
    expect(detectFormat([openai, sharegpt, sharegpt])).toBe("sharegpt");
    expect(detectFormat([openai, sharegpt])).toBe("openai-chat");
    expect(detectFormat([{}, 5, null, openai])).toBe("openai-chat");
    expect(detectFormat([{}, 5, { messages: [] }])).toBeUndefined();
  });

  it("names the format that a stray row has instead", () => {
    const stray = importText(JSON.stringify({ query: "x", tools: "[]", answers: "[]" }), "openai-chat");
    expect(stray).toMatchObject({
      ok: false,
      rejection: { rule: "other-format", field: "messages", message: expect.stringContaining("xLAM") },
    });
  });

  it("names the fields of a row that nobody knows", () => {
    expect(importOf({ prompt: "x", "\u001b[31m": 1 })).toMatchObject({
      rejection: { message: 'The row has the fields "prompt", "\\u001b[31m": no known format.' },
    });
  });

  it("sets every row aside where the format is not known", () => {
    expect(ruleOf(importOf({ text: "hello" }))).toBe("unknown-format");
    expect(ruleOf(importText("5"))).toBe("row-type");
  });
});

describe("numbers that JavaScript cannot hold", () => {
  it("are exact in arguments and remarked elsewhere", () => {
    const tools = `[{"name": "f", "parameters": {"properties": {"n": {"type": "integer", "default": 12345678901234567890}}}}]`;
    const args = '{"n": 98765432109876543210}';
    const text = `{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": ${args}}}]}], "tools": ${tools}}`;
    const result = importText(text);
    expect(findingsOf(result)).toContain("inexact-number");
    expect(printJson(examples(result)[0]!.calls[0]!.arguments[0]!.value)).toBe("98765432109876543210");
    expect(ruleOf(importText(text.replace("98765432109876543210", "1e999")))).toBe("json");
  });
});
