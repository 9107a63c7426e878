/** The expressions of Python's grammar as a tree, with the names of CPython's `ast` in lower case. */
import type { PythonValue } from "./value.js";

/** An expression. */
export type Expression =
  | {
      readonly kind: "constant";
      readonly value: PythonValue /** A text written `u'…'`. */;
      readonly unicode?: true;
    }
  | { readonly kind: "formatted"; readonly parts: readonly FormattedPart[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "attribute"; readonly object: Expression; readonly name: string }
  | CallExpression
  | { readonly kind: "subscript"; readonly object: Expression; readonly index: Expression }
  | { readonly kind: "slice"; readonly bounds: readonly [Bound, Bound, Bound] }
  | { readonly kind: "list" | "tuple" | "set"; readonly items: readonly Expression[] }
  | { readonly kind: "dict"; readonly entries: readonly DictEntry[] }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression }
  | BinaryExpression
  | { readonly kind: "boolean"; readonly operator: "and" | "or"; readonly operands: readonly Expression[] }
  | {
      readonly kind: "compare";
      readonly first: Expression;
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[];
    }
  | {
      readonly kind: "conditional";
      readonly test: Expression;
      readonly body: Expression;
      readonly otherwise: Expression;
    }
  | { readonly kind: "lambda"; readonly parameters: readonly LambdaParameter[]; readonly body: Expression }
  | { readonly kind: "starred"; readonly value: Expression }
  | { readonly kind: "assignment"; readonly name: string; readonly value: Expression }
  | { readonly kind: "await" | "yield" | "yield from"; readonly value: Expression | undefined }
  | {
      readonly kind: "comprehension";
      readonly form: "list" | "set" | "generator" | "dict";
      readonly element: Expression;
      /** The value of a `dict` comprehension, whose key is `element`. */
      readonly value: Expression | undefined;
      readonly clauses: readonly ComprehensionClause[];
    };

/** A bound of a slice that may be left out. */
export type Bound = Expression | undefined;

/** `function(arguments, name=value, **value)`. */
export interface CallExpression {
  readonly kind: "call";
  readonly function: Expression;
  readonly arguments: readonly Expression[];
  /** A missing name is `**value`. */
  readonly keywords: readonly { readonly name: string | undefined; readonly value: Expression }[];
}

/** `left operator right`. */
export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type UnaryOperator = "+" | "-" | "~" | "not";
export type BinaryOperator = "+" | "-" | "*" | "@" | "/" | "//" | "%" | "**" | "<<" | ">>" | "&" | "|" | "^";
export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "is" | "is not" | "in" | "not in";

/** A missing key is `**value`. */
export interface DictEntry {
  readonly key: Expression | undefined;
  readonly value: Expression;
}

/** Literal text of an f-string, or a replacement field. */
export type FormattedPart =
  | string
  | {
      readonly value: Expression;
      readonly conversion: string | undefined;
      readonly format: readonly FormattedPart[] | undefined;
    };

/** A parameter of a lambda as written; `*` and `/` alone are parameters without a name. */
export interface LambdaParameter {
  readonly prefix: "" | "*" | "**" | "/";
  readonly name: string;
  readonly default: Expression | undefined;
}

/** `for target in source if condition …`. */
export interface ComprehensionClause {
  readonly isAsync: boolean;
  readonly target: Expression;
  readonly source: Expression;
  readonly conditions: readonly Expression[];
}
