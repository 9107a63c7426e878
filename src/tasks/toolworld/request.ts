/**
 * Requests: what a user says for a tool and the values of its arguments.
 *
 * An argument is mentioned by a phrase of its own (`for 4 guests`) or by its name (`with guests 4`); phrases come in any
 * order, arguments by name after them. A value is never changed: it stands in the request as in the call, or as its
 * argument work says it.
 */
import type { Random } from "../../method/index.js";
import { capitalize } from "./name-style.js";
import type { OfferedParameter, OfferedTool } from "./offered-tool.js";
import { drawWeighted } from "./options.js";
import type { DrawnValue } from "./plain-values.js";
import type { RowContext } from "./row-context.js";
import type { VerbGroup } from "./verbs.js";

/** An argument that a request mentions. */
export interface Mention {
  readonly parameter: OfferedParameter;
  readonly value: DrawnValue;
}

/** A call with what the user is to say of it. */
export interface Wish {
  readonly tool: OfferedTool;
  readonly mentions: readonly Mention[];
}

/** The arguments of a request: a text to follow the object, and sentences of their own. */
export interface Details {
  /** Empty, or begins with a space, a comma or a colon. */
  readonly tail: string;
  /** Empty, or a sentence beginning with a space. */
  readonly sentence: string;
}

/** The whole request for one call. `verbNeeded`: another tool of the row is told apart by the verb alone. */
export function sayWish(wish: Wish, context: RowContext, verbNeeded: boolean): string {
  const details = sayDetails(wish.mentions, context);
  const frame = drawFrame(wish.tool, context.random, verbNeeded);
  return fillFrame(frame, wish.tool, details.tail, context.random) + details.sentence;
}

/** The wish as a part of a sentence, beginning with the verb. */
export function sayClause(wish: Wish, context: RowContext): string {
  const { random } = context;
  return `${random.choice(wish.tool.says)} ${wish.tool.object}${sayDetails(wish.mentions, context, false).tail}`;
}

/** The arguments in words. */
export function sayDetails(mentions: readonly Mention[], context: RowContext, sentences = true): Details {
  const { random, options } = context;
  const phrases: string[] = [];
  const named: Mention[] = [];
  for (const mention of random.shuffle(mentions)) {
    const isNamed = random.uniform() < options.explicitness && !needsPhrase(mention);
    const phrase = isNamed ? undefined : ownPhrase(mention, random);
    if (phrase === undefined) named.push(mention);
    else phrases.push(phrase);
  }
  const tail = phrases.map((phrase) => ` ${phrase}`).join("");
  if (named.length === 0) return { tail, sentence: "" };
  return sayNamed(named, tail, random, sentences);
}

/** A phrase that needs no name; `undefined` where there is none. */
export function ownPhrase({ parameter, value }: Mention, random: Random): string | undefined {
  const { phrases } = parameter.attribute;
  if (value.phrase !== undefined) return value.phrase;
  return phrases.length === 0 ? undefined : random.choice(phrases).replace("{}", () => value.said);
}

/** The work lies in the phrase: by its name, the value would be a mere copy. */
function needsPhrase({ value }: Mention): boolean {
  return value.works.includes("boolean-phrase") || value.works.includes("exclusion");
}

function sayNamed(named: readonly Mention[], tail: string, random: Random, sentences: boolean): Details {
  const written = random.uniform() < 0.15;
  const items = named.map(({ parameter, value }) => ({
    key: written ? parameter.attribute.name : parameter.attribute.name.replaceAll("_", " "),
    said: value.said,
  }));
  const form = random.integer(sentences ? 10 : 7);
  const pair = (joint: string): string[] => items.map(({ key, said }) => `${key}${joint}${said}`);
  switch (form) {
    case 0:
      return { tail: `${tail} (${pair(": ").join(", ")})`, sentence: "" };
    case 1:
      return { tail: `${tail} with ${joined(pair(" set to "))}`, sentence: "" };
    case 2:
      return {
        tail: `${tail} using ${joined(items.map(({ key, said }) => `${said} as ${key}`))}`,
        sentence: "",
      };
    case 3:
      return { tail: `${tail} with ${joined(pair(" = "))}`, sentence: "" };
    case 7:
      return { tail, sentence: ` The ${joined(pair(" is "), " and the ", ", the ")}.` };
    case 8:
      return { tail, sentence: ` ${capitalizedList(pair(": "))}.` };
    case 9:
      return { tail, sentence: ` Use ${joined(pair(" "))}.` };
    default:
      return { tail: `${tail} with ${joined(pair(" "))}`, sentence: "" };
  }
}

