/**
 * Checkpoints of a stage that trains. Each is a folder named by its step, written by the policy in one piece, so a
 * folder that is there is whole. Which row comes next follows from the step and the seed: nothing else is stored.
 */
import type { Policy, Store } from "../spec/index.js";
import { checkpointPath, checkpointStep } from "./paths.js";

const kept = 2;

/** Saves the policy as the checkpoint after `step`, then removes all but the newest two. */
export async function saveCheckpoint(
  store: Store,
  folder: string,
  step: number,
  policy: Policy,
): Promise<void> {
  await policy.save(store.path(checkpointPath(folder, step)));
  const steps = await listCheckpoints(store, folder);
  for (const old of steps.slice(0, -kept)) await store.remove(checkpointPath(folder, old));
}

/** Steps of the complete checkpoints in a folder, ascending; empty where there are none. */
export async function listCheckpoints(store: Store, folder: string): Promise<number[]> {
  const names = await store.list(folder);
  return names.flatMap((name) => checkpointStep(name) ?? []).sort((left, right) => left - right);
}
