/**
 * Encodes a rendered dialogue so that special tokens come from the template alone.
 *
 * Text of users, tools and data sets may hold `<|end|>` or the like; read as the special token it would end the turn
 * and begin another in a foreign name. So each special token written in content is hidden behind one private-use
 * character while the template renders; the special tokens found then are the template's own, and what lies between
 * them is encoded as plain text with the hidden text put back. Content without such text takes the ordinary path.
 */
import type { Tokenizer } from "../spec/index.js";
import { DataError } from "../spec/index.js";
import type { ChatInput, ChatTemplate } from "./chat-template.js";

/** Private-use planes 15 and 16. */
const firstPrivate = 0xf0000;
const lastPrivate = 0x10fffd;

/** Text of special tokens ↔ private-use characters. */
interface Disguise {
  hide(text: string): string;
  restore(text: string): string;
  /** True once `hide` has hidden something. */
  used(): boolean;
  /** True once `hide` has seen one of its own characters in a text. */
  collided(): boolean;
}

/** Rendered text, and its token ids. */
export interface EncodedChat {
  readonly text: string;
  readonly tokens: number[];
}

/**
 * The text that the template makes of the input, and its token ids, in which no special token stems from content.
 * Without special-token text in the content the ids are `tokenizer.encode(text)`.
 *
 * @throws DataError where the template refuses the input, or rewrites content that holds special-token text.
 */
export function encodeChat(tokenizer: Tokenizer, template: ChatTemplate, input: ChatInput): EncodedChat {
  const pattern = specialPattern(tokenizer);
  if (pattern === undefined) return encodePlain(tokenizer, template.render(input));
  const size = tokenizer.specialTokens.length;
  for (let first = firstPrivate; first + size <= lastPrivate; first += size) {
    const disguise = createDisguise(tokenizer, pattern, first);
    const hidden = template.render({ ...input, mapContent: disguise.hide });
    if (disguise.collided()) continue;
    if (!disguise.used()) return encodePlain(tokenizer, hidden);
    return encodeHidden(tokenizer, pattern, disguise, hidden, template.render(input));
  }
  throw new DataError("The dialogue uses every private-use character of Unicode. Remove some of them.");
}

function encodePlain(tokenizer: Tokenizer, text: string): EncodedChat {
  return { text, tokens: tokenizer.encode(text, { special: true }) };
}

function encodeHidden(
  tokenizer: Tokenizer,
  pattern: RegExp,
  disguise: Disguise,
  hidden: string,
  text: string,
): EncodedChat {
  if (disguise.restore(hidden) !== text)
    throw new DataError(
      "The chat template rewrites a text that holds a special token, which cannot be encoded safely. Remove the token from the text.",
      { text },
    );
  const tokens = hidden
    .split(pattern)
    .flatMap((section, index) =>
      index % 2 === 1
        ? tokenizer.encode(section, { special: true })
        : tokenizer.encode(disguise.restore(section), { special: false }),
    );
  return { text, tokens };
}

function createDisguise(tokenizer: Tokenizer, pattern: RegExp, first: number): Disguise {
  const { specialTokens } = tokenizer;
  const characters = specialTokens.map((_, index) => String.fromCodePoint(first + index));
  const characterOf = new Map(specialTokens.map((token, index) => [token, characters[index]!]));
  const tokenOf = new Map(specialTokens.map((token, index) => [characters[index]!, token]));
  const own = new RegExp(`[${characters[0]}-${characters.at(-1)}]`, "gu");
  let used = false;
  let collided = false;
  return {
    hide(text) {
      collided ||= text.search(own) >= 0;
      return text.replace(pattern, (token) => {
        used = true;
        return characterOf.get(token)!;
      });
    },
    restore: (text) => text.replace(own, (character) => tokenOf.get(character)!),
    used: () => used,
    collided: () => collided,
  };
}

const patterns = new WeakMap<Tokenizer, RegExp>();

/** Finds special tokens, the longest first, as one group; `undefined` where the tokenizer has none. */
function specialPattern(tokenizer: Tokenizer): RegExp | undefined {
  const known = patterns.get(tokenizer);
  if (known !== undefined || tokenizer.specialTokens.length === 0) return known;
  const pattern = new RegExp(`(${alternatives(tokenizer.specialTokens)})`, "g");
  patterns.set(tokenizer, pattern);
  return pattern;
}

/** The source of a regular expression that matches any of the texts, the longest first. */
export function alternatives(texts: readonly string[]): string {
  const longestFirst = texts.toSorted((a, b) => b.length - a.length);
  return longestFirst.map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
}
