/** Many requests at once. */
import type { CallOptions } from "../../spec/index.js";
import { throwIfAborted } from "./pause.js";

/**
 * The results of all items, in order, with progress. All begin at once — the connection bounds how many are under way — and
 * none is left behind after a failure.
 *
 * @param weight What an item counts in the progress. @default 1
 */
export async function together<Item, Result>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  { signal, onProgress }: CallOptions,
  weight: (item: Item) => number = () => 1,
): Promise<Result[]> {
  throwIfAborted(signal);
  const failed = new AbortController();
  const ended = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  let done = 0;
  const one = async (item: Item): Promise<Result> => {
    const result = await work(item, ended);
    done += weight(item);
    onProgress?.(done, total);
    return result;
  };
  try {
    return await Promise.all(items.map(one));
  } finally {
    failed.abort();
  }
}
