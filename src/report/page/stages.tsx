/** Time and sizes of each stage. */
import { stageLabel } from "../labels.js";
import type { StageTiming } from "../report-data.js";
import { count, duration } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

/** One row for each stage, with a bar for its part of the time, and the sum. */
export function Stages({ stages }: { readonly stages: readonly StageTiming[] }) {
  const longest = Math.max(...stages.map(({ seconds }) => seconds), Number.MIN_VALUE);
  const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <Section id="stages" title="Time and sizes" explanation={explanation}>
      <ScrollingTable caption="Stages in the order they ran.">
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" class="number">
              Time
            </th>
            <th scope="col" aria-label="Time as a bar" />
            <th scope="col">Sizes</th>
          </tr>
        </thead>
        <tbody>
          {stages.map(({ stage, seconds, sizes }) => (
            <tr key={stage}>
              <th scope="row">{stageLabel(stage)}</th>
              <td class="number">{duration(seconds)}</td>
              <td class="bar">
                <span style={{ width: `${((100 * seconds) / longest).toFixed(1)}%` }} />
              </td>
              <td class="sizes">{sizesText(sizes)}</td>
            </tr>
          ))}
          <tr class="total">
            <th scope="row">All stages</th>
            <td class="number">{duration(total)}</td>
            <td />
            <td />
          </tr>
        </tbody>
      </ScrollingTable>
    </Section>
  );
}

const explanation =
  "How long each stage took on this machine, and how much it handled. Stages that a resumed run took over as they were count with their first time.";

function sizesText(sizes: StageTiming["sizes"]): string {
  return Object.entries(sizes)
    .map(([unit, size]) => `${count(size)} ${unit}`)
    .join(", ");
}
