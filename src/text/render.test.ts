import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, Message } from "../spec/index.js";
import { ConfigError, DataError } from "../spec/index.js";
import { trainTokenizer } from "./bpe-trainer.js";
import { createChatTemplate } from "./chat-template.js";
import {
  checkLength,
  findStopToken,
  type RenderContext,
  renderExample,
  renderPrompt,
  renderPromptText,
} from "./render.js";
import { createTokenizer } from "./tokenizer.js";
import { toolFromJson } from "./tool-schema.js";

const folders = ["llama", "qwen3"].map((name) => path.resolve("../shared/numerics", name));
const tokenizer = createTokenizer(
  trainTokenizer({
    texts: ["user assistant system the cat sat <| end |>", "the cat user assistant"],
    vocabularySize: 290,
    specialTokens: ["<|start|>", "<|end|>", "☃"],
    pattern: " ?[A-Za-z]+|[0-9]|[^\\sA-Za-z0-9]+|\\s",
  }),
  {},
);
const source =
  "{% if tools %}{{ tools | tojson }}\n{% endif %}{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content | trim }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|start|>assistant\n{% endif %}";
const context = contextOf(source);

function contextOf(template: string): RenderContext {
  return { tokenizer, template: createChatTemplate(template), contextLength: 64, stopToken: 1 };
}

const content = fc
  .array(
    fc.constantFrom(
      "<|end|>",
      "<|start|>",
      "☃",
      "<|en",
      "d|>",
      "the",
      " cat",
      "\n",
      "é",
      "\u{f0000}",
      "\ue000",
    ),
    {
      maxLength: 10,
    },
  )
  .map((parts) => parts.join(""));
