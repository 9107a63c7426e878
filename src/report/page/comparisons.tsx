/** Paired differences between policies. */
import { dot, ruleX, ruleY } from "@observablehq/plot";
import type { ComparisonRecord } from "../../spec/index.js";
import { type DifferenceRow, scoreTable } from "../score-table.js";
import { Chart, type ChartOptions } from "./chart.js";
import { points } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

const verdicts = { better: "better", worse: "worse", undecided: "not decided" } as const;

/** A chart of the differences with their intervals, and the numbers. */
export function Comparisons({ comparisons }: { readonly comparisons: readonly ComparisonRecord[] }) {
  const { differences } = scoreTable([], comparisons);
  return (
    <Section id="comparisons" title="Paired comparisons" explanation={explanation}>
      <div class="charts one">
        <Chart
          title="Difference in percentage points"
          label="Difference of each pair of policies with its 95 % interval; the numbers are in the table below."
          options={differenceChart(differences)}
        />
      </div>
      <ScrollingTable caption="Difference of the shares answered right, in percentage points, with the 95 % bootstrap interval.">
        <thead>
          <tr>
            <th scope="col">From → to</th>
            <th scope="col" class="number">
              Difference
            </th>
            <th scope="col" class="number">
              95 % interval
            </th>
            <th scope="col">The later one is</th>
          </tr>
        </thead>
        <tbody>
          {differences.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              <td class="number">{points(row.difference)}</td>
              <td class="number">{`${points(row.low)} to ${points(row.high)}`}</td>
              <td class={`verdict ${row.verdict}`}>{verdicts[row.verdict]}</td>
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </Section>
  );
}

const explanation =
  "Two policies answer the same rows, so their difference is known better than either score. Where the interval does not " +
  "contain 0, the rows decide which policy is better; where it does, they do not.";

const colors = { better: "var(--good)", worse: "var(--bad)", undecided: "var(--muted)" } as const;

function differenceChart(rows: readonly DifferenceRow[]): ChartOptions {
  const data = rows.map(({ label, difference, low, high, verdict }) => ({
    label,
    difference: difference * 100,
    low: low * 100,
    high: high * 100,
    color: colors[verdict],
  }));
  return () => ({
    height: 58 + 26 * rows.length,
    marginLeft: 132,
    x: {
      label: "percentage points",
      grid: true,
      nice: true,
      tickFormat: (tick: number) => points(tick / 100).replace(".0", ""),
    },
    y: { domain: rows.map(({ label }) => label), label: null, tickSize: 0 },
    marks: [
      ruleX([0], { stroke: "var(--line-strong)" }),
      ruleY(data, {
        y: "label",
        x1: "low",
        x2: "high",
        stroke: "color",
        strokeWidth: 2.5,
        strokeOpacity: 0.55,
      }),
      dot(data, { y: "label", x: "difference", r: 3.2, fill: "color" }),
    ],
  });
}
