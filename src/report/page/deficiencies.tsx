/** Deficiency classes of the wrong answers, policy by policy. */
import { dot, line, ruleY } from "@observablehq/plot";
import type { Deficiency, EvaluationRecord } from "../../spec/index.js";
import { deficiencyLabels, deficiencyOrder, policyLabel, policyShortLabel } from "../labels.js";
import { Chart, type ChartOptions, policyAxis } from "./chart.js";
import { count } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

/** A small chart for each class that occurs, on one scale, and the counts. */
export function Deficiencies({ evaluations }: { readonly evaluations: readonly EvaluationRecord[] }) {
  const classes = deficiencyOrder.filter((name) =>
    evaluations.some((record) => (record.deficiencies[name] ?? 0) > 0),
  );
  const rates = classes.flatMap((name) => evaluations.map((record) => rate(record, name)));
  return (
    <Section id="deficiencies" title="What goes wrong" explanation={explanation}>
      {classes.length === 0 && <p>No wrong answer was found.</p>}
      <div class="charts small">
        {classes.map((name) => (
          <Chart
            key={name}
            title={deficiencyLabels[name]}
            label={`${deficiencyLabels[name]}: wrong answers of this class in a hundred rows, for each policy; the counts are in the table below.`}
            options={rateChart(evaluations, name, Math.max(...rates))}
          />
        ))}
      </div>
      {classes.length > 0 && <Counts evaluations={evaluations} classes={classes} />}
    </Section>
  );
}

const explanation =
  "Every wrong answer is sorted into classes by what is wrong with it; one answer can belong to several. The charts count " +
  "them in a hundred rows, all on one scale: lower is better.";

function rate(record: EvaluationRecord, name: Deficiency): number {
  return record.overall.total === 0 ? 0 : (100 * (record.deficiencies[name] ?? 0)) / record.overall.total;
}

function rateChart(
  evaluations: readonly EvaluationRecord[],
  name: Deficiency,
  highest: number,
): ChartOptions {
  const data = evaluations.map((record) => ({
    policy: policyShortLabel(record.policy),
    rate: rate(record, name),
  }));
  return (width) => ({
    height: 158,
    ...policyAxis(
      data.map(({ policy }) => policy),
      width,
    ),
    y: { domain: [0, highest], label: "in 100 rows", grid: true, ticks: 4, tickSize: 0 },
    marks: [
      ruleY([0], { stroke: "var(--line-strong)" }),
      line(data, { x: "policy", y: "rate", stroke: "var(--bad)", strokeOpacity: 0.5 }),
      dot(data, { x: "policy", y: "rate", r: 3, fill: "var(--bad)" }),
    ],
  });
}

function Counts(props: {
  readonly evaluations: readonly EvaluationRecord[];
  readonly classes: readonly Deficiency[];
}) {
  const { evaluations, classes } = props;
  return (
    <ScrollingTable caption="Number of wrong answers of each class.">
      <thead>
        <tr>
          <th scope="col">Class</th>
          {evaluations.map(({ policy }) => (
            <th key={policy} scope="col" class="number">
              {policyLabel(policy)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classes.map((name) => (
          <tr key={name}>
            <th scope="row">{deficiencyLabels[name]}</th>
            {evaluations.map(({ policy, deficiencies }) => (
              <td key={policy} class="number">
                {count(deficiencies[name] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
        <tr class="total">
          <th scope="row">Wrong answers in all</th>
          {evaluations.map(({ policy, overall }) => (
            <td key={policy} class="number">
              {count(overall.total - overall.correct)}
            </td>
          ))}
        </tr>
      </tbody>
    </ScrollingTable>
  );
}
