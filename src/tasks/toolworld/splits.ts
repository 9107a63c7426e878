/**
 * Proof that no evaluation row can be generated for training.
 *
 * Three facts make it so. The two sides have different domains, so different tools. What is the evaluation's own among
 * words, its objects, choices and title words, is written nowhere in the training domains and drawn by no generator of
 * fresh words. And every fresh word, name and code belongs to one side by a hash of its letters.
 */
import type { Attribute } from "./attribute.js";
import { type Domain, objectWords } from "./domain.js";
import { EVALUATION_DOMAINS, TRAINING_DOMAINS } from "./domains/index.js";
import { wordsOf, wordsOfDomains } from "./reserved.js";
import { EVALUATION_WORDS, TRAINING_WORDS } from "./word-lists.js";

/** What the two sides share that they must not; every list is empty when the proof holds. */
export interface SplitOverlap {
  readonly domains: readonly string[];
  /** Objects of tools, with their words in order. */
  readonly objects: readonly string[];
  /** Words of the evaluation's own that stand somewhere in a training domain or among the words of training titles. */
  readonly words: readonly string[];
}

/** Compares the two sides. */
export function findSplitOverlap(): SplitOverlap {
  const trainingWords = new Set([...wordsOfDomains(TRAINING_DOMAINS), ...TRAINING_WORDS]);
  const trainingNames = new Set(TRAINING_DOMAINS.map(({ name }) => name));
  const trainingObjects = new Set(objectsOf(TRAINING_DOMAINS));
  return {
    domains: EVALUATION_DOMAINS.map(({ name }) => name).filter((name) => trainingNames.has(name)),
    objects: objectsOf(EVALUATION_DOMAINS).filter((object) => trainingObjects.has(object)),
    words: [...evaluationOnlyWords()].filter((word) => trainingWords.has(word)),
  };
}

/** The words that only evaluation rows may have: domain names, objects, choices and title words. */
export function evaluationOnlyWords(): ReadonlySet<string> {
  const choices = EVALUATION_DOMAINS.flatMap(({ tools }) =>
    tools.flatMap(({ required, optional }) => [...required, ...optional].flatMap(choicesOf)),
  );
  const names = EVALUATION_DOMAINS.map(({ name }) => name);
  const texts = [...names, ...objectsOf(EVALUATION_DOMAINS), ...choices, ...EVALUATION_WORDS];
  return new Set(texts.flatMap(wordsOf));
}

function objectsOf(domains: readonly Domain[]): string[] {
  return domains.flatMap(({ tools }) => tools.map(({ object }) => objectWords(object).join(" ")));
}

function choicesOf({ kind }: Attribute): readonly string[] {
  return kind.type === "choice" ? kind.values : [];
}
