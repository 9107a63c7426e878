/** Opens engines by their kind. A further kind is a further row of `OpenOptions` and of the registry. */
import { ConfigError, type Engine } from "../spec/index.js";
import type { EmbeddedOptions } from "./embedded/worker/protocol.js";
import type { OpenAIOptions } from "./openai/openai-options.js";
import type { ScriptedOptions } from "./scripted/scripted-options.js";
import type { TinkerOptions } from "./tinker/tinker-options.js";

/** Options of every kind of engine, by kind. */
export type EngineOptions = EmbeddedOptions | OpenAIOptions | ScriptedOptions | TinkerOptions;

// Engines are imported when first opened: who uses one kind needs only its dependencies.
const registry: { readonly [Kind in EngineOptions["kind"]]: Opener<Kind> } = {
  embedded: async (options) => (await import("./embedded/embedded-engine.js")).openEmbeddedEngine(options),
  openai: async (options) => (await import("./openai/openai-engine.js")).openOpenAIEngine(options),
  scripted: async (options) => (await import("./scripted/scripted-engine.js")).openScriptedEngine(options),
  tinker: async (options) => (await import("./tinker/tinker-engine.js")).openTinkerEngine(options),
};

type Opener<Kind extends EngineOptions["kind"]> = (
  options: Extract<EngineOptions, { kind: Kind }>,
) => Promise<Engine>;

/**
 * An engine over the model that the options name. Close it when done.
 * @throws ConfigError for an unknown kind or an option out of range. @throws ModelError for a model that cannot be used.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  switch (options.kind) {
    case "embedded":
      return registry.embedded(options);
    case "openai":
      return registry.openai(options);
    case "scripted":
      return registry.scripted(options);
    case "tinker":
      return registry.tinker(options);
    default:
      throw unknownKind(options);
  }
}

function unknownKind(options: never): ConfigError {
  const { kind }: { kind?: unknown } = options;
  const known = Object.keys(registry);
  const message = `There is no engine of kind ${String(kind)}. Use one of: ${known.join(", ")}.`;
  return new ConfigError(message, { kind, known });
}
