/** What the parts of the importer say of damaged data. */
import type { Rejection } from "../../spec/index.js";

/** A broken rule, before file and row are known. */
export type Problem = Pick<Rejection, "field" | "rule" | "message">;

/** A part of a row, or why it cannot be read. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** A part that was read. */
export function good<T>(value: T): Reading<T> {
  return { ok: true, value };
}

/** A part that cannot be read. */
export function bad(field: string, rule: string, message: string): Reading<never> {
  return { ok: false, problem: { field, rule, message } };
}
