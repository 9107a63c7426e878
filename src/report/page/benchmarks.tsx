/** Scores on benchmarks, and what is wrong with the failed items, by category and by function. */
import type { Deficiency } from "../../spec/index.js";
import { deficiencyLabels, deficiencyOrder } from "../labels.js";
import type { BenchmarkView } from "../report-data.js";
import { count, percent, plural, visible } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

/** Figures, then the two tables of deficiencies. */
export function Benchmarks({ benchmarks }: { readonly benchmarks: readonly BenchmarkView[] }) {
  return (
    <Section id="benchmarks" title="Benchmarks" explanation={explanation}>
      {benchmarks.map((benchmark) => (
        <Benchmark key={benchmark.name} benchmark={benchmark} />
      ))}
    </Section>
  );
}

const explanation =
  "Judged item for item as the benchmark's own evaluator does. Each failed item belongs to one class, by the first thing " +
  "that is wrong with it; it counts for the function which that concerns, where it concerns one.";

function Benchmark({ benchmark }: { readonly benchmark: BenchmarkView }) {
  const { name, correct, total, figures, categories, tools, omittedTools } = benchmark;
  const more =
    omittedTools === 0 ? "" : ` ${plural(omittedTools, "more function")} with fewer are not shown.`;
  return (
    <>
      <h3>{`${visible(name)}: ${count(correct)} of ${plural(total, "item")} right`}</h3>
      {figures.length > 0 && <Figures figures={figures} />}
      <FaultTable
        caption="Failed items of each category, by class."
        head="Category"
        rows={categories}
        scored
      />
      {tools.length > 0 && (
        <FaultTable
          caption={`Failed items of each function, or class of a simulation, by class of deficiency.${more}`}
          head="Function or class"
          rows={tools}
        />
      )}
    </>
  );
}

function Figures({ figures }: Pick<BenchmarkView, "figures">) {
  return (
    <ScrollingTable caption="Figures in percent, with 95 % intervals. One that lacks a category is absent.">
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">As computed</th>
          <th scope="col" class="number">
            %
          </th>
          <th scope="col" class="number">
            95 %
          </th>
        </tr>
      </thead>
      <tbody>
        {figures.map(({ name, group, accuracy, low, high }) => (
          <tr key={`${group} ${name}`}>
            <th scope="row">{visible(name)}</th>
            <td>{visible(group)}</td>
            <td class="number">{percent(accuracy)}</td>
            <td class="number">{`${percent(low)} – ${percent(high)}`}</td>
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}

interface FaultRow {
  readonly name: string;
  readonly correct?: number;
  readonly total?: number;
  readonly deficiencies: Readonly<Partial<Record<Deficiency, number>>>;
}

function FaultTable(props: {
  readonly caption: string;
  readonly head: string;
  readonly rows: readonly FaultRow[];
  readonly scored?: boolean;
}) {
  const { caption, head, rows, scored = false } = props;
  const classes = deficiencyOrder.filter((name) => rows.some((row) => (row.deficiencies[name] ?? 0) > 0));
  return (
    <ScrollingTable caption={caption}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {scored && (
            <th scope="col" class="number">
              Right
            </th>
          )}
          <th scope="col" class="number">
            Failed
          </th>
          {classes.map((name) => (
            <th key={name} scope="col" class="number wrapped">
              {deficiencyLabels[name]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">
              <bdi>{visible(row.name)}</bdi>
            </th>
            {scored && <td class="number">{`${count(row.correct ?? 0)} of ${count(row.total ?? 0)}`}</td>}
            <td class="number">{count(failures(row.deficiencies))}</td>
            {classes.map((name) => (
              <td key={name} class="number">
                {count(row.deficiencies[name] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}

function failures(deficiencies: FaultRow["deficiencies"]): number {
  return Object.values(deficiencies).reduce((sum, number) => sum + number, 0);
}
