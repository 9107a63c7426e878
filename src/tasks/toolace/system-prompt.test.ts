import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../spec/index.js";
import { bracketDemand, row, tool, weatherTools } from "./fixture-rows.js";
import { splitSystemPrompt } from "./system-prompt.js";

const systemOf = (parts: Parameters<typeof row>[0]): string => String(row(parts).system);
const read = (system: string) => {
  const reading = splitSystemPrompt(system);
  if (!reading.ok) throw new Error(reading.problem.message);
  return reading.value;
};
const rule = (system: string) => {
  const reading = splitSystemPrompt(system);
  return reading.ok ? "read" : reading.problem.rule;
};
const noteOnJava = "\n Note that the provided function is in Java 8 SDK syntax or JavaScript.";

describe("splitSystemPrompt", () => {
  it.each<[string, Parameters<typeof row>[0], string]>([
    ["a plain prompt", { before: "Do it.\n" }, "Do it."],
    [
      "a time glued to the announcement",
      { before: "Do it.\nThe current time is 2026-01-02 03:04:05." },
      "Do it.\nThe current time is 2026-01-02 03:04:05.",
    ],
    [
      "a day with two full stops",
      { before: "Do it.\nToday is 2026-01-02, Friday.." },
      "Do it.\nToday is 2026-01-02, Friday..",
    ],
    [
      "a note on Java after the demand",
      { before: "Do it.\n", after: bracketDemand + noteOnJava },
      "Do it.\nNote that the provided function is in Java 8 SDK syntax or JavaScript.",
    ],
    ["brackets before the announcement", { before: "Use [a] and [b].\n" }, "Use [a] and [b]."],
    ["no text around the list", { before: "", after: "" }, ""],
    [
      "a short demand",
      {
        before: "",
        after: ".\nShould you decide to return the function calls.\nPut them in the format of [func1(a=b)]",
      },
      "",
    ],
  ])("keeps the instruction of %s", (_, parts, expected) => {
    expect(read(systemOf(parts)).instruction).toBe(expected);
  });

  it("takes the list exactly as it is written", () => {
    const tools = [tool("odd ]} [{ name", { 'a"b': { type: "string", description: "\\ ] }" } })];
    const { toolText, tools: decoded } = read(systemOf({ tools }));
    expect(decoded).toEqual(tools);
    expect(toolText.startsWith('[{"name": "odd ]} [{ name"')).toBe(true);
    expect(toolText.endsWith('"required": null}]')).toBe(true);
  });

  it("reads an empty list", () => {
    expect(read(systemOf({ tools: [] }))).toMatchObject({ tools: [], toolText: "[]" });
  });

  it("reads a Chinese prompt and takes its demands out", () => {
    const list = JSON.stringify(weatherTools);
    const system = `你是专家。请用<cot></cot>标识你的思考过程。今天的日期是2023-06-04 星期日。.以下是可以调用的工具的JSON格式列表:\n${list}。\n如果你决定输出工具调用语句, 请使用以下格式：[func1(params_name=params_value, params_name2=params_value2...), func2(params)]\n不得包含其他文字。 `;
    expect(read(system)).toMatchObject({
      instruction: "你是专家。今天的日期是2023-06-04 星期日。.",
      toolText: list,
    });
  });

  it.each<[string, string, string]>([
    ["no announcement", "Here are the tools you can use:\n<tool_name>A</tool_name>", "other-syntax"],
    [
      "an announcement of something else",
      systemOf({}).replace("in JSON format", "in XML format"),
      "other-syntax",
    ],
    [
      "another call format",
      systemOf({ after: "\nPlease use the following format to call the tool:\n{[name]|{'k'-\"v\"}}" }),
      "other-syntax",
    ],
    ["no list", systemOf({}).replace(/\[\{[\s\S]*/u, "none"), "tool-list"],
    ["an object in place of the list", systemOf({ tools: { name: "A" } }), "tool-list"],
    ["a list that never closes", systemOf({}).replace(/\}\]\. [\s\S]*/u, ""), "tool-list"],
    ["a list that is not JSON", systemOf({}).replace('"name":', "name:"), "tool-list"],
    ["a tool that is a string", systemOf({ tools: [...weatherTools, "A"] }), "tool-list"],
  ])("does not read %s", (_, system, expected) => {
    expect(rule(system)).toBe(expected);
  });

  const folder = path.resolve("../shared/tool-data/toolace");
  it.skipIf(!existsSync(folder))(
    "finds the other syntaxes of ToolACE and no more (skipped without shared/tool-data)",
    () => {
      const rows: { system: string }[] = JSON.parse(readFileSync(path.join(folder, "data.json"), "utf8"));
      const ids: number[] = JSON.parse(readFileSync(path.join(folder, "hf_row_index.json"), "utf8"));
      const traps: { rows: Record<string, JsonValue> } = JSON.parse(
        readFileSync(path.join(folder, "traps.json"), "utf8"),
      );
      const rules = rows.map(({ system }) => rule(system));
      expect(ids.filter((_, k) => rules[k] === "other-syntax")).toEqual(
        traps.rows.other_call_format_declared_in_system_prompt,
      );
      expect(rules.filter((name) => name === "read")).toHaveLength(1326);
      const left = rows.filter((_, k) => rules[k] === "read").map(({ system }) => read(system).instruction);
      expect(left.filter((text) => /params_name|Should you decide|cot>|格式/u.test(text))).toEqual([]);
      expect(left.filter((text) => text.includes("The current time is 20"))).toHaveLength(686);
      expect(left.filter((text) => text.includes("Today is 20"))).toHaveLength(71);
      expect(left.filter((text) => text.includes("Java 8 SDK"))).toHaveLength(25);
    },
    30_000,
  );
});
