/**
 * The folder that `Policy.save` writes: `state.json` (what the policy is, and the optimiser's step), `weights.safetensors`
 * (weights under training) and `optimizer.safetensors`. All in float32, so that loading gives back the same bits.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, type JsonObject, ModelError } from "../spec/index.js";
import type { OptimizerState } from "./embedded/training/trained-parameters.js";
import { writeFolderAtomically } from "./embedded/weights/atomic.js";
import type { WeightTensor } from "./embedded/weights/loaded-weights.js";
import { readJsonObject } from "./embedded/weights/model-folder.js";
import { readSafetensors, writeSafetensors } from "./embedded/weights/safetensors.js";

/** Version of the layout. */
const VERSION = 1;

/** Everything that training changes. */
export interface TrainingState {
  readonly weights: ReadonlyMap<string, WeightTensor>;
  readonly optimizer: OptimizerState;
}

/**
 * Writes the folder, atomically.
 * @param description What the policy is; reading demands the same.
 * @throws StoreError when the disk refuses.
 */
export async function writeTrainingState(
  directory: string,
  description: JsonObject,
  state: TrainingState,
): Promise<void> {
  const { step, tensors } = state.optimizer;
  const text = `${JSON.stringify({ version: VERSION, step, policy: description }, undefined, 2)}\n`;
  await writeFolderAtomically(directory, async (folder) => {
    await writeSafetensors(join(folder, "weights.safetensors"), state.weights);
    await writeSafetensors(join(folder, "optimizer.safetensors"), tensors);
    await writeFile(join(folder, "state.json"), text);
  });
}

/**
 * What the folder holds.
 * @throws ModelError where a file is missing or damaged. @throws InputError where another policy wrote it.
 */
export async function readTrainingState(directory: string, description: JsonObject): Promise<TrainingState> {
  const file = join(directory, "state.json");
  const { version, step, policy } = await readJsonObject(file);
  if (version !== VERSION || typeof step !== "number" || !Number.isSafeInteger(step) || step < 0) {
    const message = `${file} is not a training state of version ${VERSION}. Save the policy again.`;
    throw new ModelError(message, { file, version, step });
  }
  if (JSON.stringify(policy) !== JSON.stringify(description)) {
    const message = `${directory} holds the training state of another policy. Create the policy with the options it was saved with.`;
    throw new InputError(message, { directory, saved: policy, own: description });
  }
  const weights = await readSafetensors(join(directory, "weights.safetensors"));
  const moments = await readSafetensors(join(directory, "optimizer.safetensors"));
  return { weights: weights.tensors, optimizer: { step, tensors: moments.tensors } };
}
