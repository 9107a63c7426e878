/** Loss, margin and the other curves of each training stage. */
import { areaY, lineY, windowY } from "@observablehq/plot";
import { stageLabel } from "../labels.js";
import type { Curve, StageCurves } from "../report-data.js";
import { Chart, type ChartOptions } from "./chart.js";
import { count, plural, significant } from "./format.js";
import { Section } from "./section.js";

/** Every stage with its curves; those of the optimiser itself are folded away. */
export function Training({ stages }: { readonly stages: readonly StageCurves[] }) {
  return (
    <Section id="training" title="Training curves" explanation={explanation}>
      {stages.map((stage) => (
        <StageView key={stage.stage} stage={stage} />
      ))}
    </Section>
  );
}

const explanation =
  "What each optimiser step reported. The thin line is the value of a step (of several, with their range, where a stage has " +
  "very many), the thick one its moving average. The loss of warm-up is that of the gold tokens; the losses of the rounds are those " +
  "of preference and cannot be compared with it. The margin is how much more the policy favours the chosen fragment over the rejected one.";

const optimizerMetrics: readonly string[] = ["gradientNorm", "learningRate"];

const metricLabels: ReadonlyMap<string, string> = new Map([
  ["loss", "Loss"],
  ["margin", "Margin"],
  ["accuracy", "Pairs with the chosen one ahead"],
  ["gradientNorm", "Gradient norm before clipping"],
  ["learningRate", "Learning rate"],
]);

function StageView({ stage }: { readonly stage: StageCurves }) {
  const main = stage.curves.filter(({ metric }) => !optimizerMetrics.includes(metric));
  const optimizer = stage.curves.filter(({ metric }) => optimizerMetrics.includes(metric));
  const label = stageLabel(stage.stage);
  return (
    <article>
      <h3>{label}</h3>
      <p class="note">
        {plural(stage.steps, "step")}, {plural(stage.tokens, "token")} through the model.
      </p>
      <Curves stage={label} curves={main} />
      {optimizer.length > 0 && (
        <details>
          <summary>Gradient norm and learning rate</summary>
          <Curves stage={label} curves={optimizer} />
        </details>
      )}
    </article>
  );
}

function Curves({ stage, curves }: { readonly stage: string; readonly curves: readonly Curve[] }) {
  return (
    <div class="charts">
      {curves.map((curve) => {
        const title = metricLabels.get(curve.metric) ?? curve.metric;
        return (
          <div key={curve.metric}>
            <Chart title={title} label={describe(stage, title, curve)} options={curveChart(curve)} />
            {curve.notFinite > 0 && (
              <p class="note warning">
                {plural(curve.notFinite, "step")} without a finite value, not in the curve.
              </p>
            )}
          </div>
        );
      })}
    </div>
  );
}

function describe(stage: string, title: string, { means, steps }: Curve): string {
  const [first, last] = [means[0], means.at(-1)];
  if (first === undefined || last === undefined) return `${title} of ${stage}: no finite value.`;
  return `${title} of ${stage}: from ${significant(first)} to ${significant(last)} at step ${count(steps.at(-1) ?? 0)}.`;
}

function curveChart({ metric, steps, means, range }: Curve): ChartOptions {
  const points = steps.map((step, index) => ({
    step,
    mean: means[index],
    low: range?.lows[index],
    high: range?.highs[index],
  }));
  const smooth = points.length >= 40 && !optimizerMetrics.includes(metric);
  const window = { k: 2 * Math.ceil(points.length / 60) + 1, anchor: "middle", reduce: "mean" } as const;
  return () => ({
    x: { label: "step", ticks: 5, tickFormat: ".2~s" },
    y: {
      label: null,
      grid: true,
      ticks: 5,
      nice: true,
      tickSize: 0,
      tickFormat: (tick: number) => significant(tick),
    },
    marks: [
      range === undefined
        ? null
        : areaY(points, { x: "step", y1: "low", y2: "high", fill: "var(--accent)", fillOpacity: 0.12 }),
      lineY(points, {
        x: "step",
        y: "mean",
        stroke: "var(--accent)",
        strokeWidth: smooth ? 0.8 : 1.6,
        strokeOpacity: smooth ? 0.45 : 1,
      }),
      smooth
        ? lineY(points, windowY(window, { x: "step", y: "mean", stroke: "var(--accent)", strokeWidth: 2 }))
        : null,
    ],
  });
}
