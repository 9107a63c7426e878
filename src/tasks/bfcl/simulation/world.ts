/** What surrounds the simulated classes: the calendar, the padding of long contexts, and what Python shares by accident. */

import { markConstant } from "../python/json-text.js";
import type { PythonRandom } from "../python/random.js";
import { deepCopy, ELLIPSIS, PythonDict, type PythonValue } from "../python/value.js";

/** A day of the calendar. */
export interface CalendarDay {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  readonly day: number;
}

/** Padding by name, e.g. `MA_5_EXTENSION`. Not changed. */
export class LongContextTables {
  readonly #tables: PythonDict;

  /** @param tables The constants as read from JSON, where `{"$python": "Ellipsis"}` stands for `...`. */
  constructor(tables: PythonDict) {
    this.#tables = new PythonDict();
    for (const [name, value] of tables.entries()) this.#tables.set(name, constant(withEllipsis(value)));
  }

  /** The padding of a name. @throws PythonError where the data lack it */
  table(name: string): PythonValue {
    return this.#tables.item(name);
  }

  list(name: string): PythonValue[] {
    const value = this.table(name);
    return Array.isArray(value) ? value : [];
  }

  dict(name: string): PythonDict {
    const value = this.table(name);
    return value instanceof PythonDict ? value : new PythonDict();
  }

  text(name: string): string {
    const value = this.table(name);
    return typeof value === "string" ? value : "";
  }
}

function withEllipsis(value: PythonValue): PythonValue {
  if (Array.isArray(value)) return value.map(withEllipsis);
  if (!(value instanceof PythonDict)) return value;
  if (value.get("$python") === "Ellipsis") return ELLIPSIS;
  return PythonDict.of([...value.entries()].map(([key, item]) => [key, withEllipsis(item)]));
}

function constant(value: PythonValue): PythonValue {
  const isNumbers = Array.isArray(value) && value.every((item) => typeof item !== "object");
  return isNumbers ? markConstant(value) : value;
}

/**
 * The process that a transcript is judged in. Both sides of a comparison, the model's and the right one, live in it, and
 * Python's accidents let them share a few objects: default arguments, the padding's cards and bookings, the weather.
 */
export class SimulationProcess {
  readonly today: CalendarDay;
  /** Present where the item has a long context. */
  readonly padding: LongContextTables | undefined;
  readonly #shared = new Map<string, PythonValue>();

  constructor(today: CalendarDay, padding?: LongContextTables) {
    this.today = today;
    this.padding = padding;
  }

  /** The one copy of a padding table that everybody in this process changes. */
  sharedTable(name: string): PythonDict {
    return this.shared(name, () => deepCopy(this.padding?.dict(name) ?? new PythonDict())) as PythonDict;
  }

  /** The one object of a name, made when it is first asked for. */
  shared(name: string, make: () => PythonValue): PythonValue {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#shared.set(name, made);
    return made;
  }
}

/** Whole numbers with so many digits, as text. */
export function digits(random: PythonRandom, count: number): string {
  return String(random.integer(10 ** (count - 1), 10 ** count - 1));
}
