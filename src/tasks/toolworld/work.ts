/** Argument work: what must be done to a value of the request before it can be written in the call. */
import type { ValueKind } from "./attribute.js";

/**
 * The kinds of argument work; each is a tag of the rows that need it.
 * `code` is an exact copy, but of an identifier, which small models find as hard as any conversion.
 */
export const ARGUMENT_WORKS = [
  "code",
  "number-words",
  "clock-time",
  "relative-date",
  "written-date",
  "unit-conversion",
  "enum-synonym",
  "boolean-phrase",
  "list",
  "nested-object",
  "name-order",
  "percent-fraction",
  "duration",
  "contact-assembly",
  "arithmetic-total",
  "currency-code",
  "correction",
  "exclusion",
] as const;

/** A kind of argument work. */
export type ArgumentWork = (typeof ARGUMENT_WORKS)[number];

/** What one row exercises: a kind of work, or values that are copied as they stand. */
export type WorkOrNone = ArgumentWork | "none";

const NOTHING: readonly ArgumentWork[] = [];
const ONLY_SUMS: readonly ArgumentWork[] = ["arithmetic-total"];

const BY_TYPE: Readonly<Record<ValueKind["type"], readonly ArgumentWork[]>> = {
  place: ["correction"],
  person: ["name-order"],
  name: ["correction"],
  title: NOTHING,
  word: ["correction"],
  code: ["code"],
  email: ["contact-assembly"],
  phone: ["contact-assembly"],
  date: ["relative-date", "written-date"],
  time: ["clock-time"],
  minutes: ["duration"],
  fraction: ["percent-fraction"],
  currency: ["currency-code"],
  integer: ["number-words", "arithmetic-total"],
  decimal: NOTHING,
  measure: ["unit-conversion"],
  scale: ["enum-synonym"],
  choice: ["correction"],
  flag: ["boolean-phrase"],
  list: ["list"],
  record: ["nested-object"],
};

/** The kinds of work that values of this kind can need. */
export function worksOf(kind: ValueKind): readonly ArgumentWork[] {
  return kind.type === "integer" && kind.low > 99 ? ONLY_SUMS : BY_TYPE[kind.type];
}

/** True where the value cannot be copied as one piece: it always needs its work. */
export function alwaysWorks(kind: ValueKind): boolean {
  return kind.type === "code" || kind.type === "list" || kind.type === "record";
}
