/** A store with something between it and the disk. */
import type { Store } from "../../src/spec/index.js";

/** What is done at each change of the disk: `change` makes it, `path` is what it changes. */
export type ChangeHandler = (change: () => Promise<void>, path: string, row?: unknown) => Promise<void>;

/** The store, with a handler around every call that writes; `row` is given for an appended one. */
export function wrapStore(store: Store, handle: ChangeHandler): Store {
  return {
    path: (relative) => store.path(relative),
    exists: (relative) => store.exists(relative),
    readText: (relative) => store.readText(relative),
    readRows: (relative, parse) => store.readRows(relative, parse),
    openRows: (relative, parse) => store.openRows(relative, parse),
    list: (relative) => store.list(relative),
    hash: (relative) => store.hash(relative),
    writeText: (relative, text) => handle(() => store.writeText(relative, text), relative),
    writeRows: (relative, rows) => handle(() => store.writeRows(relative, rows), relative),
    remove: (relative) => handle(() => store.remove(relative), relative),
    appendRow: (relative, row) => handle(() => store.appendRow(relative, row), relative, row),
  };
}
