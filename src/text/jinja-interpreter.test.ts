/** Expected texts are those of Python's Jinja 3.1.6 with the settings of transformers (sandboxed, blocks trimmed). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../spec/index.js";
import { createChatTemplate } from "./chat-template.js";
import { toolFromJson } from "./tool-schema.js";

const properties = Object.fromEntries(
  ["items", "keys", "values", "get", "pop"].map((name) => [
    name,
    name === "items" ? { type: "array", items: { type: "string" } } : { type: "integer" },
  ]),
);
const tool = toolFromJson({
  name: "f",
  description: "d",
  parameters: { type: "object", properties, required: ["items"] },
});

function render(source: string): string {
  const messages = [{ role: "user" as const, content: "Hi" }];
  return createChatTemplate(source).render({ messages, tools: [tool], addGenerationPrompt: true });
}

const PROPERTIES = "{% set p = tools[0].function.parameters.properties %}";

describe("parameters named like methods of dicts", () => {
  it("are shown by the template of nano", () =>
    expect(render(readFileSync("models/nano/chat_template.jinja", "utf8"))).toBe(
      "<|system|>f(items: list[str], keys?: int, values?: int, get?: int, pop?: int) d\n<|user|>Hi<|assistant|>",
    ));

  it.each([
    ["{% for k in p.keys() %}{{ k }} {% endfor %}", "items keys values get pop "],
    ["{% for v in p.values() %}{{ v.type }} {% endfor %}", "array integer integer integer integer "],
    ["{{ p.get('get').type }} {{ p.get('nope', 'no') }}", "integer no"],
    ["{{ p['items']['items'].type }} {{ p['get'].type }} {{ p.pop is defined }}", "string integer True"],
    ["{{ 1 if p.items else 0 }}{{ 1 if p.items is defined else 0 }}", "11"],
    ["{% for k, v in p.items() %}{{ loop.index }}{{ k }}{% endfor %}", "1items2keys3values4get5pop"],
  ])("do not hide the methods: %s", (source, text) =>
    expect(render(PROPERTIES + source).replaceAll("true", "True")).toBe(text),
  );
});

describe("globals", () => {
  it("has Python's ranges and constants", () =>
    expect(
      render(
        "{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(1, 6, 2) %}{{ i }}{% endfor %}{% for i in range(3, 0, -1) %}{{ i }}{% endfor %}{% for i in range(2, 2) %}x{% endfor %}|{{ 1 if True and not False and none is none and None is none }}",
      ),
    ).toBe("012135321|1"));

  it.each(["range(1000000)", "range(0, 1, 0)"])("refuses %s, as the sandbox does", (call) =>
    expect(() => render(`{% for i in ${call} %}x{% endfor %}`)).toThrow(ConfigError),
  );
});
