/** What a run directory holds, for comparing two runs. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Every file of a run with its content as base64, but for the log of durations; in order of name. */
export async function bytesOf(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const bytes = new Map<string, string>();
  for (const file of files.sort()) {
    const name = relative(directory, file);
    if (name !== "timings.jsonl" && name !== "usage.json")
      bytes.set(name, (await readFile(file)).toString("base64"));
  }
  return bytes;
}
