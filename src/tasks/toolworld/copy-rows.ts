/**
 * Copy rows: short texts whose answer stands in them, under a key. They teach what everything else rests on, to find a
 * key again and to write down what follows it. All of the training side.
 */
import { createRandom, deriveSeed, type Random } from "../../method/index.js";
import type { Example } from "../../spec/index.js";
import { drawNameStyle, styleName } from "./name-style.js";
import { drawText } from "./plain-values.js";
import { digits, pseudoName, pseudoWord } from "./pseudo.js";
import { TRAINING_WORDS } from "./word-lists.js";

/** A text and what follows it. */
export interface CopyText {
  readonly prompt: string;
  readonly response: string;
}

/** Options of `generateCopyRows`. */
export interface CopyOptions {
  /** Index of the first row. @default 0 */
  readonly start?: number;
  /** Number of rows. Absent: rows without end. */
  readonly count?: number;
  /** Most keys of a row. @default 6 */
  readonly maxPairs?: number;
}

/** Copy rows, each depending on the seed, its index and `maxPairs` alone. */
export function* generateCopyRows(seed: number, options: CopyOptions = {}): Generator<CopyText> {
  const start = options.start ?? 0;
  const end = options.count === undefined ? Number.POSITIVE_INFINITY : start + options.count;
  for (let index = start; index < end; index++) yield copyText(seed, index, options.maxPairs);
}

/** One copy row as text. */
export function copyText(seed: number, index: number, maxPairs = 6): CopyText {
  const random = createRandom(deriveSeed(seed, "copy-row", index));
  const pairs = drawPairs(random, 1 + random.integer(maxPairs));
  return random.choice(SHAPES)(pairs, random);
}

/** One copy row as an example without tools. */
export function copyRow(seed: number, index: number): Example {
  const { prompt, response } = copyText(seed, index);
  return {
    id: `copy/${seed}/${index}`,
    tools: [],
    messages: [{ role: "user", content: prompt }],
    response,
    calls: [],
    gold: { kind: "text" },
    difficulty: "easy",
    category: "copy",
    tags: [],
    origin: { file: "copy", row: index, turn: 1 },
  };
}

interface Pair {
  readonly key: string;
  readonly value: string;
  /** Numbers stand without quotes in calls. */
  readonly isNumber: boolean;
}

function drawPairs(random: Random, count: number): Pair[] {
  const pairs: Pair[] = [];
  while (pairs.length < count) {
    const pair = drawPair(random);
    if (!pairs.some(({ key, value }) => key === pair.key || value === pair.value)) pairs.push(pair);
  }
  return pairs;
}

function drawPair(random: Random): Pair {
  const key = random.uniform() < 0.25 ? random.choice(TRAINING_WORDS) : pseudoWord(random, "training");
  const isNumber = random.uniform() < 0.25;
  return { key, value: isNumber ? drawNumber(random) : drawValue(random), isNumber };
}

function drawNumber(random: Random): string {
  const whole = digits(random, 1 + random.integer(5));
  return random.uniform() < 0.25 ? `${whole}.${1 + random.integer(9)}` : whole;
}

function drawValue(random: Random): string {
  const type = random.choice([
    "name",
    "name",
    "place",
    "word",
    "word",
    "code",
    "code",
    "phrase",
    "email",
    "tool",
    "date",
  ] as const);
  switch (type) {
    case "phrase":
      return `${drawText("word", random, "training")} ${pseudoWord(random, "training")}`;
    case "tool":
      return styleName(drawNameStyle(random), pseudoWord(random, "training"), drawNouns(random), random);
    case "date":
      return `20${digits(random, 2)}-${pad(1 + random.integer(12))}-${pad(1 + random.integer(28))}`;
    default:
      return drawText(type, random, "training");
  }
}

