/**
 * What a folder says of weights that are on a server. `exportAdapter` and `exportModel` leave `tinker.json` beside the
 * files; `save` leaves `state.json`. The weights stay where they are: a folder is good as long as the server has them.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError, InputError, ModelError } from "../../spec/index.js";
import { writeFolderAtomically } from "../embedded/weights/atomic.js";
import { readJsonObject } from "../embedded/weights/model-folder.js";

const VERSION = 1;

/** Weights on a server. */
export interface RemoteWeights {
  readonly baseModel: string;
  /** Path of a training checkpoint on the server. */
  readonly checkpoint: string;
  /** What was trained: an adapter of a rank, or all weights (rank 0). */
  readonly policy: { readonly train: "adapter" | "full"; readonly rank: number };
}

const fileSchema = z.strictObject({
  version: z.literal(VERSION),
  baseModel: z.string().min(1),
  checkpoint: z.string().min(1),
  policy: z.strictObject({ train: z.enum(["adapter", "full"]), rank: z.int().min(0) }),
});

const EXPORT_FILE = "tinker.json";
const STATE_FILE = "state.json";

/** Writes the file into a folder that is being made. */
export async function writeRemoteWeights(folder: string, weights: RemoteWeights): Promise<void> {
  await writeFile(join(folder, EXPORT_FILE), textOf(weights));
}

/** The weights that an exported folder names. @throws ConfigError where another engine wrote it. @throws ModelError for a damaged file */
export async function readRemoteWeights(folder: string): Promise<RemoteWeights> {
  const file = join(folder, EXPORT_FILE);
  const content = await readJsonObject(file).catch((cause: unknown) => {
    const message = `${folder} has no ${EXPORT_FILE}: its weights are not on a Tinker server, and the API takes none from outside. Train it there, or use the embedded engine.`;
    throw new ConfigError(message, { folder }, { cause });
  });
  return parse(content, file);
}

/** Writes the folder of `save`. @throws StoreError when the disk refuses */
export async function writeSavedState(directory: string, weights: RemoteWeights): Promise<void> {
  await writeFolderAtomically(directory, (folder) => writeFile(join(folder, STATE_FILE), textOf(weights)));
}

/** The checkpoint of a folder of `save`. @throws InputError where another policy saved it. @throws ModelError for a damaged file */
export async function readSavedState(
  directory: string,
  own: Pick<RemoteWeights, "baseModel" | "policy">,
): Promise<string> {
  const file = join(directory, STATE_FILE);
  const { checkpoint, policy, baseModel } = parse(await readJsonObject(file), file);
  const saved = { baseModel, policy };
  if (JSON.stringify(saved) === JSON.stringify({ baseModel: own.baseModel, policy: own.policy }))
    return checkpoint;
  const message = `${directory} holds the training state of another policy. Create the policy with the options it was saved with.`;
  throw new InputError(message, { directory, saved, own });
}

function parse(content: unknown, file: string): RemoteWeights {
  const result = fileSchema.safeParse(content);
  if (result.success) {
    const { baseModel, checkpoint, policy } = result.data;
    return { baseModel, checkpoint, policy };
  }
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join(".") || "its content";
  throw new ModelError(
    `${file} does not name weights on a server: ${field} (${issue?.message}). Export them again.`,
    {
      file,
      field,
    },
  );
}

function textOf({ baseModel, checkpoint, policy }: RemoteWeights): string {
  return `${JSON.stringify({ version: VERSION, baseModel, checkpoint, policy }, undefined, 2)}\n`;
}
