/** The report of `itool data check` as text for people. */
import Table from "cli-table3";
import {
  type DataCheck,
  FORMAT_NAMES,
  type LengthSummary,
  type NamedCount,
  type ReasonCount,
} from "../../../tasks/index.js";
import { fieldList } from "./summaries.js";
import { visible } from "./visible.js";

/** The report as plain tables: counts, reasons with their first places, classes, categories, lengths. */
export function renderCheck(check: DataCheck): string {
  const { rows, answers } = check;
  return [
    `${visible(check.file)}: ${count(rows.read)} rows read, ${count(rows.imported)} imported, ${count(rows.setAside)} set aside`,
    `format ${check.format ?? `unknown (known: ${FORMAT_NAMES.join(", ")})`}; ${share(rows.withoutCall, rows.imported)} of the imported rows have no call`,
    `${count(answers.read)} answers in them: ${count(answers.withCalls)} with ${count(answers.calls)} calls, ${count(answers.text)} in text, ${count(answers.setAside)} set aside`,
    duplicateLine(check),
    ...(check.unusedFields.length === 0
      ? []
      : [`fields that are not used: ${visible(fieldList(check.unusedFields))}`]),
    ...reasonSection("Set aside", check.setAside),
    ...reasonSection("Remarks on imported rows", check.findings),
    ...shareSection("Class (rows)", check.classes),
    ...shareSection("Category (examples)", check.categories),
    ...lengthSection(check.lengths),
  ].join("\n");
}

function duplicateLine({ duplicates, rows }: DataCheck): string {
  const { exact, near, sameRequest, compared } = duplicates;
  const all = compared === rows.imported ? "" : ` (of the first ${count(compared)} rows)`;
  return `${count(exact)} rows repeat an earlier one, ${count(near)} nearly, ${count(sameRequest)} have its first request${all}`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? "0 %" : `${((100 * part) / whole).toFixed(1)} %`;
}

const plain = { style: { head: [], border: [], compact: true } };

function reasonSection(title: string, reasons: readonly ReasonCount[]): readonly string[] {
  if (reasons.length === 0) return [];
  const table = new Table({
    ...plain,
    head: [title, "count", "first places"],
    colAligns: ["left", "right", "left"],
    colWidths: [null, null, 70],
    wordWrap: true,
  });
  for (const { rule, count: times, first, fix } of reasons) {
    const places = first.map(({ row, field }) => `row ${row}${field === "" ? "" : ` ${field}`}`).join(", ");
    const dots = times > first.length ? ", …" : "";
    table.push([rule, count(times), visible(`${places}${dots}\n${first[0]?.message ?? ""}\nfix: ${fix}`)]);
  }
  return ["", table.toString()];
}

function shareSection(title: string, counts: readonly NamedCount[]): readonly string[] {
  const total = counts.reduce((sum, item) => sum + item.count, 0);
  if (total === 0) return [];
  const table = new Table({
    ...plain,
    head: [title, "count", "share"],
    colAligns: ["left", "right", "right"],
  });
  for (const { name, count: times } of counts) {
    table.push([visible(name), count(times), `${((100 * times) / total).toFixed(1)} %`]);
  }
  return ["", table.toString()];
}

function lengthSection(lengths: readonly LengthSummary[]): readonly string[] {
  if (lengths.length === 0) return [];
  const head = ["Length", "unit", "per", "min", "25 %", "50 %", "75 %", "90 %", "99 %", "max"];
  const table = new Table({ ...plain, head, colAligns: head.map((_, k) => (k < 3 ? "left" : "right")) });
  for (const { name, unit, per, quantiles: q } of lengths) {
    const values = [q.minimum, q.q25, q.q50, q.q75, q.q90, q.q99, q.maximum];
    table.push([name, unit, per, ...values.map(count)]);
  }
  return ["", table.toString()];
}

/** 1,234 */
function count(value: number): string {
  return value.toLocaleString("en-US");
}
