/** The page: title, summary, contents, and every part for which the run has something to show. */
import type { ComponentChildren } from "preact";
import { policyLabel } from "../labels.js";
import type { ReportData } from "../report-data.js";
import { Benchmarks } from "./benchmarks.js";
import { Comparisons } from "./comparisons.js";
import { Deficiencies } from "./deficiencies.js";
import { percent, plural, visible } from "./format.js";
import { Imports } from "./imports.js";
import { Pairs } from "./pairs.js";
import { Perplexity } from "./perplexity.js";
import { Scores } from "./scores.js";
import { Settings } from "./settings.js";
import { Stages } from "./stages.js";
import { Training } from "./training.js";
import { Trees } from "./trees.js";

interface Part {
  readonly id: string;
  readonly title: string;
  readonly present: boolean;
  readonly view: () => ComponentChildren;
}

/** The whole page. A part without data is not drawn, but named at the end. */
export function App({ data }: { readonly data: ReportData }) {
  const parts = partsOf(data);
  const present = parts.filter((part) => part.present);
  const absent = parts.filter((part) => !part.present);
  return (
    <>
      <Header data={data} />
      {present.length > 0 && (
        <nav aria-label="Contents">
          {present.map(({ id, title }) => (
            <a key={id} href={`#${id}`}>
              {title}
            </a>
          ))}
        </nav>
      )}
      <main>{present.map(({ view }) => view())}</main>
      {absent.length > 0 && (
        <footer>
          <p>
            Not part of this run, and so not shown:{" "}
            {absent.map(({ title }) => title.toLowerCase()).join(", ")}.
          </p>
        </footer>
      )}
    </>
  );
}

function partsOf(data: ReportData): readonly Part[] {
  const { evaluations, comparisons, benchmarks, training, perplexities, rounds, imports, stages, settings } =
    data;
  // A run has no benchmarks of its own, and does not say so.
  const measured =
    benchmarks.length === 0
      ? []
      : [part("benchmarks", "Benchmarks", true, () => <Benchmarks benchmarks={benchmarks} />)];
  return [
    ...measured,
    part("scores", "Scores", evaluations.length > 0, () => <Scores evaluations={evaluations} />),
    part("comparisons", "Paired comparisons", comparisons.length > 0, () => (
      <Comparisons comparisons={comparisons} />
    )),
    part("deficiencies", "What goes wrong", evaluations.length > 0, () => (
      <Deficiencies evaluations={evaluations} />
    )),
    part("training", "Training curves", training.length > 0, () => <Training stages={training} />),
    part("perplexity", "Perplexity of the hard set", perplexities.length > 0, () => (
      <Perplexity changes={perplexities} />
    )),
    part(
      "trees",
      "Search trees",
      rounds.some(({ trees }) => trees > 0),
      () => <Trees rounds={rounds} />,
    ),
    part(
      "pairs",
      "Preference pairs",
      rounds.some(({ pairs }) => pairs > 0),
      () => <Pairs rounds={rounds} />,
    ),
    part("imports", "Rows set aside", imports.sources.length > 0 || imports.rejected > 0, () => (
      <Imports imports={imports} />
    )),
    part("stages", "Time and sizes", stages.length > 0, () => <Stages stages={stages} />),
    part("settings", "Settings", Object.keys(settings).length > 0, () => <Settings settings={settings} />),
  ];
}

function part(id: string, title: string, present: boolean, view: () => ComponentChildren): Part {
  return { id, title, present, view };
}

function Header({ data }: { readonly data: ReportData }) {
  return (
    <header>
      <p class="kind">iTool run report</p>
      <h1>
        <bdi>{visible(data.title)}</bdi>
      </h1>
      {data.facts.length > 0 && (
        <dl class="facts">
          {data.facts.map(({ label, value }) => (
            <div key={label}>
              <dt>{visible(label)}</dt>
              <dd>
                <bdi>{visible(value)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Summary evaluations={data.evaluations} />
    </header>
  );
}

function Summary({ evaluations }: Pick<ReportData, "evaluations">) {
  const first = evaluations[0];
  const last = evaluations.at(-1);
  if (first === undefined || last === undefined) return null;
  const start = `${visible(policyLabel(first.policy))} answers ${percent(first.overall.accuracy)}\u00a0% of ${plural(first.overall.total, "held-out row")} right`;
  const rest =
    last === first
      ? ""
      : `; ${visible(policyLabel(last.policy))} answers ${percent(last.overall.accuracy)}\u00a0%`;
  return <p class="summary">{`${start}${rest}.`}</p>;
}
