/** Whether a value has the type that the schema or the answers ask for. */
import type { PythonValue } from "../python/value.js";
import { typeName } from "../python/value.js";

/** The type of a parameter, in Python's names. */
export interface ExpectedType {
  readonly type: string;
  /** Of the items of a list; absent where they are not looked at. */
  readonly itemType?: string;
}

/** `variable`: the value stands for something else, so it is compared with the answers as it is. */
export type TypeCheck =
  | { readonly ok: true; readonly variable: boolean }
  | { readonly ok: false; readonly fault: "type_error:simple" | "type_error:nested" };

/**
 * A value has the schema's type, or the type of the first answer that is not `""`. Of lists the items are looked at, one
 * level deep: all must fit one of the answers.
 */
export function checkType(
  value: PythonValue,
  answers: readonly PythonValue[],
  expected: ExpectedType,
): TypeCheck {
  const answered = answers.find((answer) => answer !== "");
  const answerType = answered === undefined ? undefined : typeName(answered);
  const variable = answerType !== undefined && answerType !== expected.type;
  const type = typeName(value);
  let nested = false;
  if (type === expected.type) {
    const { itemType } = expected;
    if (itemType === undefined) return { ok: true, variable };
    if (answers.some((answer) => itemsFit(value, answer, itemType))) return { ok: true, variable };
    nested = true;
  }
  if (answerType === type) return nested ? wrong("type_error:nested") : { ok: true, variable: true };
  return wrong("type_error:simple");
}

function wrong(fault: "type_error:simple" | "type_error:nested"): TypeCheck {
  return { ok: false, fault };
}

/** An answer that is no list asks nothing of the items. */
function itemsFit(value: PythonValue, answer: PythonValue, itemType: string): boolean {
  if (!Array.isArray(answer) || !Array.isArray(value)) return true;
  return value.every((item) => checkType(item, answer, { type: itemType }).ok);
}