const dialogue = fc
  .array(fc.record({ role: fc.constantFrom("system", "user", "assistant", "tool"), content }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((turns): Message[] => turns.map((turn) => turn as Message));
const special = (ids: readonly number[]): number[] => ids.filter((id) => id < 3);

describe("renderPrompt", () => {
  it("is the template's text in token ids", () => {
    const messages: Message[] = [{ role: "user", content: "the cat" }];
    expect(tokenizer.decode(renderPrompt(context, { messages, tools: [] }))).toBe(
      "<|start|>user\nthe cat<|end|>\n<|start|>assistant\n",
    );
    expect(renderPrompt(context, { messages, tools: [] })).toEqual(
      tokenizer.encode(renderPromptText(context, { messages, tools: [] })),
    );
  });

  it("has the special tokens of the template and none of the content, whatever is in it", () => {
    fc.assert(
      fc.property(dialogue, (messages) => {
        const tokens = renderPrompt(context, { messages, tools: [] });
        expect(special(tokens)).toEqual([...messages.flatMap(() => [0, 1]), 0]);
        expect(tokenizer.decode(tokens)).toBe(renderPromptText(context, { messages, tools: [] }));
      }),
      { numRuns: 300 },
    );
  });

  it("encodes special-token text of a user as the plain text that it is", () => {
    const user = "say <|end|> to the cat";
    const plain = tokenizer.encode(user, { special: false });
    const tokens = renderPrompt(context, { messages: [{ role: "user", content: user }], tools: [] });
    expect(tokens.join(",")).toContain(plain.join(","));
  });

  it("keeps tools from injecting special tokens by name, description, key or value", () => {
    const tool = toolFromJson({
      name: "f<|end|>",
      description: "<|start|>",
      parameters: { "k<|end|>": { type: "string", enum: ["☃"], default: "<|end|>" } },
    });
    const messages: Message[] = [{ role: "user", content: "x" }];
    expect(special(renderPrompt(context, { messages, tools: [tool] }))).toEqual([0, 1, 0]);
  });

  it("refuses a template that rewrites special-token text rather than encode it wrongly", () => {
    const upper = contextOf("{{ messages[0].content | upper }}");
    const messages: Message[] = [{ role: "user", content: "a <|end|>" }];
    expect(() => renderPrompt(upper, { messages, tools: [] })).toThrow(DataError);
  });

  it("shows tools in the system message where the template cannot", () => {
    const template = contextOf("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
    const tools = [toolFromJson({ name: "book.flight", parameters: { to: { type: "str" } } })];
    const user: Message = { role: "user", content: "x" };
    const system: Message = { role: "system", content: "Be brief." };
    const alone = renderPromptText(template, { messages: [user], tools });
    const appended = renderPromptText(template, { messages: [system, user], tools });
    expect(alone).toMatch(/^system: .*"name":"book.flight".*\nuser: x\n$/s);
    expect(appended).toMatch(/^system: Be brief\.\n\n.*"to":\{"type":"string"\}.*\nuser: x\n$/s);
    expect(renderPromptText(template, { messages: [user], tools: [] })).toBe("user: x\n");
    expect(renderPromptText({ ...template, toolPlacement: "nowhere" }, { messages: [user], tools })).toBe(
      "user: x\n",
    );
    expect(renderPromptText({ ...context, toolPlacement: "system" }, { messages: [user], tools })).toContain(
      "<|start|>system",
    );
  });
});

describe("renderExample", () => {
  it("begins with the prompt, goes on with the response as plain text and ends with the stop token", () => {
    fc.assert(
      fc.property(dialogue, content, (messages, response) => {
        const prompt = renderPrompt(context, { messages, tools: [] });
        const { tokens, promptLength, mask } = renderExample(context, { messages, tools: [], response });
        expect(tokens.slice(0, promptLength)).toEqual(prompt);
        expect(tokens.at(-1)).toBe(1);
        expect(special(tokens.slice(promptLength, -1))).toEqual([]);
        expect(tokenizer.decode(tokens.slice(promptLength, -1))).toBe(response);
        expect([...mask]).toEqual(tokens.map((_, index) => (index < promptLength ? 0 : 1)));
      }),
    );
  });

  it("trains the stop token of an empty response", () => {
    const { tokens, promptLength } = renderExample(context, {
      messages: [{ role: "user", content: "x" }],
      tools: [],
      response: "",
    });
    expect(tokens.slice(promptLength)).toEqual([1]);
  });
});

describe("checkLength", () => {
  it.each([
    [64, 0, { ok: true }],
    [65, 0, { ok: false, tokens: 65, limit: 64 }],
    [50, 20, { ok: false, tokens: 50, limit: 44 }],
  ])("%d tokens and %d in reserve", (tokens, reserve, result) =>
    expect(checkLength(context, tokens, reserve)).toEqual(result),
  );
});

describe("findStopToken", () => {
  it("reads it off the template", () => expect(findStopToken(tokenizer, context.template)).toBe(1));

  it("says so where there is none", () =>
    expect(() => findStopToken(tokenizer, createChatTemplate("{{ messages[1].content }}"))).toThrow(
      ConfigError,
    ));
});

describe.skipIf(!folders.every((folder) => existsSync(folder)))(
  "files of shared/numerics (skipped where they are absent)",
  () => {
    it.each(folders)("renders text and ids as transformers does: %s", (folder) => {
      const read = (file: string): JsonObject =>
        JSON.parse(readFileSync(path.join(folder, file), "utf8")) as JsonObject;
      const config = read("tokenizer_config.json") as { readonly chat_template: string };
      const { chat } = read("expected-tokenizer.json") as unknown as { readonly chat: ChatCase };
      const model = createTokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
      const template = createChatTemplate(config.chat_template);
      const context = {
        tokenizer: model,
        template,
        contextLength: 512,
        stopToken: findStopToken(model, template),
      };
      const messages = chat.messages.slice(0, -1);
      const response = chat.messages.at(-1)!.content;
      expect(template.render({ messages: chat.messages, tools: [], addGenerationPrompt: false })).toBe(
        chat.text,
      );
      expect(renderPromptText(context, { messages, tools: [] })).toBe(chat.prompt_text);
      expect(renderPrompt(context, { messages, tools: [] })).toEqual(chat.prompt_ids);
      const { tokens } = renderExample(context, { messages, tools: [], response });
      expect(tokens).toEqual(chat.ids.slice(0, tokens.length));
      expect(model.decode(chat.ids.slice(tokens.length))).toBe("\n");
    });
  },
);

interface ChatCase {
  readonly messages: Message[];
  readonly text: string;
  readonly ids: number[];
  readonly prompt_text: string;
  readonly prompt_ids: number[];
}
