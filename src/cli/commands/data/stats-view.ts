/** The distributions of a data file for the page and for the terminal. */
import type { PlotView, StatsView, TableView } from "../../../report/index.js";
import type { Bin, DataStats, Distribution } from "../../../tasks/index.js";
import { renderCheck } from "./check-table.js";
import { visible } from "./visible.js";

/** What the page shows. */
export function statsView(stats: DataStats): StatsView {
  const { check } = stats;
  const { rows, answers, duplicates } = check;
  return {
    title: `${check.file}: distributions`,
    notes: [
      `${rows.read} rows read, ${rows.imported} imported, ${rows.setAside} set aside; format ${check.format ?? "unknown"}.`,
      `${answers.examples} examples with ${answers.calls} calls; ${rows.withoutCall} rows have no call; ${stats.differentTools} different tools are called.`,
      `${duplicates.exact} rows repeat an earlier one, ${duplicates.near} nearly; ${duplicates.sameRequest} have its first request.`,
    ],
    plots: [
      ...stats.distributions.map(plotOf),
      counted("classes of difficulty", "rows", check.classes),
      counted("categories", "examples", check.categories),
      counted("values of arguments", "arguments by kind", stats.values),
    ].filter(({ bars }) => bars.length > 0),
    tables: [
      quantileTable(stats),
      ...(["setAside", "findings"] as const).map((key): TableView => {
        const reasons = check[key].map(({ rule, count, fix }) => [rule, count, fix]);
        const title = key === "findings" ? "Remarks on imported rows" : "Set aside";
        return { title, head: ["rule", "count", "what to do"], rows: reasons };
      }),
      {
        title: "Tools called most",
        head: ["tool", "calls"],
        rows: stats.calledTools.map(({ name, count }) => [name, count]),
      },
    ].filter((table) => table.rows.length > 0),
  };
}

/** The report of the check, then a line of bars for each distribution. */
export function renderStats(stats: DataStats): string {
  const lines = stats.distributions.map(
    ({ name, unit, per, bins, quantiles: q }) =>
      `${name} (${unit} per ${per}): ${q.minimum} ${sparkline(bins)} ${q.maximum}, median ${q.q50}`,
  );
  const values = stats.values.map(({ name, count }) => `${visible(name)} ${count}`).join(", ");
  return [renderCheck(stats.check), "", ...lines, ...(values === "" ? [] : [`values: ${values}`])].join("\n");
}

const levels = [..."▁▂▃▄▅▆▇█"];

function sparkline(bins: readonly Bin[]): string {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  return bins
    .map(({ count }) => (count === 0 ? " " : levels[Math.ceil((levels.length * count) / most) - 1]))
    .join("");
}

function plotOf({ name, unit, per, bins }: Distribution): PlotView {
  const bars = bins.map(({ from, to, count }) => ({
    label: from === to ? `${from}` : `${from}–${to}`,
    count,
  }));
  return { title: name, caption: `${per}s by ${unit}`, bars };
}

function counted(
  title: string,
  caption: string,
  counts: readonly { readonly name: string; readonly count: number }[],
): PlotView {
  return { title, caption, bars: counts.map(({ name, count }) => ({ label: name, count })) };
}

function quantileTable({ distributions, check }: DataStats): TableView {
  const all = [...distributions, ...check.lengths.filter(({ unit }) => unit === "tokens")];
  const rows = all.map(({ name, unit, per, quantiles: q }) => {
    const values = [q.minimum, q.q25, q.q50, q.q75, q.q90, q.q99, q.maximum];
    return [name, `${unit} per ${per}`, ...values];
  });
  const head = ["measure", "unit", "min", "25 %", "50 %", "75 %", "90 %", "99 %", "max"];
  return { title: "Quantiles", head, rows };
}
