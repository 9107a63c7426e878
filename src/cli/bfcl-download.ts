/** The official data of BFCL, from its public repository at one commit. Only on request. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import ky from "ky";
import { StoreError } from "../spec/index.js";
import { bfclFileName, FUNCTION_DOC_FILES, writeAtomically } from "../store/index.js";
import { BFCL_CATEGORIES, judgingOf } from "../tasks/bfcl/index.js";

/** The commit whose rules and data this project follows. */
export const BFCL_COMMIT = "6ea57973c7a6097fd7c5915698c54c17c5b1b6c8";

const ROOT = `https://raw.githubusercontent.com/ShishirPatil/gorilla/${BFCL_COMMIT}/berkeley-function-call-leaderboard/bfcl_eval`;

/** What is fetched: a place in the repository, and a place in the folder. */
interface RemoteFile {
  readonly source: string;
  readonly target: string;
}

/** All files of the data, and the padding of long contexts, whose Python file is read as data. */
export function bfclRemoteFiles(): RemoteFile[] {
  const categories = BFCL_CATEGORIES.flatMap((category) => {
    const name = bfclFileName(category);
    const judged = judgingOf(category);
    const names = judged === "calls" || judged === "multi-turn" ? [name, `possible_answer/${name}`] : [name];
    return names.map((path) => ({ source: `data/${path}`, target: path }));
  });
  const docs = FUNCTION_DOC_FILES.map((name) => `multi_turn_func_doc/${name}.json`);
  return [
    ...categories,
    ...docs.map((path) => ({ source: `data/${path}`, target: path })),
    { source: "eval_checker/multi_turn_eval/func_source_code/long_context.py", target: "long_context.py" },
  ];
}

/** Gets the text of an address. */
export type FetchText = (url: string) => Promise<string>;

/**
 * Writes the data to the folder. Files that are there already are fetched again and replaced whole.
 *
 * @param fetchText Tests give their own.
 * @throws StoreError where the network or the disk refuses
 */
export async function downloadBfcl(
  folder: string,
  note: (line: string) => void,
  fetchText: FetchText = (url) => ky.get(url, { retry: 3, timeout: 60_000 }).text(),
): Promise<void> {
  note(`Fetching BFCL's data (Apache-2.0, ShishirPatil/gorilla at ${BFCL_COMMIT.slice(0, 8)}) to ${folder}.`);
  await mkdir(folder, { recursive: true });
  for (const { source, target } of bfclRemoteFiles()) {
    await writeAtomically(join(folder, target), [await fetched(`${ROOT}/${source}`, fetchText)]);
  }
}

async function fetched(url: string, fetchText: FetchText): Promise<string> {
  try {
    return await fetchText(url);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      `cannot fetch ${url}: ${why}. Look at the network, then run again.`,
      { url },
      { cause },
    );
  }
}
