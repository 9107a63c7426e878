/** Scores of every policy, as charts and as a table. */
import { dot, line, ruleX } from "@observablehq/plot";
import type { EvaluationRecord, Score } from "../../spec/index.js";
import { policyLabel, policyShortLabel } from "../labels.js";
import { type ScoreTable, scoreTable } from "../score-table.js";
import { Chart, type ChartOptions, policyAxis } from "./chart.js";
import { count, percent, visible } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

/** One chart for each category and one for all rows; the table; the finer labels. */
export function Scores({ evaluations }: { readonly evaluations: readonly EvaluationRecord[] }) {
  const table = withVisibleLabels(scoreTable(evaluations, []));
  const domain = sharedDomain(table.rows.flatMap(({ cells }) => cells.filter((cell) => cell !== undefined)));
  return (
    <Section id="scores" title="Scores" explanation={explanation}>
      <div class="charts">
        {table.columns.map(({ label }, column) => (
          <Chart
            key={label}
            title={label}
            label={`${label}: percent right of each policy, with 95 % intervals; the numbers are in the table below.`}
            options={scoreChart(table, column, domain)}
          />
        ))}
      </div>
      <ScoreNumbers table={table} />
      <Tags evaluations={evaluations} />
    </Section>
  );
}

const explanation =
  "The share of held-out rows that each policy answers right: first the base model, then the model after warm-up, then " +
  "after each round. The bar through a point is its 95 % interval: how far the chance choice of rows can have moved it. " +
  "All charts have one scale.";

/** Names of categories and policies may come from imported data. */
function withVisibleLabels(table: ScoreTable): ScoreTable {
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, label: visible(column.label) })),
    rows: table.rows.map((row) => ({ ...row, label: visible(row.label), policy: visible(row.policy) })),
  };
}

interface PointOfScore {
  readonly policy: string;
  readonly order: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

function scoreChart(table: ScoreTable, column: number, domain: readonly [number, number]): ChartOptions {
  const points = table.rows.flatMap(({ policy, cells }, order): PointOfScore[] => {
    const cell = cells[column];
    if (cell === undefined) return [];
    const [accuracy, low, high] = [cell.accuracy * 100, cell.low * 100, cell.high * 100];
    return [{ policy: policyShortLabel(policy), order, accuracy, low, high }];
  });
  const color = (point: PointOfScore): string =>
    point.policy === "base" ? "var(--muted)" : point.policy === "warm-up" ? "var(--warm)" : "var(--accent)";
  return (width) => ({
    height: 236,
    ...policyAxis(
      table.rows.map(({ policy }) => policyShortLabel(policy)),
      width,
    ),
    y: { domain, label: "% right", grid: true, ticks: 5, tickSize: 0 },
    marks: [
      line(points, { x: "policy", y: "accuracy", stroke: "var(--line-strong)", sort: "order" }),
      ruleX(points, {
        x: "policy",
        y1: "low",
        y2: "high",
        stroke: color,
        strokeWidth: 2.5,
        strokeOpacity: 0.55,
      }),
      dot(points, { x: "policy", y: "accuracy", r: 2.6, fill: color }),
    ],
  });
}

/** Tens of percent around all intervals, so that charts can be compared with each other. */
function sharedDomain(scores: readonly Score[]): readonly [number, number] {
  const low = Math.floor(Math.min(...scores.map((score) => score.low)) * 10) * 10;
  const high = Math.ceil(Math.max(...scores.map((score) => score.high)) * 10) * 10;
  return [Math.max(0, low), Math.min(100, Math.max(high, low + 10))];
}

function ScoreNumbers({ table }: { readonly table: ScoreTable }) {
  return (
    <ScrollingTable caption="Percent right; beneath it the 95 % interval and the number of rows.">
      <thead>
        <tr>
          <th scope="col">Policy</th>
          {table.columns.map(({ label }) => (
            <th key={label} scope="col" class="number">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(({ policy, label, cells }) => (
          <tr key={policy}>
            <th scope="row">{label}</th>
            {cells.map((cell, column) => (
              <ScoreCell key={table.columns[column]?.label} score={cell} />
            ))}
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}

function ScoreCell({ score }: { readonly score: Score | undefined }) {
  if (score === undefined) return <td class="number absent">not run</td>;
  return (
    <td class="number">
      {percent(score.accuracy)}
      <small>
        {percent(score.low)}–{percent(score.high)}
        <br />
        of {count(score.total)}
      </small>
    </td>
  );
}

/** The finer labels of rows, e.g. kinds of argument work; nothing where there are none. */
function Tags({ evaluations }: { readonly evaluations: readonly EvaluationRecord[] }) {
  const names = [...new Set(evaluations.flatMap(({ tags }) => tags.map(({ name }) => name)))];
  if (names.length === 0) return null;
  return (
    <details data-print>
      <summary>Scores by kind of row</summary>
      <ScrollingTable caption="Percent right of the rows with a label; a row can have several. Beneath it the 95 % interval and the number of rows.">
        <thead>
          <tr>
            <th scope="col">Label</th>
            {evaluations.map(({ policy }) => (
              <th key={policy} scope="col" class="number">
                {visible(policyLabel(policy))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{visible(name)}</bdi>
              </th>
              {evaluations.map(({ policy, tags }) => (
                <ScoreCell key={policy} score={tags.find((tag) => tag.name === name)} />
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </details>
  );
}
