/** The table of scores as plain text for a terminal or a log: aligned columns, no colour, no control characters. */
import type { Score } from "../spec/index.js";
import type { ScoreTable } from "./score-table.js";

const gap = "   ";

/**
 * The table, then the paired differences. Accuracies and bounds of the 95 % intervals in percent with one decimal,
 * differences in percentage points. Lines end with a line feed; without an evaluation the text says so.
 */
export function renderScoreTable(table: ScoreTable): string {
  if (table.rows.length === 0) return "No evaluation has been run.\n";
  const columns = table.columns.map((column, index) =>
    layOutColumn(
      column.label,
      table.rows.map((row) => row.cells[index]),
    ),
  );
  const labels = padColumn(["", "", "Rows", ...table.rows.map((row) => row.label)], "end");
  const lines = labels.map((label, line) =>
    [label, ...columns.map((column) => column[line] ?? "")].join(gap),
  );
  const note = "Percent right, with the 95 % interval.";
  return [
    note,
    "",
    ...lines.map((line) => line.trimEnd()).filter((line) => line !== ""),
    ...differenceLines(table),
    "",
  ].join("\n");
}

/** Two lines of heading, the number of rows, then one line for each policy. */
function layOutColumn(label: string, cells: readonly (Score | undefined)[]): string[] {
  const values = padColumn(cells.map((cell) => (cell === undefined ? "" : percent(cell.accuracy))));
  const lows = padColumn(cells.map((cell) => (cell === undefined ? "" : percent(cell.low))));
  const highs = padColumn(cells.map((cell) => (cell === undefined ? "" : percent(cell.high))));
  const body = cells.map((cell, row) =>
    cell === undefined ? "–" : `${values[row]} [${lows[row]}, ${highs[row]}]`,
  );
  const width = Math.max(0, ...body.map((text) => text.length));
  return padColumn([...wrapHeading(label, width), rowCount(cells), ...body]);
}

/** The heading on two lines where it is wider than its column and has a space; the upper line is empty otherwise. */
function wrapHeading(label: string, width: number): [string, string] {
  const space = label.lastIndexOf(" ");
  if (label.length <= width || space === -1) return ["", label];
  return [label.slice(0, space), label.slice(space + 1)];
}

/** The number of rows, or its smallest and largest where policies were scored on different numbers. */
function rowCount(cells: readonly (Score | undefined)[]): string {
  const totals = cells.flatMap((cell) => (cell === undefined ? [] : [cell.total]));
  const low = Math.min(...totals);
  const high = Math.max(...totals);
  return low === high ? String(low) : `${low}–${high}`;
}

function differenceLines(table: ScoreTable): string[] {
  if (table.differences.length === 0) return [];
  const labels = padColumn(
    table.differences.map(({ label }) => label),
    "end",
  );
  const values = padColumn(table.differences.map(({ difference }) => points(difference)));
  const lows = padColumn(table.differences.map(({ low }) => points(low)));
  const highs = padColumn(table.differences.map(({ high }) => points(high)));
  const verdicts = { better: "better", worse: "worse", undecided: "not decided" } as const;
  const lines = table.differences.map(
    ({ verdict }, row) =>
      `${labels[row]}${gap}${values[row]} [${lows[row]}, ${highs[row]}]${gap}${verdicts[verdict]}`,
  );
  return [
    "",
    "Paired difference on the same rows, in percentage points, with the 95 % interval.",
    "",
    ...lines,
  ];
}

function padColumn(texts: readonly string[], side: "start" | "end" = "start"): string[] {
  const width = Math.max(0, ...texts.map((text) => text.length));
  return texts.map((text) => (side === "start" ? text.padStart(width) : text.padEnd(width)));
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

/** With its sign; what rounds to zero has none. */
function points(share: number): string {
  const text = (share * 100).toFixed(1);
  if (Number(text) === 0) return "0.0";
  return share > 0 ? `+${text}` : text;
}
