/** Base models on servers: how a recipe or a model SPEC names them, and how they are opened. Keys come from the environment. */
import { openEngine } from "../engine/index.js";
import { ConfigError, type Engine } from "../spec/index.js";
import type { BaseModel } from "../stages/base-model.js";
import type { Recipe } from "../stages/recipe.js";
import { fingerprintPath, hashValue } from "../store/index.js";
import type { RenderContext } from "../text/index.js";
import { requireFolder } from "./input-files.js";
import { resolveInPackage } from "./package-root.js";
import { type RemoteEngineSettings, type RemoteListener, requireBudget } from "./server-watch.js";

/** @throws ConfigError where a recipe that trains names an engine that cannot. */
export function requireTrainable({ engine }: Pick<Recipe, "engine">): void {
  if (engine.kind !== "openai") return;
  const message =
    "engine.kind is openai, which serves a model and does not train it. Write engine: { kind: embedded } or { kind: tinker, url: … }; `itool rank`, `itool explore` and `itool eval` take a served model.";
  throw new ConfigError(message, { engine: engine.kind });
}

/** What opening a model on a server takes. */
export interface RemoteModelInputs {
  readonly engine: RemoteEngineSettings;
  readonly model: string;
  /** Reads the text side of the model from a folder. */
  readonly loadContext: (folder: string) => Promise<RenderContext>;
  readonly listener?: RemoteListener;
  /** Missing log-probabilities of a served model are no error: nothing will read them. */
  readonly logprobsOptional?: boolean;
}

/** The base model. The server is not asked yet. @throws ConfigError where its tokenizer is not at hand */
export async function loadRemoteModel(inputs: RemoteModelInputs): Promise<BaseModel> {
  const { engine, model } = inputs;
  const folder = tokenizerFolder(engine, model);
  const context = await inputs.loadContext(folder);
  const fingerprint = hashValue({ kind: engine.kind, model, text: await fingerprintPath(folder) });
  return { context, fingerprint, openEngine: (trained) => openRemote(inputs, context, trained) };
}

/** The folder with the model's tokenizer, template and config: servers do not give them. */
export function tokenizerFolder(engine: RemoteEngineSettings, model: string): string {
  const named = engine.tokenizer !== "";
  const folder = resolveInPackage(named ? engine.tokenizer : model);
  const fix = `Download tokenizer.json, tokenizer_config.json and config.json of ${model}, and name their folder with --set engine.tokenizer=FOLDER (or --tokenizer FOLDER).`;
  requireFolder(folder, named ? "engine.tokenizer" : "model", fix);
  return folder;
}

function openRemote(inputs: RemoteModelInputs, context: RenderContext, trained?: string): Promise<Engine> {
  const { engine, model, listener, logprobsOptional } = inputs;
  if (listener !== undefined) requireBudget(listener, engine);
  const common = {
    url: engine.url,
    model,
    contextLength: context.contextLength,
    ...(listener !== undefined && { meter: listener.meter }),
  };
  if (engine.kind === "openai") {
    return openEngine({
      kind: "openai",
      ...common,
      ...keyOf("OPENAI_API_KEY"),
      tokenizer: context.tokenizer,
      requestsInFlight: engine.requestsInFlight,
      requestsPerMinute: engine.requestsPerMinute,
      prompts: engine.prompts,
      logprobs: logprobsOptional === true ? "optional" : "required",
    });
  }
  return openEngine({
    kind: "tinker",
    ...common,
    ...keyOf("TINKER_API_KEY"),
    vocabularySize: context.tokenizer.vocabularySize,
    samplesInFlight: engine.requestsInFlight,
    ...(engine.server !== "probe" && { server: engine.server }),
    ...(engine.codec !== "auto" && { codec: engine.codec }),
    ...(trained !== undefined && { weights: trained }),
    onWarning: (message) => listener?.note(message),
  });
}

/** The key in an environment variable; nothing where it is not set. */
export function keyOf(variable: string): { readonly apiKey?: string } {
  const apiKey = process.env[variable];
  return apiKey === undefined || apiKey === "" ? {} : { apiKey };
}

/** A model SPEC on a server, `tinker:URL#model` or `openai:URL#model`, as settings of a recipe; `undefined` for any other. */
export function parseRemoteSpec(
  spec: string,
  option: string,
): { readonly kind: "tinker" | "openai"; readonly url: string; readonly model: string } | undefined {
  const [, kind, rest = ""] = /^(tinker|openai):(.*)$/s.exec(spec) ?? [];
  if (kind !== "tinker" && kind !== "openai") return undefined;
  const mark = rest.indexOf("#");
  const [url, model] = mark < 0 ? [rest, ""] : [rest.slice(0, mark), rest.slice(mark + 1)];
  if (model !== "" && URL.canParse(url) && /^https?:/.test(url)) return { kind, url, model };
  const message = `${option} is ${spec}; write ${kind}:URL#MODEL, e.g. ${kind}:http://localhost:8000#Qwen/Qwen3-8B.`;
  throw new ConfigError(message, { option, spec });
}
