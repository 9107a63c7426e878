/** Values that are said in another form than the call needs: one function for each kind of argument work. */
import { InputError, type JsonValue } from "../../spec/index.js";
import type { Attribute, ValueKind } from "./attribute.js";
import {
  addDays,
  clock12,
  clock24,
  dayMonthYear,
  monthDayYear,
  weekdayIndex,
  weekdayName,
} from "./calendar-dates.js";
import {
  type DrawnValue,
  drawDate,
  drawPerson,
  drawText,
  inOrder,
  integerIn,
  type NameOrder,
  plainValue,
  type ValueContext,
} from "./plain-values.js";
import { digits, pseudoName, pseudoWord } from "./pseudo.js";
import { CURRENCIES, numberInWords, OTHER_UNITS, SCALES } from "./scales.js";
import type { ArgumentWork } from "./work.js";

/**
 * A value that needs this work.
 *
 * @throws InputError where values of this kind never need the work.
 */
export function workedValue(
  attribute: Attribute,
  work: ArgumentWork,
  context: ValueContext,
  order: NameOrder | undefined,
): DrawnValue {
  const { kind } = attribute;
  if (work === "correction") return corrected(kind, context);
  switch (kind.type) {
    case "code":
      return worked(work, drawText("code", context.random, context.side));
    case "person":
      return reorderedName(context, order);
    case "email":
    case "phone":
      return assembledContact(kind.type, context);
    case "date":
      return work === "written-date" ? writtenDate(context) : relativeDate(attribute, context);
    case "time":
      return clockTime(context);
    case "minutes":
      return duration(context);
    case "fraction":
      return percent(context);
    case "currency":
      return currencyWord(context);
    case "integer":
      return work === "number-words" ? wordedNumber(kind, context) : addedNumber(kind, context);
    case "measure":
      return convertedMeasure(kind, context);
    case "scale":
      return synonym(kind, context);
    case "flag":
      return phrasedFlag(kind, context);
    case "list":
      return listed(kind, context);
    case "record":
      return nested(kind, context);
    default:
      throw new InputError(`A value of kind "${kind.type}" never needs "${work}".`, {
        kind: kind.type,
        work,
      });
  }
}

function worked(work: ArgumentWork, gold: JsonValue, said = String(gold), phrase?: string): DrawnValue {
  const value = { gold, alternatives: [], said, works: [work] };
  return phrase === undefined ? value : { ...value, phrase };
}

function corrected(kind: ValueKind, { random, side }: ValueContext): DrawnValue {
  const draw = (): string =>
    kind.type === "choice"
      ? random.choice(kind.values)
      : drawText(kind.type === "place" || kind.type === "name" ? kind.type : "word", random, side);
  const right = draw();
  let wrong = draw();
  while (wrong === right) wrong = draw();
  const said = [
    `${right} instead of ${wrong}`,
    `${right} rather than ${wrong}`,
    `${right} and not ${wrong}`,
    `${right}, not ${wrong}`,
  ];
  return worked("correction", right, random.choice(said));
}

function reorderedName({ random, side }: ValueContext, order: NameOrder | undefined): DrawnValue {
  const person = drawPerson(random, side);
  const wanted = order ?? "first-last";
  const other = wanted === "last-first" ? "first-last" : "last-first";
  return worked("name-order", inOrder(person, wanted), inOrder(person, other));
}

function assembledContact(type: "email" | "phone", { random, side }: ValueContext): DrawnValue {
  if (type === "phone") {
    const parts = [digits(random, 3), digits(random, 3), digits(random, 4)];
    return worked("contact-assembly", parts.join("-"), parts.join(" "));
  }
  const [user, host] = [pseudoWord(random, side), pseudoWord(random, side)];
  const zone = random.choice(["com", "org", "net"]);
  return worked("contact-assembly", `${user}@${host}.${zone}`, `${user} at ${host} dot ${zone}`);
}

function relativeDate(attribute: Attribute, { random, today }: ValueContext): DrawnValue {
  const draw = random.integer(6);
  if (draw === 0) return worked("relative-date", today, "today");
  if (draw === 1) return worked("relative-date", addDays(today, 1), "tomorrow");
  if (draw === 2) return worked("relative-date", addDays(today, 2), "the day after tomorrow");
  if (draw === 3) {
    const days = 1 + random.integer(7);
    const said = `the coming ${weekdayName(weekdayIndex(today) + days)}`;
    return worked("relative-date", addDays(today, days), said);
  }
  const days = 3 + random.integer(draw === 4 ? 6 : 18);
  const said = `the day ${days} days from today`;
  const phrase = attribute.phrases[0] === "on {}" ? `in ${days} days` : undefined;
  return worked("relative-date", addDays(today, days), said, phrase);
}

function writtenDate(context: ValueContext): DrawnValue {
  const date = drawDate(context);
  return worked(
    "written-date",
    date,
    context.random.uniform() < 0.6 ? dayMonthYear(date) : monthDayYear(date),
  );
}