function drawNouns(random: Random): string[] {
  const noun = random.uniform() < 0.3 ? random.choice(TRAINING_WORDS) : pseudoWord(random, "training");
  return random.uniform() < 0.5 ? [noun] : [noun, pseudoWord(random, "training")];
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

type Shape = (pairs: readonly Pair[], random: Random) => CopyText;

const quoted = ({ value, isNumber }: Pair): string => (isNumber ? value : `"${value}"`);
const listed = (pairs: readonly Pair[], joint: string, end: string): string =>
  pairs.map(({ key, value }) => `${key}${joint}${value}`).join(end);

/** Asks for one key of a text. */
function askOne(text: string, pairs: readonly Pair[], random: Random): CopyText {
  const { key, value } = random.choice(pairs);
  const question = random.choice([
    `Give ${key}.`,
    `What is the ${key}?`,
    `${key}?`,
    `The ${key} is`,
    `Tell me ${key}.`,
  ]);
  return { prompt: `${text} ${question}`, response: value };
}

function drawToolName(random: Random): string {
  return styleName(drawNameStyle(random), pseudoWord(random, "training"), drawNouns(random), random);
}

function signature(name: string, pairs: readonly Pair[]): string {
  const args = Object.fromEntries(pairs.map(({ key, isNumber }) => [key, isNumber ? "int" : "str"]));
  return JSON.stringify({ name, args });
}

function callText(name: string, pairs: readonly Pair[]): string {
  return `[${name}(${pairs.map((pair) => `${pair.key}=${quoted(pair)}`).join(", ")})]`;
}

const SHAPES: readonly Shape[] = [
  (pairs, random) =>
    askOne(pairs.map(({ key, value }) => `The ${key} is ${value}.`).join(" "), pairs, random),
  (pairs, random) => askOne(`${listed(pairs, ": ", ", ")}.`, pairs, random),
  (pairs, random) => askOne(`${listed(pairs, " = ", "; ")}.`, pairs, random),
  (pairs, random) =>
    askOne(JSON.stringify(Object.fromEntries(pairs.map(({ key, value }) => [key, value]))), pairs, random),
  (pairs, random) => {
    const { key, value } = random.choice(pairs);
    return { prompt: `${listed(pairs, ": ", ", ")}. Which one has ${value}?`, response: key };
  },
  (pairs, random) => {
    const wanted = random.shuffle(pairs).slice(0, 2);
    const prompt = `${listed(pairs, " is ", ", ")}. Give ${wanted.map(({ key }) => key).join(" and ")}.`;
    return { prompt, response: wanted.map(({ value }) => value).join(", ") };
  },
  (pairs, random) => {
    const [name, other] = [drawToolName(random), drawToolName(random)];
    const chosen = pairs.slice(0, 1 + random.integer(3));
    const tools = random.shuffle([signature(name, chosen), signature(other, pairs.slice(-1))]);
    const prompt = `${tools.join("\n")}\nUse ${name} with ${listed(random.shuffle(chosen), " ", ", ")}.`;
    return { prompt, response: callText(name, chosen) };
  },
  (pairs, random) => {
    const name = drawToolName(random);
    const chosen = pairs.slice(0, 3);
    const prompt = `${signature(name, chosen)}\n${listed(random.shuffle(chosen), random.choice([" = ", ": ", " "]), ", ")}`;
    return { prompt, response: callText(name, chosen) };
  },
  (pairs, random) => {
    const name = drawToolName(random);
    const chosen = pairs.slice(0, 4);
    const prompt = `Write ${name} with ${chosen.map((pair) => `${pair.key} ${quoted(pair)}`).join(" and ")}.`;
    return { prompt, response: callText(name, chosen) };
  },
  (_, random) => {
    const names = [drawToolName(random), drawToolName(random), pseudoName(random, "training")];
    const value = random.choice(names);
    const letters = ["A", "B", "C"];
    const prompt = `${names.map((name, index) => `${letters[index]!}) ${name}`).join(" ")} Write ${letters[names.indexOf(value)]!}.`;
    return { prompt, response: value };
  },
  (pairs, random) => {
    const { value } = random.choice(pairs);
    return { prompt: `${random.choice(["Repeat", "Copy", "Say"])}: ${value}`, response: value };
  },
];
