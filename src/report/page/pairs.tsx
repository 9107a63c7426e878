/** Preference pairs as text. */
import type { PairView, RoundView } from "../report-data.js";
import { splitDifference, type ThreeParts } from "./difference.js";
import { ExampleHead } from "./example-head.js";
import { plural, value, visible } from "./format.js";
import { ModelText } from "./model-text.js";
import { Section } from "./section.js";

/** A few pairs of each round; the first round is open. */
export function Pairs({ rounds }: { readonly rounds: readonly RoundView[] }) {
  const withPairs = rounds.filter(({ pairs }) => pairs > 0);
  return (
    <Section id="pairs" title="Preference pairs" explanation={explanation}>
      {withPairs.map((round, index) => (
        <details key={round.round} data-print open={index === 0}>
          <summary>
            Round {round.round} <span class="amount">{describe(round)}</span>
          </summary>
          {round.shownPairs.map((pair) => (
            <Pair key={pair.id} pair={pair} />
          ))}
        </details>
      ))}
    </Section>
  );
}

const explanation =
  "After the same beginning of a response, the search found one fragment to lead to better answers than another. Preference training makes the " +
  "chosen one more likely and the rejected one less. What differs is marked; the number is the value of the fragment. These few are a " +
  "random sample of all pairs.";

function describe({ pairs, meanGap, shownPairs }: RoundView): string {
  const gap = meanGap === undefined ? "" : `, mean difference of value ${value(meanGap)}`;
  return `${plural(pairs, "pair")}${gap}; ${shownPairs.length} shown`;
}

function Pair({ pair }: { readonly pair: PairView }) {
  const [chosen, rejected] = splitDifference(wholeText(pair.chosen), wholeText(pair.rejected));
  return (
    <article class="card">
      <ExampleHead exampleId={pair.exampleId} prompt={pair.prompt} request={pair.request} gold={pair.gold} />
      <dl class="alternatives">
        <dt>So far</dt>
        <dd>
          {pair.prefix.head === "" ? <em>the response begins here</em> : <ModelText text={pair.prefix} />}
        </dd>
        <dt class="chosen">Chosen {value(pair.chosenValue)}</dt>
        <dd>
          <Marked parts={chosen} kind="chosen" />
        </dd>
        <dt class="rejected">Rejected {value(pair.rejectedValue)}</dt>
        <dd>
          <Marked parts={rejected} kind="rejected" />
        </dd>
      </dl>
    </article>
  );
}

function wholeText({ head, omitted, tail }: PairView["chosen"]): string {
  return omitted === 0 ? head : `${head} … ${tail}`;
}

function Marked({ parts, kind }: { readonly parts: ThreeParts; readonly kind: "chosen" | "rejected" }) {
  return (
    <bdi class="model">
      {visible(parts.start)}
      <mark class={kind}>{visible(parts.own)}</mark>
      {visible(parts.end)}
    </bdi>
  );
}
