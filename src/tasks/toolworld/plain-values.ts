/**
 * Plain values: what is said in the request is, character for character, what has to stand in the call, so that a model
 * can copy. Nothing is repeated between rows: names, codes and phrases come from the endless space of `pseudo.ts`.
 */
import type { Random } from "../../method/index.js";
import type { JsonValue } from "../../spec/index.js";
import type { ValueKind } from "./attribute.js";
import { addDays, clock24 } from "./calendar-dates.js";
import { digits, pseudoCode, pseudoName, pseudoWord, type Side } from "./pseudo.js";
import { CURRENCIES, SCALES } from "./scales.js";
import { EVALUATION_WORDS, TRAINING_WORDS } from "./word-lists.js";
import type { ArgumentWork } from "./work.js";

/** What drawing a value may look at. */
export interface ValueContext {
  readonly random: Random;
  readonly side: Side;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** A value of an argument. */
export interface DrawnValue {
  /** As it stands in the call. */
  readonly gold: JsonValue;
  /** Other values that are as right. */
  readonly alternatives: readonly JsonValue[];
  /** As it is said where a phrase has `{}`. */
  readonly said: string;
  /** A phrase that says it whole, in place of the attribute's own phrases. */
  readonly phrase?: string;
  readonly works: readonly ArgumentWork[];
}

/** How a person's name is to be written, where the schema says so. */
export type NameOrder = "last-first" | "first-last";

function copied(gold: string | number, said = String(gold)): DrawnValue {
  return { gold, alternatives: [], said, works: [] };
}

/** A value that the request says exactly as the call needs it. Not for lists and records, which never are. */
export function plainValue(kind: ValueKind, context: ValueContext, order?: NameOrder): DrawnValue {
  const { random, side } = context;
  switch (kind.type) {
    case "integer":
      return copied(integerIn(random, kind.low, kind.high));
    case "decimal":
      return copied(decimalIn(random, kind.low, kind.high, kind.digits));
    case "measure": {
      const value = integerIn(random, Math.ceil(kind.low), kind.high);
      return copied(value, `${value} ${kind.unit}`);
    }
    case "minutes":
      return plainMinutes(random);
    case "fraction":
      return copied((1 + random.integer(95)) / 100);
    case "scale":
      return copied(random.choice(SCALES[kind.scale].values));
    case "choice":
      return copied(random.choice(kind.values));
    case "flag": {
      const gold = random.uniform() < 0.5;
      return { gold, alternatives: [], said: gold ? "True" : "False", works: [] };
    }
    case "currency":
      return copied(random.choice(CURRENCIES)[0]);
    case "date":
      return copied(drawDate(context));
    case "time":
      return copied(clock24(random.integer(24), 5 * random.integer(12)));
    case "title":
      return plainTitle(random, side);
    case "person":
      return copied(inOrder(drawPerson(random, side), order ?? "first-last"));
    default:
      return copied(drawText(kind.type, random, side));
  }
}

type TextType = "place" | "name" | "word" | "code" | "email" | "phone" | "list" | "record";

/** One piece of text of a kind that is a single token of the request. */
export function drawText(type: TextType, random: Random, side: Side): string {
  switch (type) {
    case "place":
      return drawPlace(random, side);
    case "name":
      return pseudoName(random, side);
    case "code":
      return pseudoCode(random, side);
    case "email":
      return `${pseudoWord(random, side)}@${pseudoWord(random, side)}.${random.choice(["com", "org", "net"])}`;
    case "phone":
      return `${digits(random, 3)}-${digits(random, 3)}-${digits(random, 4)}`;
    default:
      return drawWord(random, side);
  }
}

function drawPlace(random: Random, side: Side): string {
  const place = pseudoName(random, side);
  if (random.uniform() < 0.8) return place;
  return random.uniform() < 0.5
    ? `${random.choice(PLACE_PREFIXES)} ${place}`
    : `${place} ${pseudoName(random, side)}`;
}

const PLACE_PREFIXES = ["New", "Port", "San", "North", "Upper", "Saint"];

function drawWord(random: Random, side: Side): string {
  return random.uniform() < 0.35 ? random.choice(titleWords(side)) : pseudoWord(random, side);
}

function titleWords(side: Side): readonly string[] {
  return side === "evaluation" ? EVALUATION_WORDS : TRAINING_WORDS;
}

function plainTitle(random: Random, side: Side): DrawnValue {
  const words: string[] = [];
  const length = 1 + random.integer(3) + (random.uniform() < 0.15 ? 1 : 0);
  while (words.length < length) {
    const word = random.uniform() < 0.6 ? random.choice(titleWords(side)) : pseudoWord(random, side);
    if (!words.includes(word)) words.push(word);
  }
  const title = words.join(" ");
  const quoted = random.uniform() < (length > 1 ? 0.75 : 0.3);
  return copied(title, quoted ? `"${title}"` : title);
}

/** First and last name. */
export type PersonName = readonly [first: string, last: string];

/** A person's name. */
export function drawPerson(random: Random, side: Side): PersonName {
  return [pseudoName(random, side), pseudoName(random, side)];
}

/** A person's name in the order wanted. */
export function inOrder([first, last]: PersonName, order: NameOrder): string {
  return order === "last-first" ? `${last}, ${first}` : `${first} ${last}`;
}

function plainMinutes(random: Random): DrawnValue {
  const value = 5 * (1 + random.integer(48));
  return copied(value, `${value} minutes`);
}

/** A date within a year from today. */
export function drawDate({ random, today }: ValueContext): string {
  return addDays(today, 1 + random.integer(360));
}

/** A whole number in the range, small ranges uniformly and wide ones over the orders of magnitude. */
export function integerIn(random: Random, low: number, high: number): number {
  if (high - low < 100) return low + random.integer(high - low + 1);
  const exponent = random.uniform() * Math.log(high / Math.max(1, low));
  return Math.min(high, Math.max(low, Math.round(Math.max(1, low) * Math.exp(exponent))));
}

function decimalIn(random: Random, low: number, high: number, places: number): number {
  const scale = 10 ** random.integer(places + 1);
  const value = Math.max(1, low) * Math.exp(random.uniform() * Math.log(high / Math.max(1, low)));
  return Math.round((low < 1 ? low + random.uniform() * (high - low) : value) * scale) / scale || low;
}
