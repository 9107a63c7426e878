/**
 * The text side of a Hugging Face model folder: tokenizer, chat template, stop token and context length. The weights are
 * the engine's business.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type JsonObject, ModelError, type Tokenizer } from "../spec/index.js";
import {
  type ChatTemplate,
  type ChatTemplateOptions,
  createChatTemplate,
  createTokenizer,
  findStopToken,
  type RenderContext,
} from "../text/index.js";
import { systemCode, withFailure } from "./failure.js";

/** What a caller may decide in the model's place. */
export interface RenderContextOptions {
  /** Where tools are shown; see `RenderContext`. */
  readonly toolPlacement?: NonNullable<RenderContext["toolPlacement"]>;
  /** The day that templates take for today. @default 26 Jul 2024 */
  readonly dateString?: string;
  /** Content of the token that ends the assistant's turn. @default what the template writes */
  readonly stopToken?: string;
  /** Shorter than the model's own, in tokens. */
  readonly contextLength?: number;
}

const objectSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const tokenSchema = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform((token) => token.content),
]);
const tokenizerConfigSchema = z.looseObject({
  bos_token: tokenSchema.nullish(),
  eos_token: tokenSchema.nullish(),
  chat_template: z
    .union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))])
    .nullish(),
});
const configSchema = z.looseObject({ max_position_embeddings: z.int().positive() });

/**
 * Everything that rendering needs of a model. A template of several is the one named `tool_use`, else `default`.
 *
 * @throws ModelError when a file is missing or is not what it must be; ConfigError for a template that cannot be used
 */
export async function loadRenderContext(
  folder: string,
  options: RenderContextOptions = {},
): Promise<RenderContext> {
  const config = await readJson(folder, "config.json", configSchema);
  const tokenizerConfig = await readJson(folder, "tokenizer_config.json", objectSchema);
  const tokenizer = createTokenizer(await readJson(folder, "tokenizer.json", objectSchema), tokenizerConfig);
  const template = await loadTemplate(folder, tokenizerConfig, options);
  const contextLength = Math.min(
    options.contextLength ?? Number.POSITIVE_INFINITY,
    config.max_position_embeddings,
  );
  const stopToken = stopTokenOf(folder, tokenizer, template, options);
  const placement = options.toolPlacement === undefined ? {} : { toolPlacement: options.toolPlacement };
  return { tokenizer, template, contextLength, stopToken, ...placement };
}

async function loadTemplate(
  folder: string,
  tokenizerConfig: JsonObject,
  options: RenderContextOptions,
): Promise<ChatTemplate> {
  const path = join(folder, "tokenizer_config.json");
  const fields = check(path, tokenizerConfig, tokenizerConfigSchema);
  const source =
    (await readOptional(join(folder, "chat_template.jinja"))) ?? chosenTemplate(fields.chat_template);
  if (source === undefined) {
    const fix = "Use an instruction-tuned model, or put its template into chat_template.jinja";
    throw new ModelError(`${folder} has no chat template. ${fix}.`, { folder });
  }
  const templateOptions: ChatTemplateOptions = {
    bosToken: fields.bos_token ?? "",
    eosToken: fields.eos_token ?? "",
    ...(options.dateString === undefined ? {} : { dateString: options.dateString }),
  };
  return createChatTemplate(source, templateOptions);
}

function chosenTemplate(
  field: string | readonly { readonly name: string; readonly template: string }[] | null | undefined,
): string | undefined {
  if (typeof field === "string") return field;
  const named = (name: string) => field?.find((entry) => entry.name === name)?.template;
  return named("tool_use") ?? named("default");
}

function stopTokenOf(
  folder: string,
  tokenizer: Tokenizer,
  template: ChatTemplate,
  options: RenderContextOptions,
): number {
  if (options.stopToken === undefined) return findStopToken(tokenizer, template);
  const id = tokenizer.tokenId(options.stopToken);
  if (id !== undefined) return id;
  const message = `the stop token ${JSON.stringify(options.stopToken)} is not in the vocabulary of ${folder}. Name a token that is.`;
  throw new ModelError(message, { folder, stopToken: options.stopToken });
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const path = join(folder, name);
  const text = await readOptional(path);
  if (text === undefined) {
    throw new ModelError(`${path} is missing: ${folder} is not a whole model folder. Fetch it again.`, {
      path,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path} is not JSON. Fetch it again.`, { path }, { cause });
  }
  return check(path, value, schema);
}

function check<T>(path: string, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join(".") || "its content";
  const message = `${path}: ${field} is not what it must be (${issue?.message}). Fetch the model again.`;
  throw new ModelError(message, { path, field }, { cause: result.error });
}

/** The text of a file, or `undefined` where there is none. */
async function readOptional(path: string): Promise<string | undefined> {
  return withFailure("read", path, async () => {
    try {
      return await readFile(path, "utf8");
    } catch (cause) {
      if (["ENOENT", "ENOTDIR"].includes(systemCode(cause) ?? "")) return undefined;
      throw cause;
    }
  });
}
