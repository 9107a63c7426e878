/**
 * `itool data split`: the rows of a file on two sides, by tool list: no tool list and no copy of a dialogue is on both.
 *
 * Rows with the same tools belong together, and so do rows that say the same. These groups are joined where they share a
 * row, and each joined group is drawn for a side by a hash of the seed: the same rows, in any order, are split the same.
 */
import { deriveSeed } from "../../../method/index.js";
import { withLineWriters } from "../../../store/index.js";
import {
  contentKey,
  createHashTable,
  type FormatName,
  importRow,
  isRejection,
  type Row,
  splitKey,
} from "../../../tasks/index.js";
import { type DataFile, lineOf, openDetected, requireDistinct } from "./data-file.js";

/** How a file is split. */
export interface SplitOptions extends DataFile {
  readonly train: string;
  readonly evaluation: string;
  /** Share of the groups that is drawn for the evaluation. */
  readonly share: number;
  readonly seed: number;
}

/** What was done. Always `rows = train + evaluation + setAside`. */
export interface SplitSummary {
  readonly file: string;
  readonly rows: number;
  readonly train: number;
  readonly evaluation: number;
  /** Rows that cannot be imported; they are on neither side. */
  readonly setAside: number;
  /** Groups of rows that must stay together, and how many are on the side of the evaluation. */
  readonly groups: number;
  readonly evaluationGroups: number;
}

/** Writes the two files, rows as they were. Reads the file twice. @throws ConfigError, StoreError or DataError */
export async function splitDataFile(options: SplitOptions): Promise<SplitSummary> {
  const { train, evaluation } = options;
  requireDistinct(options.file, train, evaluation);
  const groups = await joinGroups(options);
  const counts = { rows: 0, train: 0, evaluation: 0, setAside: 0 };
  const detected = await openDetected(options, "writing");
  await withLineWriters([train, evaluation], async ([first, second]) => {
    for await (const item of detected.rows) {
      counts.rows += 1;
      const keys = isRejection(item) ? undefined : keysOf(item, options.file, detected.format);
      if (isRejection(item) || keys === undefined) {
        counts.setAside += 1;
        continue;
      }
      const side = groups.sideOf(keys);
      counts[side] += 1;
      await (side === "train" ? first : second)?.write(lineOf(item));
    }
  });
  return { file: options.file, ...counts, ...groups.counts() };
}

/** The keys of a row: rows that share one belong together. 53 bits of SHA-256 each. */
type Keys = readonly [tools: number, content: number];

function keysOf(item: Row, file: string, format: FormatName | undefined): Keys | undefined {
  const result = importRow(item, { file, format });
  if (!result.ok) return undefined;
  const { tools, turns } = result.dialogue;
  const parts = { tools, messages: turns.map(({ message }) => message) };
  return [numberOf(splitKey(parts)), numberOf(contentKey(parts))];
}

function numberOf(hash: string): number {
  return Number.parseInt(hash.slice(0, 13), 16);
}

async function joinGroups(options: SplitOptions) {
  const forest = createForest();
  const detected = await openDetected(options, "grouping");
  for await (const item of detected.rows) {
    const keys = isRejection(item) ? undefined : keysOf(item, options.file, detected.format);
    if (keys !== undefined) forest.join(...keys);
  }
  const isEvaluation = (root: number): boolean =>
    deriveSeed(options.seed, "split", String(root)) / 2 ** 32 < options.share;
  return {
    sideOf: ([tools]: Keys) => (isEvaluation(forest.least(tools)) ? "evaluation" : "train"),
    counts: () => {
      const roots = forest.roots();
      return { groups: roots.length, evaluationGroups: roots.filter(isEvaluation).length };
    },
  } as const;
}

/** Disjoint sets of keys; each set is known by the least of its keys, so the order of joining does not matter. */
function createForest() {
  const indexes = createHashTable();
  const keys: number[] = [];
  const parents: number[] = [];
  const indexOf = (key: number): number => {
    const known = indexes.findOrAdd(key, keys.length);
    if (known !== undefined) return known;
    keys.push(key);
    parents.push(parents.length);
    return keys.length - 1;
  };
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  };
  return {
    join(one: number, other: number): void {
      const [left, right] = [rootOf(indexOf(one)), rootOf(indexOf(other))];
      if (keys[left]! <= keys[right]!) parents[right] = left;
      else parents[left] = right;
    },
    least: (key: number): number => keys[rootOf(indexOf(key))]!,
    roots: (): number[] => keys.filter((_, index) => parents[index] === index),
  };
}
