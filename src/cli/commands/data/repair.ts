/** `itool data check --repair`: mends what is mechanical, into a new file, and lists each change. */
import { withLineWriters } from "../../../store/index.js";
import { type FormatName, importRow, isRejection, mendRow, type Row } from "../../../tasks/index.js";
import { type DataFile, lineOf, openDetected, requireDistinct } from "./data-file.js";

/** What is repaired, and where to. */
export interface RepairOptions extends DataFile {
  /** The new file: JSONL, gzip where the name ends in `.gz`. */
  readonly out: string;
}

/** One change. */
export interface RowChange {
  readonly row: number;
  readonly field: string;
  readonly rule: string;
  readonly before: string;
  readonly after: string;
}

/** What was done. Always `rows = unchanged + repaired + damaged + unreadable`. */
export interface RepairSummary {
  readonly file: string;
  readonly out: string;
  /** Every change, one a line, beside the new file. */
  readonly changeList: string;
  readonly rows: number;
  /** Rows that needed nothing; they are in the new file as they were. */
  readonly unchanged: number;
  readonly repaired: number;
  /** Rows that a repair cannot mend; they are in the new file as they were. */
  readonly damaged: number;
  /** Rows that are no JSON; they are not in the new file. */
  readonly unreadable: number;
  readonly changes: number;
  /** The first changes. */
  readonly first: readonly RowChange[];
}

const shownChanges = 20;

/** Writes the repaired file and the list of changes. @throws ConfigError, StoreError or DataError */
export async function repairDataFile(options: RepairOptions): Promise<RepairSummary> {
  const { file, out } = options;
  const changeList = `${out}.changes.jsonl`;
  requireDistinct(file, out, changeList);
  const detected = await openDetected(options);
  const counts = { rows: 0, unchanged: 0, repaired: 0, damaged: 0, unreadable: 0, changes: 0 };
  const first: RowChange[] = [];
  await withLineWriters([out, changeList], async ([rows, changes]) => {
    for await (const item of detected.rows) {
      counts.rows += 1;
      if (isRejection(item)) {
        counts.unreadable += 1;
        continue;
      }
      const { kind, line, made } = repairRow(item, file, detected.format);
      counts[kind] += 1;
      counts.changes += made.length;
      await rows?.write(line);
      for (const change of made) {
        if (first.length < shownChanges) first.push(change);
        await changes?.write(JSON.stringify(change));
      }
    }
  });
  return { file, out, changeList, ...counts, first };
}

interface RepairedRow {
  readonly kind: "unchanged" | "repaired" | "damaged";
  readonly line: string;
  readonly made: readonly RowChange[];
}

function repairRow(item: Row, file: string, format: FormatName | undefined): RepairedRow {
  const as = (kind: "unchanged" | "damaged"): RepairedRow => ({ kind, line: lineOf(item), made: [] });
  const result = importRow(item, { file, format, repair: true });
  if (!result.ok || format === undefined) return as("damaged");
  if (result.repairs.length === 0) return as("unchanged");
  const written = mendRow(item, result, format);
  if (!written.ok) return as("damaged");
  const made = result.repairs.map((repair) => ({ row: item.row, ...repair }));
  return { kind: "repaired", line: written.value, made };
}
