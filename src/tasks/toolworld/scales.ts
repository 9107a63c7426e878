/**
 * The rules that argument work follows: everyday words for enumerations, units and how to convert them, currencies.
 * Unlike names and nouns these are shared by training and evaluation: they are what is to be learnt.
 */
import type { ScaleName, Unit } from "./attribute.js";

/** An everyday word and the values that it can mean, the first being the one to write. */
export interface Synonym {
  readonly said: string;
  readonly means: readonly string[];
}

interface Scale {
  readonly values: readonly string[];
  readonly synonyms: readonly Synonym[];
}

/** The shared enumerations. Each line of a table: a value, then the words that mean it. */
export const SCALES: Readonly<Record<ScaleName, Scale>> = {
  size: createScale("small: little, tiny | medium: average, mid-sized | large: big, huge"),
  priority: createScale("low: minor, unimportant | normal: usual, ordinary | high: urgent, top, pressing"),
  speed: createScale("slow: gentle, unhurried | normal: usual, ordinary | fast: quick, rapid, express"),
  level: createScale("low: slight, mild | medium: moderate, middling | high: severe, serious, strong"),
  order: createScale("ascending: rising, increasing | descending: falling, decreasing"),
  repeat: createScale(
    "daily: every day, each day | weekly: every week, once a week | monthly: every month | yearly: every year",
  ),
  mood: createScale("calm: relaxed, quiet | cosy: homely, snug | lively: cheerful, party"),
  weekday: createScale(
    "mon: Monday | tue: Tuesday | wed: Wednesday | thu: Thursday | fri: Friday | sat: Saturday | sun: Sunday",
  ),
  period: createScale(
    "morning: early hours | noon: midday | afternoon: late afternoon | evening: dusk | night: dark hours",
    [{ said: "late hours", means: ["evening", "night"] }],
  ),
  quality: createScale("basic: cheap, simple | standard: ordinary, usual | premium: luxury, top"),
  heat: createScale("cold: chilly, cool | warm: mild, cosy | hot: very warm, burning"),
  access: createScale("read: view only, reading | write: editing, changing | admin: full, owner"),
  age: createScale("child: young, little | adult: grown, grown-up | senior: old, elderly"),
};

function createScale(table: string, further: readonly Synonym[] = []): Scale {
  const lines = table.split(" | ").map((line) => line.split(": "));
  const synonyms = lines.flatMap(([value, list]) =>
    list!.split(", ").map((said) => ({ said, means: [value!] })),
  );
  return { values: lines.map(([value]) => value!), synonyms: [...synonyms, ...further] };
}

/** Another unit for the same quantity: one of it is `factor` of the declared unit. */
export interface OtherUnit {
  readonly name: string;
  readonly factor: number;
}

/** How else people give a quantity whose unit the schema declares. */
export const OTHER_UNITS: Readonly<Record<Unit, readonly OtherUnit[]>> = {
  metres: [{ name: "kilometres", factor: 1000 }],
  kilometres: [{ name: "metres", factor: 0.001 }],
  grams: [{ name: "kilograms", factor: 1000 }],
  kilograms: [
    { name: "grams", factor: 0.001 },
    { name: "tonnes", factor: 1000 },
  ],
  millilitres: [{ name: "litres", factor: 1000 }],
  centimetres: [{ name: "metres", factor: 100 }],
  seconds: [{ name: "minutes", factor: 60 }],
  hours: [{ name: "days", factor: 24 }],
};

/** ISO 4217 codes and the word for the money. */
export const CURRENCIES: readonly (readonly [code: string, said: string])[] = [
  ["EUR", "euros"],
  ["USD", "dollars"],
  ["GBP", "pounds"],
  ["JPY", "yen"],
  ["CHF", "francs"],
  ["INR", "rupees"],
  ["CNY", "yuan"],
  ["SEK", "kronor"],
  ["PLN", "zloty"],
  ["TRY", "lira"],
  ["KRW", "won"],
  ["MXN", "pesos"],
];

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** A whole number from 0 to 99 in words: `forty-two`. */
export function numberInWords(value: number): string {
  if (value < 20) return ONES[value]!;
  const unit = value % 10;
  const tens = TENS[Math.floor(value / 10)]!;
  return unit === 0 ? tens : `${tens}-${ONES[unit]!}`;
}
