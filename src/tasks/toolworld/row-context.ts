/** What all parts of one row share: its randomness, its today, and which words it has replaced by fresh ones. */
import type { Random } from "../../method/index.js";
import { addDays } from "./calendar-dates.js";
import type { RowOptions } from "./options.js";
import type { ValueContext } from "./plain-values.js";
import { pseudoWord } from "./pseudo.js";

/** The state of one row while it is being made. */
export interface RowContext extends ValueContext {
  readonly options: RowOptions;
  /** Stem → what stands for it in this row; the stem itself where it was kept. */
  readonly renames: Map<string, string>;
}

/** A new row. */
export function createRowContext(random: Random, options: RowOptions): RowContext {
  const today = addDays("2024-01-01", random.integer(2000));
  return { random, options, side: options.side, today, renames: new Map() };
}

const KEPT = new Set(["the", "and", "for", "with", "exclude", "except", "without", "leave", "out"]);

/** The word, or the fresh word that stands for it in this row; decided at the first meeting. */
export function renameWord(word: string, context: RowContext): string {
  const { options, random, renames } = context;
  if (options.freshNames === 0 || word.length < 3 || KEPT.has(word)) return word;
  const stem = stemOf(word);
  let fresh = renames.get(stem);
  if (fresh === undefined) {
    fresh = random.uniform() < options.freshNames ? unusedWord(context) : stem;
    renames.set(stem, fresh);
  }
  return fresh === stem ? word : fresh + word.slice(stem.length);
}

/** The text with all words replaced that this row has replaced; nothing new is decided. */
export function renameText(text: string, { renames }: RowContext): string {
  if (renames.size === 0) return text;
  return text.replace(/\b(an? )?([A-Za-z]{3,})/g, (whole, article: string | undefined, word: string) => {
    const stem = stemOf(word);
    const fresh = renames.get(stem);
    if (fresh === undefined || fresh === stem) return whole;
    return (article === undefined ? "" : `${articleOf(fresh)} `) + fresh + word.slice(stem.length);
  });
}

/** `a` or `an`. */
export function articleOf(word: string): string {
  return /^[aeiou]/.test(word) ? "an" : "a";
}

/** A pseudo-word that this row does not use yet. */
export function unusedWord({ random, side, renames }: RowContext): string {
  const used = [...renames.values()];
  for (;;) {
    const word = pseudoWord(random, side);
    if (!used.includes(word)) return word;
  }
}

/** Without the s of the plural. */
function stemOf(word: string): string {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}
