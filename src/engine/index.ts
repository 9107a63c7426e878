export { exportMergedModel, type MergeSource } from "./embedded/export-model.js";
export {
  type FreshModelOptions,
  type FreshModelShape,
  freshModelConfig,
  initialiseModel,
} from "./embedded/initialise.js";
export { padHeads } from "./embedded/pad-heads.js";
export { baseModelBytes } from "./embedded/transformer/base-memory.js";
export type { LoadedWeights, WeightTensor } from "./embedded/weights/loaded-weights.js";
export {
  loadModelFolder,
  readModelConfig,
  type WriteModelOptions,
  writeModelFolder,
} from "./embedded/weights/model-folder.js";
export type { FloatFormat } from "./embedded/weights/number-format.js";
export {
  type LoraAdapter,
  type LoraFactors,
  readAdapter,
  writeAdapter,
} from "./embedded/weights/peft-adapter.js";
export {
  readSafetensors,
  readSafetensorsHeader,
  type SafetensorsContent,
  writeSafetensors,
} from "./embedded/weights/safetensors.js";
export type { EmbeddedOptions } from "./embedded/worker/protocol.js";
export { type EngineOptions, openEngine } from "./open-engine.js";
export { createChatClient } from "./openai/chat-client.js";
export type { OpenAIOptions, OpenAIServer, OpenAITiming } from "./openai/openai-options.js";
export {
  type Budget,
  costOf,
  type TokenPrices,
  type Usage,
  UsageMeter,
  type UsageMeterOptions,
} from "./remote/usage-meter.js";
export { type ScriptedOptions, scriptedContinuations } from "./scripted/scripted-options.js";
export type { CodecName, ServerKind, TinkerOptions, TinkerTiming } from "./tinker/tinker-options.js";