function clockTime({ random }: ValueContext): DrawnValue {
  const hour = random.integer(24);
  const minute = random.choice([0, 0, 0, 15, 30, 45, 10, 20, 40, 50]);
  return worked("clock-time", clock24(hour, minute), clock12(hour, minute));
}

function duration({ random }: ValueContext): DrawnValue {
  const hours = 1 + random.integer(6);
  const unit = hours === 1 ? "hour" : "hours";
  switch (random.integer(4)) {
    case 0:
      return worked("duration", 30, "half an hour");
    case 1:
      return worked("duration", 60 * hours, `${hours} ${unit}`);
    case 2:
      return worked(
        "duration",
        60 * hours + 30,
        hours === 1 ? "an hour and a half" : `${hours} and a half hours`,
      );
    default: {
      const rest = 10 * (1 + random.integer(5));
      return worked("duration", 60 * hours + rest, `${hours} ${unit} ${rest} minutes`);
    }
  }
}

function percent({ random }: ValueContext): DrawnValue {
  const value = 1 + random.integer(95);
  return worked("percent-fraction", value / 100, random.uniform() < 0.5 ? `${value} percent` : `${value}%`);
}

function currencyWord({ random }: ValueContext): DrawnValue {
  const [code, said] = random.choice(CURRENCIES);
  return worked("currency-code", code, said);
}

type IntegerKind = Extract<ValueKind, { type: "integer" }>;

function wordedNumber(kind: IntegerKind, { random }: ValueContext): DrawnValue {
  const high = Math.min(kind.high, 99);
  const value = integerIn(
    random,
    kind.low,
    random.uniform() < 0.7 ? Math.max(kind.low, Math.min(high, 12)) : high,
  );
  return worked("number-words", value, numberInWords(value));
}

function addedNumber(kind: IntegerKind, { random }: ValueContext): DrawnValue {
  const sum = integerIn(random, Math.max(2, kind.low), Math.max(2, Math.min(kind.high, kind.low + 40)));
  const first = 1 + random.integer(sum - 1);
  const second = sum - first;
  const said = `${first} plus ${second}`;
  if (kind.parts === undefined) return worked("arithmetic-total", sum, said);
  const phrase = kind.parts.replace("{}", String(first)).replace("{}", String(second));
  return worked("arithmetic-total", sum, said, phrase);
}

type MeasureKind = Extract<ValueKind, { type: "measure" }>;

/** The quantity in another unit. The number said has at most one decimal, the number wanted at most three. */
function convertedMeasure(kind: MeasureKind, { random }: ValueContext): DrawnValue {
  const unit = random.choice(OTHER_UNITS[kind.unit]);
  const number =
    unit.factor < 1 ? 50 * (1 + random.integer(60)) : smallNumber(random.integer(20), random.uniform());
  const gold = Math.round(number * unit.factor * 1000) / 1000;
  return worked("unit-conversion", gold, `${number} ${unit.name}`);
}

function smallNumber(whole: number, draw: number): number {
  return draw < 0.6 ? whole + 1 : whole + (draw < 0.8 ? 1.5 : 0.5);
}

function synonym(kind: Extract<ValueKind, { type: "scale" }>, { random }: ValueContext): DrawnValue {
  const { said, means } = random.choice(SCALES[kind.scale].synonyms);
  return { gold: means[0]!, alternatives: means.slice(1), said, works: ["enum-synonym"] };
}

function phrasedFlag(kind: Extract<ValueKind, { type: "flag" }>, { random }: ValueContext): DrawnValue {
  const gold = random.uniform() < 0.5;
  return worked("boolean-phrase", gold, gold ? "True" : "False", gold ? kind.yes : kind.no);
}

function listed(kind: Extract<ValueKind, { type: "list" }>, { random, side }: ValueContext): DrawnValue {
  const length = 2 + random.integer(2);
  const items: (string | number)[] = [];
  while (items.length < length) {
    const item = drawItem(kind.of, { random, side });
    if (!items.includes(item)) items.push(item);
  }
  const said = `${items.slice(0, -1).join(", ")} and ${items[length - 1]!}`;
  return worked("list", items, said);
}

function drawItem(
  of: "word" | "name" | "integer",
  { random, side }: Omit<ValueContext, "today">,
): string | number {
  if (of === "integer") return 1 + random.integer(200);
  return of === "name" ? pseudoName(random, side) : drawText("word", random, side);
}

function nested(kind: Extract<ValueKind, { type: "record" }>, context: ValueContext): DrawnValue {
  const drawn = kind.fields.map((field) => ({ field, value: plainValue(field.kind, context) }));
  const gold = Object.fromEntries(drawn.map(({ field, value }) => [field.name, value.gold]));
  const said = drawn
    .map(({ field, value }) => `${field.name.replaceAll("_", " ")} ${value.said}`)
    .join(" and ");
  return worked("nested-object", gold, said);
}
