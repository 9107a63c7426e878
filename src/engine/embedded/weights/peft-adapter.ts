/**
 * LoRA adapters in the layout of the `peft` library: `adapter_config.json` and `adapter_model.safetensors`, whose keys are
 * `base_model.model.<module>.lora_A.weight` (shape [rank, in]) and `…lora_B.weight` ([out, rank]).
 * The update of a module is W + (alpha / rank) · B · A (arXiv 2106.09685, §4.1).
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type JsonObject, type JsonValue, ModelError } from "../../../spec/index.js";
import { writeFolderAtomically } from "./atomic.js";
import type { WeightTensor } from "./loaded-weights.js";
import { readJsonObject } from "./model-folder.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

/** The two factors of one module's update. */
export interface LoraFactors {
  /** [rank, in] */
  readonly a: WeightTensor;
  /** [out, rank] */
  readonly b: WeightTensor;
}

/** An adapter in memory. */
export interface LoraAdapter {
  readonly rank: number;
  readonly alpha: number;
  /** Last names of the modules (`q_proj` …), sorted. */
  readonly targets: readonly string[];
  /** By the module's name in the base model, e.g. `model.layers.0.self_attn.q_proj`. */
  readonly modules: ReadonlyMap<string, LoraFactors>;
}

const KEY = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/;

/** Variants of LoRA whose update is another formula; each with the values that switch it off. */
const UNSUPPORTED: Readonly<Record<string, readonly JsonValue[]>> = {
  use_dora: [false],
  use_rslora: [false],
  use_qalora: [false],
  use_bdlora: [null, false],
  lora_bias: [false],
  fan_in_fan_out: [false],
  bias: ["none"],
  alora_invocation_tokens: [null],
};

/** Settings that must be empty, because each gives some weights a treatment of their own. */
const MUST_BE_EMPTY = [
  "rank_pattern",
  "alpha_pattern",
  "modules_to_save",
  "trainable_token_indices",
  "target_parameters",
];

/**
 * The adapter in the folder.
 * @throws ModelError where a file is missing or damaged, the adapter is not plain LoRA, or a factor has no partner.
 */
export async function readAdapter(directory: string): Promise<LoraAdapter> {
  const file = join(directory, "adapter_config.json");
  const config = await readJsonObject(file);
  checkPlainLora(config, file);
  const rank = positiveNumber(config, "r", file);
  const weights = join(directory, "adapter_model.safetensors");
  const modules = pairFactors((await readSafetensors(weights)).tensors, rank, weights);
  return {
    rank,
    alpha: positiveNumber(config, "lora_alpha", file),
    targets: targetsOf(modules.keys()),
    modules,
  };
}

/**
 * Writes the adapter's folder, atomically, so that `peft` loads it.
 * @param baseModel Name or folder of the model that the adapter belongs to; goes into the config.
 * @throws StoreError when the disk refuses.
 */
export async function writeAdapter(
  directory: string,
  adapter: LoraAdapter,
  baseModel: string,
): Promise<void> {
  const tensors = new Map<string, WeightTensor>();
  for (const [module, { a, b }] of adapter.modules) {
    tensors.set(`base_model.model.${module}.lora_A.weight`, a);
    tensors.set(`base_model.model.${module}.lora_B.weight`, b);
  }
  const config = `${JSON.stringify(adapterConfig(adapter, baseModel), undefined, 2)}\n`;
  await writeFolderAtomically(directory, async (folder) => {
    await writeFile(join(folder, "adapter_config.json"), config);
    await writeSafetensors(join(folder, "adapter_model.safetensors"), tensors);
  });
}

/** The last names of the modules, sorted, each once. */
export function targetsOf(modules: Iterable<string>): string[] {
  return [...new Set([...modules].map((module) => module.slice(module.lastIndexOf(".") + 1)))].sort();
}

/** Only fields that every version of `peft` since 0.9 knows: an older one refuses fields that it does not know. */
function adapterConfig(adapter: LoraAdapter, baseModel: string): JsonObject {
  return {
    alpha_pattern: {},
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: adapter.alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: "LORA",
    r: adapter.rank,
    rank_pattern: {},
    revision: null,
    target_modules: adapter.targets,
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: false,
  };
}

function checkPlainLora(config: JsonObject, file: string): void {
  if (config.peft_type !== "LORA") throw unsupported(file, "peft_type", config.peft_type);
  for (const [field, allowed] of Object.entries(UNSUPPORTED)) {
    const value = config[field];
    if (value !== undefined && !allowed.includes(value)) throw unsupported(file, field, value);
  }
  for (const field of MUST_BE_EMPTY) {
    const value = config[field];
    if (value !== undefined && value !== null && Object.keys(value).length > 0)
      throw unsupported(file, field, value);
  }
}

function unsupported(file: string, field: string, value: JsonValue | undefined): ModelError {
  const message = `${file} sets ${field} to ${JSON.stringify(value)}: only plain LoRA is supported. Merge the adapter with peft.`;
  return new ModelError(message, { file, field, value });
}

function positiveNumber(config: JsonObject, field: string, file: string): number {
  const value = config[field];
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new ModelError(`${file} has no positive number ${field}. Fetch the adapter again.`, {
    file,
    field,
    value,
  });
}

function pairFactors(
  tensors: ReadonlyMap<string, WeightTensor>,
  rank: number,
  file: string,
): Map<string, LoraFactors> {
  const halves = { A: new Map<string, WeightTensor>(), B: new Map<string, WeightTensor>() };
  for (const [key, tensor] of tensors) {
    const match = KEY.exec(key);
    if (match === null)
      throw new ModelError(`${file} holds ${key}, which is no LoRA factor.`, { file, tensor: key });
    halves[match[2] === "A" ? "A" : "B"].set(match[1]!, tensor);
  }
  const modules = new Map<string, LoraFactors>();
  for (const module of new Set([...halves.A.keys(), ...halves.B.keys()])) {
    modules.set(module, checkFactors(module, halves.A.get(module), halves.B.get(module), rank, file));
  }
  return modules;
}

function checkFactors(
  module: string,
  a: WeightTensor | undefined,
  b: WeightTensor | undefined,
  rank: number,
  file: string,
): LoraFactors {
  if (a === undefined || b === undefined) {
    const message = `${file} has only one LoRA factor of ${module}. Fetch the adapter again.`;
    throw new ModelError(message, { file, module });
  }
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[0] !== rank || b.shape[1] !== rank) {
    const message = `The LoRA factors of ${module} in ${file} do not have rank ${rank}.`;
    throw new ModelError(message, { file, module, rank, a: a.shape, b: b.shape });
  }
  return { a, b };
}
