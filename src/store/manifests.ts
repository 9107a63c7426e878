/**
 * When a stage is complete, and what of it can be kept. A stage is complete when its manifest is there, was made with the
 * same settings from the same inputs, and the files it names are still what the stage wrote. A stage under way leaves a
 * note of what it was started with, so that a resumed run goes on only with a beginning that fits.
 */
import { z } from "zod";
import type { StageManifest, Store } from "../spec/index.js";
import { readDocument, writeDocument } from "./documents.js";
import { manifestPath, startedPath } from "./paths.js";

/** What a stage is to be made of: settings and inputs by their hashes. */
export interface StageKey {
  readonly stage: string;
  readonly settings: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** What the run directory holds of a stage. `reason` says, for people, why it is not complete. */
export type StageState =
  | { readonly kind: "complete" }
  | { readonly kind: "under-way" }
  | { readonly kind: "absent"; readonly reason?: string };

const hashesSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));
const keySchema = z.strictObject({ stage: z.string(), settings: z.string(), inputs: hashesSchema });
const manifestSchema: z.ZodType<StageManifest> = z.strictObject({
  stage: z.string(),
  version: z.literal(1),
  settings: z.string(),
  inputs: hashesSchema,
  outputs: hashesSchema,
});

/** Compares what is there with what is wanted. @throws StoreError for a damaged manifest */
export async function readStageState(store: Store, key: StageKey): Promise<StageState> {
  if (await store.exists(manifestPath(key.stage))) {
    const manifest = await readDocument(store, manifestPath(key.stage), manifestSchema);
    const reason = differenceOf(manifest, key) ?? (await changedOutput(store, manifest));
    return reason === undefined ? { kind: "complete" } : { kind: "absent", reason };
  }
  if (!(await store.exists(startedPath(key.stage)))) return { kind: "absent" };
  const started = await readDocument(store, startedPath(key.stage), keySchema);
  const reason = differenceOf(started, key);
  return reason === undefined ? { kind: "under-way" } : { kind: "absent", reason };
}

/** Notes that the stage is under way. What an earlier try left must be gone by now. */
export async function markStarted(store: Store, key: StageKey): Promise<void> {
  await store.remove(manifestPath(key.stage));
  await writeDocument(store, startedPath(key.stage), key);
}

/** Writes the manifest: from now on the stage is complete. Folders are hashed whole. The note of its start may go. */
export async function markComplete(store: Store, key: StageKey, outputs: readonly string[]): Promise<void> {
  const manifest: StageManifest = { ...key, version: 1, outputs: await hashAll(store, outputs) };
  await writeDocument(store, manifestPath(key.stage), manifest);
}

/** Hashes of several files or folders, by path. */
export async function hashAll(store: Store, paths: readonly string[]): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of [...paths].sort()) hashes[path] = await store.hash(path);
  return hashes;
}

function differenceOf(found: StageKey, wanted: StageKey): string | undefined {
  if (found.settings !== wanted.settings) return "its settings are different now";
  const names = new Set([...Object.keys(found.inputs), ...Object.keys(wanted.inputs)]);
  const changed = [...names].sort().filter((name) => found.inputs[name] !== wanted.inputs[name]);
  if (changed.length === 0) return undefined;
  const [noun, verb] = changed.length === 1 ? ["input", "is"] : ["inputs", "are"];
  return `its ${noun} ${changed.join(", ")} ${verb} different now`;
}

async function changedOutput(store: Store, manifest: StageManifest): Promise<string | undefined> {
  for (const [path, hash] of Object.entries(manifest.outputs)) {
    if (!(await store.exists(path))) return `its output ${path} is missing`;
    if ((await store.hash(path)) !== hash) return `its output ${path} is not what the stage wrote`;
  }
  return undefined;
}
