/** Small JSON files of a run: written with sorted shape and two spaces for people, read back through a schema. */
import type { z } from "zod";
import { type Store, StoreError } from "../spec/index.js";

/** Writes a JSON file. @throws StoreError when the disk refuses */
export async function writeDocument(store: Store, relative: string, value: unknown): Promise<void> {
  await store.writeText(relative, `${JSON.stringify(value, null, 2)}\n`);
}

/** Reads a JSON file. @throws StoreError when it is missing, is not JSON, or does not fit the schema */
export async function readDocument<T>(store: Store, relative: string, schema: z.ZodType<T>): Promise<T> {
  const text = await store.readText(relative);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(store.path(relative), "it is not JSON", cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? "it" : issue.path.join(".");
  throw damaged(store.path(relative), `${field}: ${issue?.message ?? "not what it must be"}`, result.error);
}

function damaged(path: string, what: string, cause: unknown): StoreError {
  const fix = "Restore it, or delete it and run again: the stage that made it is then done again";
  return new StoreError(`${path} is damaged: ${what}. ${fix}.`, { path }, { cause });
}
