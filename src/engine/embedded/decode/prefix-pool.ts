/** The prefixes that growing samples share, each with its keys and values in a row of one cache. */
import type { CachedRows } from "./decoder.js";
import { type CacheLayout, KeyValueCache } from "./key-value-cache.js";
import type { ReadyPrefix } from "./prefill.js";

/** A prefix in the pool. */
export interface SharedPrefix {
  /** Its row of the pool, until the next `release`: rows move up. */
  readonly row: number;
  readonly length: number;
}

interface Entry extends SharedPrefix {
  row: number;
  users: number;
  readonly source: ReadyPrefix;
}

/** Holds a prefix as long as samples use it. */
export class PrefixPool {
  readonly #cache: KeyValueCache;
  #entries: Entry[] = [];

  /** @param rows Most prefixes at a time. */
  constructor(layout: CacheLayout, rows: number) {
    this.#cache = new KeyValueCache(layout, rows, 0);
  }

  /** The prefix, copied into the pool for its first user. */
  join(source: ReadyPrefix): SharedPrefix {
    const entry = this.#entries.findLast((candidate) => candidate.source === source) ?? this.#add(source);
    entry.users++;
    return entry;
  }

  /** One user less. */
  leave(prefix: SharedPrefix): void {
    this.#entries[prefix.row]!.users--;
  }

  /** Frees the rows of prefixes without users, except `kept`, filling each gap with the last row. */
  release(kept: ReadyPrefix | undefined): void {
    for (let row = this.#entries.length - 1; row >= 0; row--) {
      const { users, source } = this.#entries[row]!;
      if (users > 0 || source === kept) continue;
      const last = this.#entries.pop()!;
      if (row === this.#entries.length) continue;
      this.#entries[row] = last;
      this.#cache.copyRow(row, this.#cache, last.row, last.length);
      last.row = row;
    }
  }

  /** The rows in use. */
  rows(): CachedRows {
    return { cache: this.#cache, from: 0, to: this.#entries.length };
  }

  #add(source: ReadyPrefix): Entry {
    const lengths = this.#entries.map(({ length }) => length);
    this.#cache.fit(Math.max(source.length, ...lengths), lengths);
    const entry = { row: this.#entries.length, length: source.length, users: 0, source };
    this.#cache.copyRow(entry.row, source.cache, source.row, source.length);
    this.#entries.push(entry);
    return entry;
  }
}
