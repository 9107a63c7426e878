/** The distributions of a data file as a page with plots. */
import { type Bar, barChart } from "./bar-chart.js";
import { escapeHtml, htmlTable, staticPage } from "./static-page.js";

/** A plot with its numbers. */
export interface PlotView {
  readonly title: string;
  /** What is counted, e.g. `rows by characters`. */
  readonly caption: string;
  readonly bars: readonly Bar[];
}

/** A table. */
export interface TableView {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Everything on the page. */
export interface StatsView {
  readonly title: string;
  /** Sentences at the top. */
  readonly notes: readonly string[];
  readonly plots: readonly PlotView[];
  readonly tables: readonly TableView[];
}

/** The page. */
export function renderStatsPage({ title, notes, plots, tables }: StatsView): string {
  const figures = plots.map(
    (plot) =>
      `<figure><figcaption><strong>${escapeHtml(plot.title)}</strong> ${escapeHtml(plot.caption)}</figcaption>${barChart(plot.bars, `${plot.title}, ${plot.caption}`)}</figure>`,
  );
  const sections = tables.map(
    (table) =>
      `<section>\n<h2>${escapeHtml(table.title)}</h2>\n${htmlTable(table.head, table.rows)}\n</section>`,
  );
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...notes.map((note) => `<p>${escapeHtml(note)}</p>`),
    `<div class="plots">\n${figures.join("\n")}\n</div>`,
    ...sections,
  ];
  return staticPage(title, body.join("\n"));
}
