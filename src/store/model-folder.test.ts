import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModelError } from "../spec/index.js";
import { renderPrompt } from "../text/index.js";
import { loadRenderContext } from "./model-folder.js";

const reference = resolve("../shared/numerics/llama");

describe.skipIf(!existsSync(reference))("loadRenderContext (skipped: no shared/numerics)", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "itool-model-"));
    for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
      await cp(join(reference, name), join(folder, name));
    }
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("renders the reference's dialogue to the reference's ids", async () => {
    const context = await loadRenderContext(folder);
    const expected = JSON.parse(await readFile(join(reference, "expected-tokenizer.json"), "utf8"));
    const messages = expected.chat.messages.filter(({ role }: { role: string }) => role !== "assistant");
    expect(renderPrompt(context, { messages, tools: [] })).toEqual(expected.chat.prompt_ids);
  });

  it("takes the context length of the model, or a shorter one", async () => {
    const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
    expect((await loadRenderContext(folder)).contextLength).toBe(config.max_position_embeddings);
    expect((await loadRenderContext(folder, { contextLength: 7 })).contextLength).toBe(7);
    expect((await loadRenderContext(folder, { contextLength: 1e9 })).contextLength).toBe(
      config.max_position_embeddings,
    );
  });

  it("prefers chat_template.jinja, and the template for tools among several", async () => {
    const template = (name: string) => `${name}:{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}`;
    await changeConfig({
      chat_template: [
        { name: "default", template: template("default") },
        { name: "tool_use", template: template("tools") },
      ],
    });
    const text = async () => {
      const context = await loadRenderContext(folder, { stopToken: await anyToken() });
      return context.template.render({
        messages: [{ role: "user", content: "hi" }],
        tools: [],
        addGenerationPrompt: true,
      });
    };
    expect(await text()).toBe("tools:hi<|im_end|>");
    await writeFile(join(folder, "chat_template.jinja"), template("file"));
    expect(await text()).toBe("file:hi<|im_end|>");
  });

  it.each(["config.json", "tokenizer.json", "tokenizer_config.json"])("names a missing %s", async (name) => {
    await rm(join(folder, name));
    await expect(loadRenderContext(folder)).rejects.toThrow(`${name} is missing`);
  });

  it.each([
    ["config.json", "{", /config\.json is not JSON/],
    ["config.json", "{}", /config\.json: max_position_embeddings is not what it must be/],
    ["tokenizer_config.json", '{"chat_template": 7}', /tokenizer_config\.json: chat_template/],
    ["tokenizer_config.json", "{}", /has no chat template.*chat_template\.jinja/],
  ])("names a damaged %s: %s", async (name, content, message) => {
    await writeFile(join(folder, name), content);
    const failure: unknown = await loadRenderContext(folder).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(ModelError);
    expect(String(failure)).toMatch(message);
  });

  it("names a stop token that is not in the vocabulary", async () => {
    await expect(loadRenderContext(folder, { stopToken: "<|nowhere|>" })).rejects.toThrow(/<\|nowhere\|>/);
  });

  async function changeConfig(fields: object): Promise<void> {
    const path = join(folder, "tokenizer_config.json");
    const config = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...config, ...fields }));
  }

  async function anyToken(): Promise<string> {
    const tokenizer = JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8"));
    return tokenizer.added_tokens[0].content;
  }
});
