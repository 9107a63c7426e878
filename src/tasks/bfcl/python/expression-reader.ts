/** What the parts of the parser need of each other. */
import type { Scanner } from "./scanner.js";
import type { Expression } from "./syntax.js";

/** Reads expressions, each from the scanner's position on. */
export interface ExpressionReader {
  readonly scanner: Scanner;
  /** Any expression but a tuple without brackets. */
  expression(): Expression;
  /** An expression without `if` and `lambda`. */
  disjunction(): Expression;
  /** An operand of comparisons. */
  operand(): Expression;
  /** An atom with its attributes, calls and subscripts. */
  primary(): Expression;
  /** `*expression`; `undefined` where no star stands. */
  star(): Expression | undefined;
  /** An expression, or `name := expression`. */
  named(): Expression;
  starredOrNamed(): Expression;
  starredOrExpression(): Expression;
}
