import { describe, expect, it } from "vitest";
import type { Message } from "../spec/index.js";
import { ConfigError, DataError } from "../spec/index.js";
import { createChatTemplate } from "./chat-template.js";
import { toolFromJson } from "./tool-schema.js";

const messages: Message[] = [{ role: "user", content: "Hi" }];
const input = { messages, tools: [], addGenerationPrompt: true };
const tool = toolFromJson({ name: "f", description: "d", parameters: { a: { type: "float" } } });
const render = (source: string, options = {}): string => createChatTemplate(source, options).render(input);

describe("createChatTemplate", () => {
  it.each([
    ["messages", "{% for m in messages %}{{ m.role }}:{{ m['content'] }}{% endfor %}", "user:Hi"],
    ["tokens", "{{ bos_token }}|{{ eos_token }}", "<s>|</s>"],
    ["no tools as none", "{{ tools is none }}{{ tools is defined }}", "truetrue"],
    ["line breaks of any system as one", "{% if true %}\r\na\r\n{% endif %}\rb", "a\nb"],
    ["the generation prompt", "{% if add_generation_prompt %}go{% endif %}", "go"],
    ["further variables", "{{ enable_thinking }}", "false"],
    ["an undefined date_string", "{{ date_string is defined }}", "false"],
    [
      "a fixed day",
      "{{ strftime_now('%d %b %Y|%-d %B %y|%A %a|%H:%M:%S|%Y-%m-%d|%%|%q') }}",
      "26 Jul 2024|26 July 24|Friday Fri|00:00:00|2024-07-26|%|%q",
    ],
    ["a defined strftime_now", "{{ strftime_now is defined }}", "true"],
  ])("gives the template %s", (_, source, text) =>
    expect(render(source, { bosToken: "<s>", eosToken: "</s>", variables: { enable_thinking: false } })).toBe(
      text,
    ),
  );

  it.each([
    ["2025-03-01", "01 Mar 2025|2025"],
    ["1 Mar 2025", "01 Mar 2025|2025"],
    ["26 July 2024", "26 Jul 2024|2024"],
  ])("takes %s for today", (dateString, text) =>
    expect(render("{{ date_string }}|{{ strftime_now('%Y') }}", { dateString })).toBe(text),
  );

  it.each(["2025-02-30", "yesterday", "99 Mar 2025", ""])("refuses the date %j", (dateString) =>
    expect(() => createChatTemplate("", { dateString })).toThrow(ConfigError),
  );

  it("gives tools in the Hugging Face convention", () => {
    const template = createChatTemplate("{{ tools | tojson }}");
    expect(JSON.parse(template.render({ ...input, tools: [tool] }))).toEqual([
      {
        type: "function",
        function: {
          name: "f",
          description: "d",
          parameters: { type: "object", properties: { a: { type: "number" } } },
        },
      },
    ]);
  });

  it.each([
    ["{% if tools %}{{ tools | tojson }}{% endif %}", true],
    ["{% for t in tools %}{{ t.function.name }}{% endfor %}", true],
    ["{{ messages[0].content }}", false],
    ["{{ raise_exception('never') }}", false],
  ])("finds whether %s shows tools: %s", (source, supported) =>
    expect(createChatTemplate(source).supportsTools).toBe(supported),
  );

  it("passes on the template's own refusal as an error of the data", () => {
    const source = "{{ raise_exception('System role not supported') }}";
    expect(() => render(source)).toThrow(DataError);
    expect(() => render(source)).toThrow("System role not supported");
  });

  it.each(["{{", "{% if %}", "{% for x in %}"])("refuses %j, which is no Jinja", (source) =>
    expect(() => createChatTemplate(source)).toThrow(ConfigError),
  );

  it("calls a template that fails at run time an error of the settings", () =>
    expect(() => render("{{ nothing.at.all() }}")).toThrow(ConfigError));

  it("changes texts and keys, not roles, where asked to", () => {
    const template = createChatTemplate(
      "{{ messages[0].role }} {{ messages[0].content }} {{ tools | tojson }}",
    );
    const text = template.render({ ...input, tools: [tool], mapContent: (content) => content.toUpperCase() });
    expect(text).toContain("user HI");
    expect(text).toContain('"name": "F"');
    expect(text).toContain('{"A": {"TYPE": "NUMBER"}}');
  });
});
