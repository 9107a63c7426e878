/** Perplexity of each round's hard rows, before and after the round. */
import { dot, ruleX } from "@observablehq/plot";
import type { Distribution, PerplexityChange } from "../report-data.js";
import { Chart, type ChartOptions } from "./chart.js";
import { count, percent, perplexity, plural, significant } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

/** The distributions of all rounds on one logarithmic scale, and the numbers. */
export function Perplexity({ changes }: { readonly changes: readonly PerplexityChange[] }) {
  const missing = changes.reduce(
    (sum, { before, after }) => sum + before.notFinite + (after?.notFinite ?? 0),
    0,
  );
  return (
    <Section id="perplexity" title="Perplexity of the hard set" explanation={explanation}>
      <div class="charts one">
        <Chart
          title="Perplexity of the gold response (logarithmic)"
          label="Distribution of the perplexity of the hard rows of each round, before and after it; the numbers are in the table below."
          options={perplexityChart(changes)}
        />
      </div>
      <p class="legend">
        <span class="key before">before the round</span> <span class="key after">after the round</span>
      </p>
      <Numbers changes={changes} />
      {missing > 0 && (
        <p class="note warning">{plural(missing, "perplexity value")} not finite, and in no number here.</p>
      )}
    </Section>
  );
}

const explanation =
  "Each round works on the rows whose right answer surprises the policy most: those of the highest perplexity (1 would be no surprise " +
  "at all). The policy after the round scores the same rows again. Dot: the median; thick bar: the middle half of the rows; thin bar: " +
  "the middle four fifths.";

const sides = { before: "var(--muted)", after: "var(--accent)" } as const;

function perplexityChart(changes: readonly PerplexityChange[]): ChartOptions {
  const data = changes.flatMap(({ round, before, after }) => [
    ...quantileRow(round, "before", before),
    ...(after === undefined ? [] : quantileRow(round, "after", after)),
  ]);
  if (data.length === 0) return () => ({});
  return () => ({
    height: 240,
    fx: {
      label: null,
      padding: 0.1,
      tickFormat: (round: number) => (changes.length > 4 ? `r${round}` : `Round ${round}`),
    },
    x: { axis: null, domain: ["before", "after"], padding: 0.9, type: "point" },
    y: {
      type: "log",
      domain: [Math.min(...data.map(({ p10 }) => p10)) / 1.1, Math.max(...data.map(({ p90 }) => p90)) * 1.1],
      label: "perplexity",
      grid: true,
      ticks: 5,
      tickFormat: (tick: number) => significant(tick),
      tickSize: 0,
    },
    marks: [
      ruleX(data, { fx: "round", x: "side", y1: "p10", y2: "p90", stroke: "color" }),
      ruleX(data, { fx: "round", x: "side", y1: "p25", y2: "p75", stroke: "color", strokeWidth: 6 }),
      dot(data, {
        fx: "round",
        x: "side",
        y: "p50",
        r: 4,
        fill: "var(--paper)",
        stroke: "color",
        strokeWidth: 2,
      }),
    ],
  });
}

function quantileRow(round: number, side: "before" | "after", { count: rows, quantiles }: Distribution) {
  const [p10, p25, p50, p75, p90] = quantiles;
  return rows === 0 ? [] : [{ round, side, p10, p25, p50, p75, p90, color: sides[side] }];
}

function Numbers({ changes }: { readonly changes: readonly PerplexityChange[] }) {
  return (
    <ScrollingTable caption="Perplexity of the hard rows: median, and beneath it the 10th to the 90th percentile; geometric mean; share of rows whose perplexity fell.">
      <thead>
        <tr>
          <th scope="col">Round</th>
          <th scope="col" class="number">
            Rows
          </th>
          <th scope="col" class="number">
            Median before
          </th>
          <th scope="col" class="number">
            Median after
          </th>
          <th scope="col" class="number">
            Mean before
          </th>
          <th scope="col" class="number">
            Mean after
          </th>
          <th scope="col" class="number">
            Fell
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ round, before, after, fell }) => (
          <tr key={round}>
            <th scope="row">Round {round}</th>
            <td class="number">{count(before.count)}</td>
            <MedianCell distribution={before} />
            <MedianCell distribution={after} />
            <td class="number">{before.count > 0 ? perplexity(before.geometricMean) : "–"}</td>
            <td class="number">
              {after !== undefined && after.count > 0 ? perplexity(after.geometricMean) : "–"}
            </td>
            <td class="number">{fell === undefined ? "–" : `${percent(fell)} %`}</td>
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}

function MedianCell({ distribution }: { readonly distribution: Distribution | undefined }) {
  if (distribution === undefined || distribution.count === 0)
    return <td class="number absent">not scored</td>;
  const [p10, , p50, , p90] = distribution.quantiles;
  return (
    <td class="number">
      {perplexity(p50)}
      <small>
        {perplexity(p10)}–{perplexity(p90)}
      </small>
    </td>
  );
}
