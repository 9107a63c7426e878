/**
 * A model's own chat template: messages and tools → the text that the model was trained on.
 *
 * The Jinja is the model's, unchanged; @huggingface/jinja runs it, with Python's way of finding methods. Two globals are ours: the date is fixed (a template
 * that prints today's date would change the training data overnight), and a template's own refusals become our errors.
 * A template is untrusted code from a model folder, but Jinja here can neither reach the disk nor the network.
 */
import { parse, tokenize } from "@huggingface/jinja";
import type { JsonObject, Message, Tool } from "../spec/index.js";
import { ConfigError, DataError } from "../spec/index.js";
import { type JinjaNode, renderJinja } from "./jinja-interpreter.js";
import { mapTexts } from "./json-shape.js";
import { readDay, strftime } from "./strftime.js";
import { jsonSchemaOf } from "./tool-schema.js";

/** What a template may look at besides messages and tools. */
export interface ChatTemplateOptions {
  /** Text of the begin-of-text token. @default "" */
  readonly bosToken?: string;
  /** Text of the end token. @default "" */
  readonly eosToken?: string;
  /**
   * The day that templates take for today: `2024-07-26` or `26 Jul 2024`, the latter is what they see as `date_string`.
   * Belongs into the run's manifest. @default 26 Jul 2024, as in Llama's own templates; no `date_string`
   */
  readonly dateString?: string;
  /** Further variables, e.g. `{ enable_thinking: false }`. */
  readonly variables?: JsonObject;
}

/** What to render. */
export interface ChatInput {
  readonly messages: readonly Message[];
  /** Empty means none: the template sees `tools` as `none`. */
  readonly tools: readonly Tool[];
  /** True ends the text where the assistant's response starts. */
  readonly addGenerationPrompt: boolean;
  /** Applied to every text of the messages and tools (names and keys too, not to roles) before the template sees it. */
  readonly mapContent?: (text: string) => string;
}

/** A compiled template. */
export interface ChatTemplate {
  /** True where the rendered text shows the tools it is given; else they must go into a message. */
  readonly supportsTools: boolean;
  /**
   * The text, special tokens written out. Same input, same text, on any day.
   *
   * @throws DataError with the template's own message where it refuses the input (e.g. a system turn).
   * @throws ConfigError where the template itself fails.
   */
  render(input: ChatInput): string;
}

/** A refusal by the template's author: `raise_exception("…")`. */
class Refusal extends Error {}

/** Globals of the Jinja library that are replaced by ours, under names that no template uses. */
const ourNames: ReadonlyMap<string, string> = new Map([
  ["strftime_now", "itool_strftime_now"],
  ["raise_exception", "itool_raise_exception"],
]);

/**
 * Compiles a chat template.
 *
 * Tools are given in the Hugging Face convention: `[{type: "function", function: {name, description, parameters}}]`,
 * parameters as JSON Schema. Known differences from Python's Jinja: `2.0` read from JSON prints as `2`, a boolean as `true`.
 *
 * @throws ConfigError where the source is no Jinja or the date cannot be read.
 */
export function createChatTemplate(source: string, options: ChatTemplateOptions = {}): ChatTemplate {
  const template = compile(source);
  const variables = variablesOf(options);
  const render = (input: ChatInput): string => run(template, { ...variables, ...chatVariables(input) });
  return { supportsTools: showsTools(render), render };
}

function compile(source: string): JinjaNode {
  try {
    const tokens: { type: string; value: string }[] = tokenize(source.replace(/\r\n?/g, "\n"), {
      lstrip_blocks: true,
      trim_blocks: true,
    });
    for (const token of tokens)
      if (token.type === "Identifier") token.value = ourNames.get(token.value) ?? token.value;
    return parse(tokens);
  } catch (cause) {
    throw new ConfigError(
      `The chat template is no valid Jinja: ${reasonOf(cause)}. Mend \`chat_template\`.`,
      { reason: reasonOf(cause) },
      { cause },
    );
  }
}

function variablesOf(options: ChatTemplateOptions): Record<string, unknown> {
  const day = readDay(options.dateString ?? "26 Jul 2024");
  return {
    ...options.variables,
    bos_token: options.bosToken ?? "",
    eos_token: options.eosToken ?? "",
    itool_strftime_now: (format: string) => strftime(day, format),
    itool_raise_exception: (message: string) => {
      throw new Refusal(message);
    },
    ...(options.dateString === undefined ? {} : { date_string: strftime(day, "%d %b %Y") }),
  };
}

function chatVariables(input: ChatInput): Record<string, unknown> {
  const { messages, tools, addGenerationPrompt, mapContent = (text: string): string => text } = input;
  return {
    messages: messages.map(({ role, content }) => ({ role, content: mapContent(content) })),
    tools: tools.length === 0 ? null : tools.map((tool) => functionOf(tool, mapContent)),
    add_generation_prompt: addGenerationPrompt,
  };
}

function functionOf(tool: Tool, mapContent: (text: string) => string): JsonObject {
  const parameters = mapTexts(jsonSchemaOf(tool), mapContent);
  return {
    type: "function",
    function: { name: mapContent(tool.name), description: mapContent(tool.description), parameters },
  };
}

function run(template: JinjaNode, variables: Record<string, unknown>): string {
  try {
    return renderJinja(template, variables);
  } catch (cause) {
    const reason = reasonOf(cause);
    if (cause instanceof Refusal)
      throw new DataError(
        `The chat template refuses this dialogue: ${reason}. Change the turns or use another template.`,
        { reason },
        { cause },
      );
    throw new ConfigError(
      `The chat template fails: ${reason}. Mend \`chat_template\` or use another.`,
      { reason },
      { cause },
    );
  }
}

/** Renders a tool with a name that occurs nowhere else, and looks for it. */
function showsTools(render: (input: ChatInput) => string): boolean {
  const name = "itool_probe_function";
  const tool: Tool = { name, description: "A probe.", parameters: [] };
  try {
    const messages: Message[] = [{ role: "user", content: "Hello." }];
    return render({ messages, tools: [tool], addGenerationPrompt: true }).includes(name);
  } catch {
    return false;
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
