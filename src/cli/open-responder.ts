/** From `--model` and `--prompt` to somebody who answers benchmark questions. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createChatClient } from "../engine/index.js";
import { ConfigError, type Store } from "../spec/index.js";
import { chatResponder } from "../stages/chat-responder.js";
import { policyResponder } from "../stages/policy-responder.js";
import { parseRecipe, type Recipe } from "../stages/recipe.js";
import type { Responder } from "../stages/responder.js";
import { fingerprintPath, hashValue } from "../store/index.js";
import { type ModelLoader, modelOverrides } from "./base-model.js";
import { requireFolder } from "./input-files.js";
import { packageRoot, resolveInPackage } from "./package-root.js";
import { keyOf, parseRemoteSpec } from "./remote-model.js";
import { ServerWatch } from "./server-watch.js";
import type { Terminal } from "./terminal.js";

/** Who shows the functions: the benchmark's prompt, the model's template, or a server with native tools. */
export const PROMPTS = ["benchmark", "template", "native"] as const;

/** One of them. */
export type PromptKind = (typeof PROMPTS)[number];

/** Flags that say who answers. */
export interface ResponderFlags {
  /** A model folder, `tinker:URL#model` or `openai:URL#model`. */
  readonly model: string;
  /** Folder of the tokenizer of a model on a server, where prompts are made here. */
  readonly tokenizer?: string;
  /** A folder of an adapter in PEFT layout. */
  readonly adapter?: string;
  /** Most requests to a server under way at once. @default the server's engine's */
  readonly requestsInFlight?: number;
  readonly signal: AbortSignal;
}

/** How it is asked. */
export interface AskingOptions {
  readonly prompt: PromptKind;
  /** Longest answer, in tokens. */
  readonly maximumTokens: number;
}

/** Somebody who answers. */
export interface OpenResponder {
  readonly responder: Responder;
  /** What the answers depend on, for the record of the request. */
  readonly identity: {
    readonly model: string;
    readonly modelFingerprint: string;
    readonly adapter: string | null;
    readonly adapterFingerprint: string | null;
  };
  /** Fires also when the budget of a server is spent. */
  readonly signal: AbortSignal;
  /** Counts what is used of a server on from what the directory says, and keeps the count there. */
  keepIn(store: Store): Promise<void>;
  /** Call it before the directory is closed; a second call does nothing more. */
  close(): Promise<void>;
}

/**
 * Opens the model. A server with the OpenAI API is asked by chat, unless the prompt is made by the model's template here.
 *
 * @throws ConfigError for a model or adapter that is not there, or native tools of a model that is not served
 */
export async function openResponder(
  flags: ResponderFlags,
  asking: AskingOptions,
  terminal: Terminal,
  load: ModelLoader,
): Promise<OpenResponder> {
  const remote = parseRemoteSpec(flags.model, "--model");
  if (remote?.kind === "openai" && asking.prompt !== "template") return openChat(flags, asking, remote);
  if (asking.prompt === "native") {
    const message = `--prompt native needs a model on a server with the OpenAI API; --model is ${flags.model}. Write openai:URL#MODEL, or take --prompt benchmark or template.`;
    throw new ConfigError(message, { model: flags.model });
  }
  return openPolicy(flags, asking, terminal, load);
}

function openChat(
  { model: spec, adapter, requestsInFlight, signal }: ResponderFlags,
  { maximumTokens }: AskingOptions,
  { url, model }: { readonly url: string; readonly model: string },
): OpenResponder {
  if (adapter !== undefined) {
    const message =
      "--adapter: a served model takes no adapter from here. Serve the adapter under a name of its own, and give that as --model.";
    throw new ConfigError(message, { adapter });
  }
  const limit = requestsInFlight === undefined ? {} : { requestsInFlight };
  const client = createChatClient({ url, model, ...limit, ...keyOf("OPENAI_API_KEY") });
  const modelFingerprint = hashValue({ kind: "openai", model });
  return {
    responder: chatResponder({ client, maximumTokens }),
    identity: { model: spec, modelFingerprint, adapter: null, adapterFingerprint: null },
    signal,
    keepIn: async () => undefined,
    close: async () => undefined,
  };
}

async function openPolicy(
  flags: ResponderFlags,
  { maximumTokens }: AskingOptions,
  terminal: Terminal,
  load: ModelLoader,
): Promise<OpenResponder> {
  const { adapter } = flags;
  if (adapter !== undefined)
    requireFolder(adapter, "--adapter", "In a run directory it is e.g. round-01/adapter.");
  const recipe = await modelRecipe(flags);
  const watch = new ServerWatch(terminal, flags.signal, recipe.engine);
  const model = await load(recipe, { listener: watch.listener, logprobsOptional: true });
  const isRemote = parseRemoteSpec(flags.model, "--model") !== undefined;
  const identity = {
    model: isRemote ? flags.model : resolve(resolveInPackage(flags.model)),
    modelFingerprint: model.fingerprint,
    adapter: adapter === undefined ? null : resolve(adapter),
    adapterFingerprint: adapter === undefined ? null : await fingerprintPath(adapter),
  };
  const engine = await model.openEngine();
  try {
    const policy = await engine.createPolicy({ ...(adapter !== undefined && { adapter }), train: "none" });
    const responder = policyResponder({ policy, context: model.context, maximumTokens });
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closing ??= engine.close().then(() => watch.end());
      return closing;
    };
    return { responder, identity, signal: watch.signal, keepIn: (store) => watch.keepIn(store), close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** The settings of `recipes/nano.yaml`, of which only the model counts here. */
async function modelRecipe({ model, tokenizer, requestsInFlight }: ResponderFlags): Promise<Recipe> {
  const file = join(packageRoot(), "recipes/nano.yaml");
  const isLimited = requestsInFlight !== undefined && parseRemoteSpec(model, "--model") !== undefined;
  const overrides = [
    ...modelOverrides(model, "--model", tokenizer),
    ...(isLimited ? [`engine.requestsInFlight=${requestsInFlight}`] : []),
    "data.trainRows=0",
    "data.evaluationRows=1",
  ];
  return parseRecipe({ file, text: await readFile(file, "utf8"), overrides });
}
