/**
 * Attributes: what a tool of the built-in world can be told, as data. An attribute has the name of the parameter, the
 * kind of its values, and the phrases by which a request mentions it without its name (`for {} guests`).
 * The factories below are the vocabulary in which the domains are written.
 */

/** Units that a measured parameter can declare; `measures.ts` knows how people say them otherwise. */
export type Unit =
  | "metres"
  | "kilometres"
  | "grams"
  | "kilograms"
  | "millilitres"
  | "centimetres"
  | "seconds"
  | "hours";

/** Shared enumerations behind everyday words; see `scales.ts`. */
export type ScaleName =
  | "size"
  | "priority"
  | "speed"
  | "level"
  | "order"
  | "repeat"
  | "mood"
  | "weekday"
  | "period"
  | "quality"
  | "heat"
  | "access"
  | "age";

/** What values an attribute takes, and in which form the schema wants them. */
export type ValueKind =
  | { readonly type: "place" | "person" | "name" | "title" | "word" | "code" }
  | { readonly type: "email" | "phone" | "date" | "time" | "minutes" | "fraction" | "currency" }
  | { readonly type: "integer"; readonly low: number; readonly high: number; readonly parts?: string }
  | { readonly type: "decimal"; readonly low: number; readonly high: number; readonly digits: number }
  | { readonly type: "measure"; readonly unit: Unit; readonly low: number; readonly high: number }
  | { readonly type: "scale"; readonly scale: ScaleName }
  | { readonly type: "choice"; readonly values: readonly string[] }
  | { readonly type: "flag"; readonly yes: string; readonly no: string }
  | { readonly type: "list"; readonly of: "word" | "name" | "integer" }
  | { readonly type: "record"; readonly fields: readonly Attribute[] };

/** A parameter of a tool, and how people speak of it. */
export interface Attribute {
  /** snake_case; its words, with spaces, are how an explicit request names it. */
  readonly name: string;
  readonly kind: ValueKind;
  /** Phrases with `{}` for the value; empty where a request can only name the attribute. */
  readonly phrases: readonly string[];
  /** What the tool does without the argument; only optional parameters have one. */
  readonly fallback?: string | number;
}

type Simple = "place" | "person" | "name" | "title" | "word" | "code" | "email" | "phone" | "date" | "time";

function simple(type: Simple | "minutes" | "fraction" | "currency") {
  return (name: string, ...phrases: readonly string[]): Attribute => ({ name, kind: { type }, phrases });
}

/** A pseudo-name of a place, one or two capitalised words. */
export const place = simple("place");
/** First and last name. */
export const person = simple("person");
/** One capitalised pseudo-name. */
export const name = simple("name");
/** A phrase of one to four words. */
export const title = simple("title");
/** One lower-case word. */
export const word = simple("word");
/** An identifier such as `ZB-5108`. */
export const code = simple("code");
/** An address for mail. */
export const email = simple("email");
/** A number to call, `415-555-0132`. */
export const phone = simple("phone");
/** `YYYY-MM-DD`. */
export const date = simple("date");
/** `HH:MM`, 24 hours. */
export const time = simple("time");
/** A duration as whole minutes. */
export const minutes = simple("minutes");
/** A share between 0 and 1. */
export const fraction = simple("fraction");
/** An ISO 4217 code. */
export const currency = simple("currency");

/** A whole number from `low` to `high`. */
export function count(name: string, phrase: string, low: number, high: number): Attribute {
  return { name, kind: { type: "integer", low, high }, phrases: phrase === "" ? [] : [phrase] };
}

/** A whole number that may be said in two parts to be added, as in `for {} adults and {} children`. */
export function total(name: string, phrase: string, parts: string, low: number, high: number): Attribute {
  return { name, kind: { type: "integer", low, high, parts }, phrases: [phrase] };
}

/** A number with up to `digits` decimals. */
export function amount(name: string, phrase: string, low: number, high: number, digits = 2): Attribute {
  return { name, kind: { type: "decimal", low, high, digits }, phrases: phrase === "" ? [] : [phrase] };
}

/** A number in a declared unit; `{}` takes number and unit. */
export function measure(name: string, phrase: string, unit: Unit, low: number, high: number): Attribute {
  return { name, kind: { type: "measure", unit, low, high }, phrases: [phrase] };
}

/** One value of a shared enumeration. */
export function scale(name: string, scaleName: ScaleName, ...phrases: readonly string[]): Attribute {
  return { name, kind: { type: "scale", scale: scaleName }, phrases };
}

/** One value of an enumeration of its own, given as words separated by spaces. */
export function choice(name: string, phrase: string, values: string): Attribute {
  return {
    name,
    kind: { type: "choice", values: values.split(" ") },
    phrases: phrase === "" ? [] : [phrase],
  };
}

/** A boolean that requests say by a phrase for either side. */
export function flag(name: string, yes: string, no: string): Attribute {
  return { name, kind: { type: "flag", yes, no }, phrases: [] };
}

/** A list of words. */
export function words(name: string, ...phrases: readonly string[]): Attribute {
  return { name, kind: { type: "list", of: "word" }, phrases };
}

/** A list of capitalised names. */
export function names(name: string, ...phrases: readonly string[]): Attribute {
  return { name, kind: { type: "list", of: "name" }, phrases };
}

/** A list of whole numbers. */
export function numbers(name: string, ...phrases: readonly string[]): Attribute {
  return { name, kind: { type: "list", of: "integer" }, phrases };
}

/** A nested object. */
export function record(name: string, phrase: string, ...fields: readonly Attribute[]): Attribute {
  return { name, kind: { type: "record", fields }, phrases: phrase === "" ? [] : [phrase] };
}

/** The same attribute with a value that the tool takes by itself. */
export function usually(attribute: Attribute, fallback: string | number): Attribute {
  return { ...attribute, fallback };
}
