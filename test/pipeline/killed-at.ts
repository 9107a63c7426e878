/** A store whose process ends itself, as if killed from outside. */
import { appendFile } from "node:fs/promises";
import type { Store } from "../../src/spec/index.js";
import { wrapStore } from "./wrap-store.js";

/**
 * The store, whose process is killed at the n-th change of the disk; 0 is never. Before the change, after it, or in the
 * middle of an appended line, by the remainder of n by 3.
 */
export function killedAt(store: Store, number: number): Store {
  let changes = 0;
  const die = () => process.kill(process.pid, "SIGKILL");
  return wrapStore(store, async (change, path, row) => {
    changes += 1;
    if (changes === number) {
      if (number % 3 === 0 && row !== undefined) {
        await appendFile(store.path(path), JSON.stringify(row).slice(0, 20));
      } else if (number % 3 !== 1) await change();
      die();
    }
    await change();
  });
}
