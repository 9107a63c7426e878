/** The scores of API-Bank as plain text: levels, what can be reached, categories, APIs. */
import type { ApiBankReport } from "../stages/api-bank-judging.js";
import type { ApiScore, LevelScore } from "../tasks/api-bank/index.js";

/** Lines end with a line feed; accuracies in percent with the 95 % interval. */
export function renderApiBank(report: ApiBankReport): string {
  const { official, strict, search, deficiencies } = report;
  if (official.length === 0) return "No result is of a sample that asks for a call.\n";
  return [
    `API-Bank. Tools were searched by ${search}.`,
    "",
    ...section("Official judging", official),
    ...(strict === undefined ? [] : section("Strict judging", strict)),
    "What was wrong, official judging",
    ...table(Object.entries(deficiencies).map(([name, count]) => [name, String(count)])),
    "",
  ].join("\n");
}

function section(title: string, levels: readonly LevelScore[]): string[] {
  return [title, ...table([levelHeading, ...levels.map(levelRow)]), "", ...levels.flatMap(levelDetail)];
}

const levelHeading = [
  "",
  "all calls",
  "",
  "each call once",
  "",
  "answered",
  "undecided",
  "literal ground truth",
];

function levelRow(score: LevelScore): string[] {
  const { level, all, distinct, answered, undecided, ceiling } = score;
  const [one, share] = scoreCells(all);
  const [other, otherShare] = scoreCells(distinct);
  const reachable = `${ceiling.correct} (${ceiling.withSearch} with this search, at most ${ceiling.correct + ceiling.undecided})`;
  return [level, one, share, other, otherShare, String(answered), String(undecided), reachable];
}

function scoreCells({ correct, total, accuracy, low, high }: LevelScore["all"]): [string, string] {
  return [`${correct} of ${total}`, `${percent(accuracy)} % [${percent(low)}, ${percent(high)}]`];
}

function levelDetail({ level, categories, apis }: LevelScore): string[] {
  const counted = Object.entries(categories).map(([name, count]) => [name, String(count)]);
  return [
    `${level}: verdicts`,
    ...table(counted),
    "",
    `${level}: by API`,
    ...table([["", "correct", "of", "literal ground truth"], ...apis.map(apiRow)]),
    "",
  ];
}

function apiRow({ name, correct, total, ceiling }: ApiScore): string[] {
  return [name, String(correct), String(total), String(ceiling.withSearch)];
}

/** Columns two spaces apart; the first flush left, the others flush right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}