function capitalizedList(items: readonly string[]): string {
  return `Details: ${items.join("; ")}`;
}

/** `a, b and c`. */
export function joined(items: readonly string[], last = " and ", comma = ", "): string {
  if (items.length < 2) return items[0] ?? "";
  return items.slice(0, -1).join(comma) + last + items[items.length - 1]!;
}

/** Frames: {v} the verb, {o} the object, {d} the arguments. */
const WITH_VERB = [
  "{V} {o}{d}.",
  "{V} {o}{d}.",
  "{V} {o}{d}, please.",
  "Please {v} {o}{d}.",
  "Can you {v} {o}{d}?",
  "Could you {v} {o}{d}, please?",
  "I need you to {v} {o}{d}.",
  "Would you {v} {o}{d}?",
  "Help me {v} {o}{d}.",
  "It is time to {v} {o}{d}.",
  "You should {v} {o}{d}.",
  "Hi! Please {v} {o}{d}.",
  "Hello, can you {v} {o}{d}?",
  "Go ahead and {v} {o}{d}.",
];

const VERB_INSIDE = WITH_VERB.filter((frame) => frame.includes("{v}"));

const BY_GROUP: Readonly<Record<VerbGroup, readonly string[]>> = {
  retrieve: [
    "I am looking for {o}{d}.",
    "Is there {o}{d}?",
    "I want to know about {o}{d}.",
    "Show me {o}{d}.",
    "Give me {o}{d}.",
    "Tell me about {o}{d}.",
    "Do you know {o}{d}?",
  ],
  create: ["I need {o}{d}.", "I would like {o}{d}.", "We need {o}{d}.", "I want {o}{d}."],
  change: ["I want to {v} {o}{d}.", "We have to {v} {o}{d}.", "I would like to {v} {o}{d}."],
  remove: ["I no longer need {o}{d}; {v} it.", "I want to {v} {o}{d}.", "We have to {v} {o}{d}."],
  send: ["I want to {v} {o}{d}.", "I have to {v} {o}{d}.", "We would like to {v} {o}{d}."],
  compute: ["I want you to {v} {o}{d}.", "I have to {v} {o}{d}.", "We want to {v} {o}{d}."],
  start: ["I want you to {v} {o}{d}.", "Let us {v} {o}{d}.", "Time to {v} {o}{d}."],
  stop: ["I want you to {v} {o}{d}.", "We must {v} {o}{d}.", "Time to {v} {o}{d}."],
  confirm: ["I want to {v} {o}{d}.", "We have to {v} {o}{d}.", "I hereby {v} {o}{d}."],
  pay: ["I want to {v} {o}{d}.", "I have to {v} {o}{d}.", "I would like to {v} {o}{d}."],
  rate: ["I want to {v} {o}{d}.", "I would like to {v} {o}{d}.", "Let me {v} {o}{d}."],
  track: ["Where is {o}{d}? Please {v} it.", "I want to {v} {o}{d}.", "Let me {v} {o}{d}."],
};

function drawFrame(tool: OfferedTool, random: Random, verbNeeded: boolean): string {
  const own = BY_GROUP[tool.group];
  const usable = verbNeeded ? own.filter((frame) => frame.includes("{v}")) : own;
  const general = drawWeighted(random, [
    [true, 3],
    [false, usable.length > 0 ? 1 : 0],
  ]);
  return random.choice(general ? (tool.freshVerb ? VERB_INSIDE : WITH_VERB) : usable);
}

function fillFrame(frame: string, tool: OfferedTool, details: string, random: Random): string {
  const verb = random.choice(tool.says);
  return frame
    .replace("{V}", () => capitalize(verb))
    .replace("{v}", () => verb)
    .replace("{o}", () => tool.object)
    .replace("{d}", () => details);
}
