/** Tools as one row offers them: named, described, with the attributes that the row gives them. */
import type { Attribute } from "./attribute.js";
import { objectWords, type ToolPlan } from "./domain.js";
import { drawNameStyle, styleName } from "./name-style.js";
import { type NameOrder, plainValue } from "./plain-values.js";
import { articleOf, type RowContext, renameText, renameWord, unusedWord } from "./row-context.js";
import { type VerbGroup, verbOf } from "./verbs.js";
import { alwaysWorks } from "./work.js";

/** A parameter of an offered tool. */
export interface OfferedParameter {
  /** Its name in the plan. */
  readonly planName: string;
  /** Name, phrases and values as this row calls them. */
  readonly attribute: Attribute;
  readonly required: boolean;
  /** How people's names are to be written, where the schema says so. */
  readonly nameOrder?: NameOrder;
}

/** A tool of a row. */
export interface OfferedTool {
  readonly plan: ToolPlan;
  readonly name: string;
  readonly description: string;
  readonly group: VerbGroup;
  /** Ways to say the verb in a request. */
  readonly says: readonly string[];
  /** The verb is a fresh word, which must not begin a sentence: a capital would hide it from copying. */
  readonly freshVerb: boolean;
  /** The object with its article. */
  readonly object: string;
  /** The object's words; two tools of a row never share these and the group. */
  readonly noun: string;
  readonly parameters: readonly OfferedParameter[];
}

/** How a plan becomes a tool. */
export interface OfferOptions {
  /** Name of the attribute that has to be there. */
  readonly carrier?: string;
  /** Leave out optional attributes that cannot be copied as one piece. */
  readonly copiesOnly: boolean;
}

/** The plan as a tool of this row. */
export function offerTool(plan: ToolPlan, context: RowContext, offer: OfferOptions): OfferedTool {
  const { random } = context;
  const nouns = objectWords(plan.object).map((word) => renameWord(word, context));
  const verb = verbOf(plan.verb);
  const freshVerb = random.uniform() < context.options.freshNames * 0.15 ? unusedWord(context) : undefined;
  const verbWord = freshVerb ?? (random.uniform() < 0.6 ? verb.names[0]! : random.choice(verb.names));
  const parameters = chooseParameters(plan, context, offer);
  const own = verb.says.includes(verbWord) && random.uniform() < 0.5 ? [verbWord] : verb.says;
  return {
    plan,
    name: styleName(drawNameStyle(random), verbWord, nouns, random),
    description: renameText(plan.description, context),
    group: verb.group,
    says: freshVerb === undefined ? own : [freshVerb],
    freshVerb: freshVerb !== undefined,
    object: withArticle(plan.object, nouns),
    noun: nouns.join(" "),
    parameters,
  };
}

function chooseParameters(plan: ToolPlan, context: RowContext, offer: OfferOptions): OfferedParameter[] {
  const { random } = context;
  const required = plan.required.map((attribute) => offerParameter(attribute, true, context));
  const optional = plan.optional
    .filter((attribute) => attribute.name === offer.carrier || keepsOptional(attribute, context, offer))
    .map((attribute) => offerParameter(attribute, false, context));
  const all = [...required, ...optional];
  return random.uniform() < 0.3 ? random.shuffle(all) : all;
}

function keepsOptional(attribute: Attribute, { random }: RowContext, { copiesOnly }: OfferOptions): boolean {
  if (copiesOnly && (alwaysWorks(attribute.kind) || attribute.kind.type === "flag")) return false;
  return random.uniform() < 0.55;
}

function offerParameter(attribute: Attribute, required: boolean, context: RowContext): OfferedParameter {
  const offered = { planName: attribute.name, attribute: renameAttribute(attribute, context), required };
  const { random } = context;
  const known = attribute.kind.type;
  if (known === "person" && random.uniform() < 0.5) {
    return { ...offered, nameOrder: random.uniform() < 0.5 ? "last-first" : "first-last" };
  }
  const canDefault = known === "integer" || known === "choice" || known === "scale";
  if (required || !canDefault || random.uniform() < 0.75) return offered;
  const fallback = plainValue(attribute.kind, context).gold;
  if (typeof fallback !== "string" && typeof fallback !== "number") return offered;
  return { ...offered, attribute: { ...offered.attribute, fallback } };
}

/** The attribute under this row's words. Phrases that speak of it without its name are lost with the name. */
function renameAttribute(attribute: Attribute, context: RowContext): Attribute {
  const name = attribute.name
    .split("_")
    .map((word) => renameWord(word, context))
    .join("_");
  if (name === attribute.name) return attribute;
  const spoken = name.replaceAll("_", " ");
  const phrases = attribute.phrases
    .map((phrase) => renameText(phrase, context))
    .filter((phrase, index) => phrase !== attribute.phrases[index]);
  if (attribute.kind.type === "flag") {
    return { name, phrases, kind: { type: "flag", yes: `with ${spoken}`, no: `without ${spoken}` } };
  }
  if (attribute.kind.type === "integer") {
    return { name, phrases, kind: { type: "integer", low: attribute.kind.low, high: attribute.kind.high } };
  }
  return { ...attribute, name, phrases };
}

function withArticle(object: string, nouns: readonly string[]): string {
  const original = objectWords(object).length;
  const all = object.split(" ");
  const article = all.length > original ? all[0]! : "";
  const noun = nouns.join(" ");
  if (article === "") return noun;
  if (article !== "a" && article !== "an") return `${article} ${noun}`;
  return `${articleOf(noun)} ${noun}`;
}
