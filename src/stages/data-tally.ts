/** Counts of what the preparation kept and set aside: `data/summary.json`. */
import { z } from "zod";
import type { Difficulty, Example, Rejection } from "../spec/index.js";
import type { Side } from "./data-source.js";

/** `data/summary.json`. */
export interface DataRecord {
  readonly sources: readonly SourceCount[];
  readonly train: SideCount;
  readonly evaluation: SideCount;
  /** Rule → rows (or examples) set aside by it. */
  readonly rejections: Readonly<Record<string, number>>;
}

/** What was read from one source. */
export interface SourceCount {
  readonly file: string;
  /** Rows in the file. */
  readonly read: number;
  /** Rows of which at least one example was kept. */
  readonly imported: number;
  /** Examples kept. */
  readonly examples: number;
}

/** What one side has. */
export interface SideCount {
  readonly examples: number;
  readonly difficulties: Readonly<Record<Difficulty, number>>;
  readonly categories: Readonly<Record<string, number>>;
  /** Tokens of prompts and gold responses. */
  readonly tokens: number;
  /** Those of the gold responses, stop tokens included. */
  readonly responseTokens: number;
  readonly longest: number;
}

const sideCountSchema: z.ZodType<SideCount> = z.strictObject({
  examples: z.int(),
  difficulties: z.strictObject({ easy: z.int(), medium: z.int(), hard: z.int() }),
  categories: z.record(z.string(), z.int()),
  tokens: z.int(),
  responseTokens: z.int(),
  longest: z.int(),
});

export const dataRecordSchema: z.ZodType<DataRecord> = z.strictObject({
  sources: z.array(z.strictObject({ file: z.string(), read: z.int(), imported: z.int(), examples: z.int() })),
  train: sideCountSchema,
  evaluation: sideCountSchema,
  rejections: z.record(z.string(), z.int()),
});

/** An item whose length is known to fit, or a rejection. */
export type FittedItem =
  | { readonly kind: "rejection"; readonly rejection: Rejection }
  | {
      readonly kind: "example";
      readonly side: Side;
      readonly example: Example;
      /** Prompt and gold response. */
      readonly tokens: number;
      readonly promptTokens: number;
    };

/** Counts items as they pass. */
export interface Tally {
  add(item: FittedItem): void;
  /** Items so far. */
  count(): number;
  record(): DataRecord;
}

/** A tally of nothing yet. The items of a row must come one after the other. */
export function createTally(file: string): Tally {
  const sides = { train: createSide(), evaluation: createSide() };
  const rejections = new Map<string, number>();
  const read = createRowCounter();
  const imported = createRowCounter();
  let count = 0;
  return {
    add(item) {
      count += 1;
      if (item.kind === "rejection") {
        read.add(`${item.rejection.file} ${item.rejection.row}`);
        increase(rejections, item.rejection.rule);
        return;
      }
      const { file: origin, row } = item.example.origin;
      const key = `${origin} ${row}`;
      read.add(key);
      imported.add(key);
      sides[item.side].add(item);
    },
    count: () => count,
    record: () => {
      const train = sides.train.record();
      const evaluation = sides.evaluation.record();
      const examples = train.examples + evaluation.examples;
      return {
        sources: [{ file, read: read.count(), imported: imported.count(), examples }],
        train,
        evaluation,
        rejections: sorted(rejections),
      };
    },
  };
}

/** Counts different rows, given that equal ones are neighbours. */
function createRowCounter() {
  let last: string | undefined;
  let count = 0;
  return {
    add(key: string): void {
      if (key !== last) count += 1;
      last = key;
    },
    count: () => count,
  };
}

function createSide() {
  const difficulties = { easy: 0, medium: 0, hard: 0 };
  const categories = new Map<string, number>();
  const sums = { examples: 0, tokens: 0, responseTokens: 0, longest: 0 };
  return {
    add({ example, tokens, promptTokens }: Extract<FittedItem, { kind: "example" }>): void {
      sums.examples += 1;
      sums.tokens += tokens;
      sums.responseTokens += tokens - promptTokens;
      sums.longest = Math.max(sums.longest, tokens);
      difficulties[example.difficulty] += 1;
      increase(categories, example.category);
    },
    record: (): SideCount => ({ ...sums, difficulties, categories: sorted(categories) }),
  };
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
