/** What the commands that write files did, as text for people. */
import type { NamedCount } from "../../../tasks/index.js";
import type { ConvertSummary } from "./convert.js";
import type { LeakReport } from "./leaks.js";
import type { RepairSummary } from "./repair.js";
import type { SplitSummary } from "./split.js";
import { visible } from "./visible.js";

/** The repairs: counts, and the first changes. */
export function renderRepair(summary: RepairSummary): string {
  const { rows, unchanged, repaired, damaged, unreadable, changes, first } = summary;
  const shown = first.map(
    ({ row, field, rule, before, after }) => `  row ${row} ${field} (${rule}): ${before} → ${after}`,
  );
  return [
    `${visible(summary.out)}: ${count(rows)} rows, ${count(repaired)} repaired by ${count(changes)} changes, ${count(unchanged)} unchanged`,
    `${count(damaged)} rows that a repair cannot mend are in it as they were; ${count(unreadable)} that are no JSON are left out`,
    ...shown.map(visible),
    ...(changes > first.length ? [`  … all of them: ${visible(summary.changeList)}`] : []),
  ].join("\n");
}

/** The conversion: counts, and why rows were left out. */
export function renderConvert(summary: ConvertSummary): string {
  const { out, from, to, rows, converted, written, leftOut, droppedFields } = summary;
  const reasons = leftOut.map(({ rule, message, count: times, first, fix }) => {
    const places = first.map(({ row }) => row).join(", ");
    return `  ${rule}: ${count(times)} (rows ${places}${times > first.length ? ", …" : ""}): ${message}${message.includes(fix) ? "" : ` Fix: ${fix}.`}`;
  });
  return [
    `${visible(out)}: ${count(converted)} of ${count(rows)} rows from ${from ?? "an unknown format"} to ${to}, ${count(written)} lines`,
    ...reasons.map(visible),
    ...(droppedFields.length === 0
      ? []
      : [`  not in the new file: ${visible(fieldList(droppedFields))}; --keep-fields carries them over`]),
  ].join("\n");
}

/** `id (700 rows), split (12 rows)`, the first of them. */
export function fieldList(fields: readonly NamedCount[]): string {
  const shown = fields.slice(0, 8).map(({ name, count: rows }) => `${name} (${count(rows)} rows)`);
  return `${shown.join(", ")}${fields.length > shown.length ? ", …" : ""}`;
}

/** The split: counts. */
export function renderSplit(summary: SplitSummary): string {
  const { rows, train, evaluation, setAside, groups, evaluationGroups } = summary;
  return [
    `${count(rows)} rows: ${count(train)} to train on, ${count(evaluation)} for the evaluation, ${count(setAside)} set aside`,
    `${count(groups)} groups of rows that share tools or text, ${count(evaluationGroups)} of them for the evaluation`,
  ].join("\n");
}

const shownSources = 10;

/** The leaks: counts, sources, and the first rows. */
export function renderLeaks(report: LeakReport): string {
  const { against, rows, setAside, sharingText, sharingTool, sharingName, words } = report;
  const sources = report.sources
    .slice(0, shownSources)
    .map(({ source, rows: times }) => `  ${count(times)} rows with ${source}`);
  const further = report.sources.length - sources.length;
  const first = report.first.map(({ row, sharedRuns, runs, example, tools }) => {
    const text =
      example === undefined
        ? ""
        : ` ${sharedRuns} of ${runs} runs, e.g. "${example.text}" (${example.field}, ${example.source})`;
    const same = tools
      .filter(({ kind }) => kind === "same-tool")
      .map(({ name, source }) => ` tool ${name} (${source})`);
    return `  row ${row}:${text}${same.join(",")}`;
  });
  return [
    `${visible(report.file)}: ${count(rows)} rows against ${count(against.files)} files with ${count(against.runs)} runs of ${words} words and ${count(against.tools)} tools`,
    `${count(sharingText)} rows share a run of words, ${count(sharingTool)} a tool with its parameters, ${count(sharingName)} only the name of a tool; ${count(setAside)} rows set aside, not compared`,
    ...(against.unreadable > 0
      ? [`${count(against.unreadable)} rows of the other files cannot be read`]
      : []),
    ...sources.map(visible),
    ...(further > 0 ? [`  … and ${count(further)} further files`] : []),
    ...first.map(visible),
  ].join("\n");
}

/** 1,234 */
function count(value: number): string {
  return value.toLocaleString("en-US");
}
