/**
 * Words that nobody has seen: the space from which fresh names and values are drawn.
 *
 * Every word belongs to exactly one side, training or evaluation, by a hash of its letters; so a name of an evaluation
 * row can never have been drawn for training, whatever the seeds. Words that the domains use are never drawn at all.
 */
import type { Random } from "../../method/index.js";
import { isDomainWord } from "./reserved.js";

/** Which part of the world a row is made of. `pretrain` and `train` rows are both of the training side. */
export type Side = "training" | "evaluation";

/** One word in this many is of the evaluation. */
const EVALUATION_SHARE = 4;

/** The side that a word belongs to. Case does not matter. */
export function sideOf(word: string): Side {
  let hash = 2166136261;
  for (let index = 0; index < word.length; index++) {
    hash = Math.imul(hash ^ (word.charCodeAt(index) | 32), 16777619);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % EVALUATION_SHARE === 0 ? "evaluation" : "training";
}

const split = (text: string): readonly string[] => text.split(" ");
const ONSETS = split(
  "b c d f g h j k l m n p r s t v w z br cr dr fr gr pr tr bl cl fl gl pl sl st sp sk ch sh th qu y",
);
const NUCLEI = split("a e i o u a e i o u a e o ai ea ee io ou oa ie");
const CODAS = split("n r l s t m d k x p g b ck nd st rt ll sh rn nt mp ng");
const PIECES = split(
  "port land view mark line ware form net light over under out back down wood field stone ford ton ville man ring " +
    "side way book work house time hand head foot sun moon star fire water wind rock hill lake burn well gate bar " +
    "cast fold hold load lock pack pass post rest run set shift stand stop trail turn watch wire re un pre inter co " +
    "er ing ly al ic ist ant ent or ive",
);

/** A lower-case pseudo-word of 3 to 10 letters that belongs to the side. */
export function pseudoWord(random: Random, side: Side): string {
  for (;;) {
    const word = random.uniform() < 0.2 ? fromPieces(random) : fromSyllables(random);
    if (isFresh(word, side)) return word;
  }
}

/** A capitalised pseudo-word. */
export function pseudoName(random: Random, side: Side): string {
  const word = pseudoWord(random, side);
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** An identifier such as `ZB-5108`, `A7-991`, `KX4471`, `inv_2281`. Belongs to the side as a whole. */
export function pseudoCode(random: Random, side: Side): string {
  for (;;) {
    const code = drawCode(random);
    if (sideOf(code) === side) return code;
  }
}

/** Words that nobody wants to read in a data set. */
const UNWANTED =
  /cock|cunt|shit|fuck|dick|piss|slut|nigg|fag|rape|rapi|nazi|twat|cum|arse|tits|poop|turd|anus|porn/;

/** True where the word may be drawn: of the side, no word of a domain, and not unwanted. */
export function isFresh(word: string, side: Side): boolean {
  return (
    word.length >= 3 &&
    word.length <= 10 &&
    sideOf(word) === side &&
    !isDomainWord(word) &&
    !UNWANTED.test(word)
  );
}

function fromSyllables(random: Random): string {
  const syllables = 1 + random.integer(3);
  let word = "";
  for (let index = 0; index < syllables; index++) {
    word += random.choice(ONSETS) + random.choice(NUCLEI);
    if (index === syllables - 1 ? random.uniform() < 0.7 : random.uniform() < 0.2)
      word += random.choice(CODAS);
  }
  return word;
}

function fromPieces(random: Random): string {
  return random.choice(PIECES) + random.choice(PIECES);
}

const CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ";

function capitals(random: Random, length: number): string {
  let text = "";
  for (let index = 0; index < length; index++) text += CAPITALS.charAt(random.integer(CAPITALS.length));
  return text;
}

/** Digits without a leading zero. */
export function digits(random: Random, length: number): string {
  let text = String(1 + random.integer(9));
  for (let index = 1; index < length; index++) text += String(random.integer(10));
  return text;
}

function drawCode(random: Random): string {
  switch (random.integer(7)) {
    case 0:
    case 1:
      return `${capitals(random, 2)}-${digits(random, 3 + random.integer(2))}`;
    case 2:
      return capitals(random, 2 + random.integer(2)) + digits(random, 2 + random.integer(3));
    case 3:
      return `${capitals(random, 1)}${digits(random, 1)}-${digits(random, 3)}`;
    case 4:
      return `${digits(random, 3 + random.integer(2))}-${capitals(random, 2)}`;
    case 5:
      return `${capitals(random, 2)}-${digits(random, 2)}-${digits(random, 3)}`;
    default:
      return `${capitals(random, 3).toLowerCase()}_${digits(random, 4)}`;
  }
}
