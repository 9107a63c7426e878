/** `itool data convert`: a file of one format as a file of another. */
import type { Rejection } from "../../../spec/index.js";
import { withLineWriters } from "../../../store/index.js";
import {
  appendMembers,
  createTally,
  type Dialogue,
  FORMAT_NAMES,
  type FormatName,
  fieldText,
  fixOf,
  importRow,
  isJsonObject,
  isRejection,
  type NamedCount,
  type Row,
  trlPreference,
  trlRows,
  unusedFields,
  withPlainNames,
  writeRow,
} from "../../../tasks/index.js";
import { type DataFile, openDetected, requireDistinct } from "./data-file.js";

/** The formats of rows, and those that are only written. */
export const OUTPUT_FORMATS = [...FORMAT_NAMES, "trl", "trl-preference"] as const;

export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** What becomes what. */
export interface ConvertOptions extends DataFile {
  readonly to: OutputFormat;
  /** The new file: JSONL, gzip where the name ends in `.gz`. */
  readonly out: string;
  /** Names of tools in letters, digits, `_` and `-` only. */
  readonly plainNames: boolean;
  /** Leaves the system message out, for formats that have none. */
  readonly dropInstruction: boolean;
  /** Carries fields that the old format does not read, such as `id`, into the new rows. */
  readonly keepFields: boolean;
}

/** A reason for which rows were not written; what a format cannot hold is told apart by the message. */
export interface LeftOut {
  readonly rule: string;
  readonly message: string;
  readonly count: number;
  readonly fix: string;
  readonly first: readonly Rejection[];
}

/** What was done. Always `rows = converted + rows of leftOut`. */
export interface ConvertSummary {
  readonly file: string;
  readonly out: string;
  readonly from: FormatName | null;
  readonly to: OutputFormat;
  readonly rows: number;
  readonly converted: number;
  /** Lines of the new file: as many as rows converted, for TRL as many as answers. */
  readonly written: number;
  readonly leftOut: readonly LeftOut[];
  /** Fields of the converted rows that are not in the new file, with the number of rows that have them. */
  readonly droppedFields: readonly NamedCount[];
}

/** Writes the converted file. @throws ConfigError, StoreError or DataError */
export async function convertDataFile(options: ConvertOptions): Promise<ConvertSummary> {
  const { file, out, to } = options;
  requireDistinct(file, out);
  const detected = await openDetected(options);
  const counts = { rows: 0, converted: 0, written: 0 };
  const leftOut = createLeftOut();
  const dropped = createTally<string>(mostFields);
  await withLineWriters([out], async ([writer]) => {
    for await (const item of detected.rows) {
      counts.rows += 1;
      if (isRejection(item)) {
        leftOut.add(item);
        continue;
      }
      const lines = convertRow(item, detected.format, options);
      if (isRejection(lines)) {
        leftOut.add(lines);
        continue;
      }
      const extra = fieldsOf(item, detected.format);
      const kept = options.keepFields ? extra : sameFormatFields(extra, detected.format, to);
      counts.converted += 1;
      counts.written += lines.length;
      for (const line of lines) await writer?.write(withFields(line, kept));
      for (const name of extra.keys()) if (!kept.has(name)) dropped.add(name);
    }
  });
  const droppedFields = dropped.entries().map(([name, count]) => ({ name, count }));
  const from = detected.format ?? null;
  return { file, out, from, to, ...counts, leftOut: leftOut.list(), droppedFields };
}

/** Names of fields that are told apart. */
const mostFields = 1000;

/** Fields that stay with a row which keeps its format: what our generator says of its rows. */
function sameFormatFields(
  fields: ReadonlyMap<string, string>,
  from: FormatName | undefined,
  to: OutputFormat,
): ReadonlyMap<string, string> {
  return new Map(from === to ? [...fields].filter(([name]) => name === "meta") : []);
}

/** Texts of the fields that the format does not read, and of those that no other format has. */
function fieldsOf({ value, text }: Row, format: FormatName | undefined): ReadonlyMap<string, string> {
  if (!isJsonObject(value) || format === undefined) return new Map();
  const own = format === "toolace" && Object.hasOwn(value, "meta") ? ["meta"] : [];
  const names = [...own, ...unusedFields(value, format)].slice(0, mostFields);
  const textOf = (name: string) => (text === undefined ? undefined : fieldText(text, name));
  return new Map(names.map((name) => [name, textOf(name) ?? JSON.stringify(value[name])]));
}

/** The line with the fields whose names it does not use itself. */
function withFields(line: string, fields: ReadonlyMap<string, string>): string {
  return appendMembers(line, new Map([...fields].filter(([name]) => fieldText(line, name) === undefined)));
}

function convertRow(
  item: Row,
  format: FormatName | undefined,
  { file, to, plainNames, dropInstruction }: ConvertOptions,
): readonly string[] | Rejection {
  const result = importRow(item, { file, format });
  if (!result.ok) return result.rejection;
  const named = plainNames ? withPlainNames(result.dialogue) : result.dialogue;
  const dialogue = dropInstruction ? { ...named, instruction: "" } : named;
  const lines = linesOf(dialogue, to);
  if (typeof lines !== "string") return lines;
  return { file, row: item.row, field: "", rule: "not-expressible", message: lines };
}

/** The lines of a dialogue in a format, or why there are none. */
export function linesOf(dialogue: Dialogue, to: OutputFormat): readonly string[] | string {
  if (to === "trl") return trlRows(dialogue);
  if (to === "trl-preference") {
    const line = trlPreference(dialogue);
    return line === undefined ? "The row has no rejected answer; only ranking rows do." : [line];
  }
  const written = writeRow(dialogue, to);
  return written.ok ? [written.value.text] : written.problem.message;
}

const shownPlaces = 5;
/** Messages can name what a row holds: beyond so many reasons they are counted by rule. */
const mostReasons = 50;

function createLeftOut() {
  const reasons = new Map<string, { rule: string; message: string; count: number; first: Rejection[] }>();
  return {
    add(rejection: Rejection): void {
      const { rule, message } = rejection;
      const key = rule === "not-expressible" && reasons.size < mostReasons ? message : rule;
      const known = reasons.get(key) ?? { rule, message, count: 0, first: [] };
      known.count += 1;
      if (known.first.length < shownPlaces) known.first.push(rejection);
      reasons.set(key, known);
    },
    list: (): LeftOut[] => [...reasons.values()].map((known) => ({ fix: fixOf(known.rule), ...known })),
  };
}
