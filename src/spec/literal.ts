/** A half-open range `[start, end)` in UTF-16 code units of the text it was read from. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The value of an argument as the model wrote it: a Python or JSON literal.
 * Integers and floats are different kinds (`5` and `5.0`), integers have any size, dictionaries keep the order and
 * repetition of their keys. `source` is the text it was read from; absent for values made in code.
 */
export type Literal =
  | NullLiteral
  | BooleanLiteral
  | IntegerLiteral
  | FloatLiteral
  | StringLiteral
  | SequenceLiteral
  | DictionaryLiteral;

interface LiteralBase {
  readonly source?: string;
}

/** `None` or `null`. */
export interface NullLiteral extends LiteralBase {
  readonly kind: "null";
}

/** `True`, `False`, `true`, `false`. */
export interface BooleanLiteral extends LiteralBase {
  readonly kind: "boolean";
  readonly value: boolean;
}

/** An integer of any size. */
export interface IntegerLiteral extends LiteralBase {
  readonly kind: "integer";
  readonly value: bigint;
}

/** A number written with a point or an exponent. */
export interface FloatLiteral extends LiteralBase {
  readonly kind: "float";
  readonly value: number;
}

/** A string, decoded. */
export interface StringLiteral extends LiteralBase {
  readonly kind: "string";
  readonly value: string;
}

/** `[…]`, `(…,)` or `{…}` without keys. */
export interface SequenceLiteral extends LiteralBase {
  readonly kind: "list" | "tuple" | "set";
  readonly items: readonly Literal[];
}

/** `{key: value, …}`. */
export interface DictionaryLiteral extends LiteralBase {
  readonly kind: "dict";
  readonly entries: readonly { readonly key: Literal; readonly value: Literal }[];
}
