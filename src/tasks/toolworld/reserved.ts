/** The words that the domains are written with, which no pseudo-word may equal. */
import type { Attribute } from "./attribute.js";
import type { Domain, ToolPlan } from "./domain.js";
import { EVALUATION_DOMAINS, TRAINING_DOMAINS } from "./domains/index.js";
import { EVALUATION_WORDS, TRAINING_WORDS } from "./word-lists.js";

/** Every lower-case word in names, descriptions, phrases and choices of the domains. */
export function wordsOfDomains(domains: readonly Domain[]): ReadonlySet<string> {
  return new Set(
    domains.flatMap((domain) => [domain.name, ...domain.tools.flatMap(textsOfTool)]).flatMap(wordsOf),
  );
}

/** The lower-case words of a text. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** True for a word of any domain, or of a list of title words, of either side. */
export function isDomainWord(word: string): boolean {
  return RESERVED.has(word);
}

function textsOfTool(plan: ToolPlan): string[] {
  return [
    plan.verb,
    plan.object,
    plan.description,
    ...[...plan.required, ...plan.optional].flatMap(textsOfAttribute),
  ];
}

function textsOfAttribute(attribute: Attribute): string[] {
  const texts = [attribute.name, ...attribute.phrases];
  const kind = attribute.kind;
  if (kind.type === "choice") texts.push(...kind.values);
  if (kind.type === "flag") texts.push(kind.yes, kind.no);
  if (kind.type === "integer" && kind.parts !== undefined) texts.push(kind.parts);
  if (kind.type === "record") texts.push(...kind.fields.flatMap(textsOfAttribute));
  return texts;
}

const RESERVED: ReadonlySet<string> = new Set([
  ...wordsOfDomains(TRAINING_DOMAINS),
  ...wordsOfDomains(EVALUATION_DOMAINS),
  ...TRAINING_WORDS,
  ...EVALUATION_WORDS,
]);
