/**
 * Texts to expressions, as `ast.parse(text, mode="eval")` of CPython 3.11 reads them: the parser only, so what its
 * compiler refuses (a repeated keyword, `await` outside of a function) is read. Nesting is bounded; nothing is evaluated.
 */
import { PythonError } from "./error.js";
import type { ExpressionReader } from "./expression-reader.js";
import { parseCall, parseSubscript } from "./parse-arguments.js";
import { parseBraces, parseList, parseParentheses } from "./parse-displays.js";
import { parseLambda } from "./parse-lambda.js";
import { Scanner, syntaxError } from "./scanner.js";
import { readStrings } from "./string-literal.js";
import type { BinaryOperator, CompareOperator, Expression, UnaryOperator } from "./syntax.js";
import { ELLIPSIS } from "./value.js";

/** Longest source that is read, in UTF-16 units. */
const LONGEST = 1_000_000;

/** Expressions nested deeper, or chains of operators longer than this, are refused. */
const DEEPEST = 1000;

/** The expression that the text is. @throws PythonError (`SyntaxError`, `ValueError` or `MemoryError`) where it is none */
export function parseExpression(text: string): Expression {
  if (text.length > LONGEST) throw new PythonError("MemoryError", "");
  const parser = new Parser(text, 0);
  const expression = parser.expressions();
  parser.end();
  return expression;
}

const BINARY: readonly (readonly [text: BinaryOperator, level: number])[] = [
  ["<<", 3],
  [">>", 3],
  ["//", 5],
  ["|", 0],
  ["^", 1],
  ["&", 2],
  ["+", 4],
  ["-", 4],
  ["*", 5],
  ["@", 5],
  ["/", 5],
  ["%", 5],
];

const COMPARE: readonly CompareOperator[] = ["==", "!=", "<=", ">=", "<", ">"];
const CONSTANTS = new Map([
  ["None", null],
  ["True", true],
  ["False", false],
]);

class Parser implements ExpressionReader {
  readonly scanner: Scanner;
  readonly #base: number;
  #depth = 0;

  /** @param base Nesting of the f-strings around. */
  constructor(text: string, base: number) {
    this.scanner = new Scanner(text);
    this.#base = base;
  }

  /** One expression, or a tuple without brackets. */
  expressions(): Expression {
    const first = this.expression();
    if (!this.scanner.at(",")) return first;
    const items = [first];
    while (this.scanner.take(",") && !this.#atEnd()) items.push(this.expression());
    return { kind: "tuple", items };
  }

  /** @throws PythonError where something follows */
  end(): void {
    const { text } = this.scanner;
    for (; this.scanner.position < text.length; this.scanner.skip()) {
      if (this.scanner.code !== 10) throw syntaxError();
      this.scanner.position++;
    }
  }

  #atEnd(): boolean {
    return this.scanner.position >= this.scanner.text.length || this.scanner.code === 10;
  }

  expression(): Expression {
    this.#depth++;
    if (this.#depth > DEEPEST) throw new PythonError("MemoryError", "");
    const expression = this.#conditional();
    this.#depth--;
    return expression;
  }

  #conditional(): Expression {
    const scanner = this.scanner;
    if (scanner.code === 108 && scanner.takeWord("lambda")) return parseLambda(this);
    const body = this.disjunction();
    if (scanner.code !== 105 || !scanner.takeWord("if")) return body;
    const test = this.disjunction();
    if (!scanner.takeWord("else")) throw syntaxError("expected 'else' after 'if' expression");
    return { kind: "conditional", test, body, otherwise: this.expression() };
  }

  disjunction(): Expression {
    const first = this.#conjunction();
    if (this.scanner.code !== 111 || !this.scanner.atWord("or")) return first;
    const operands = [first];
    while (this.scanner.takeWord("or")) operands.push(this.#conjunction());
    return { kind: "boolean", operator: "or", operands };
  }

  #conjunction(): Expression {
    const first = this.#inversion();
    if (this.scanner.code !== 97 || !this.scanner.atWord("and")) return first;
    const operands = [first];
    while (this.scanner.takeWord("and")) operands.push(this.#inversion());
    return { kind: "boolean", operator: "and", operands };
  }

  #inversion(): Expression {
    if (this.scanner.code === 110 && this.scanner.takeWord("not")) {
      return { kind: "unary", operator: "not", operand: this.#nested(() => this.#inversion()) };
    }
    return this.#comparison();
  }

  #nested(read: () => Expression): Expression {
    this.#depth++;
    if (this.#depth > DEEPEST) throw new PythonError("MemoryError", "");
    const expression = read();
    this.#depth--;
    return expression;
  }

  #comparison(): Expression {
    const first = this.operand();
    let operator = this.#takeComparison();
    if (operator === undefined) return first;
    const rest: { operator: CompareOperator; operand: Expression }[] = [];
    for (; operator !== undefined; operator = this.#takeComparison()) {
      rest.push({ operator, operand: this.operand() });
    }
    return { kind: "compare", first, rest };
  }

  #takeComparison(): CompareOperator | undefined {
    const scanner = this.scanner;
    const { code } = scanner;
    if (code === 33 || code === 60 || code === 61 || code === 62) {
      return COMPARE.find((operator) => scanner.take(operator));
    }
    if (code === 105 && scanner.takeWord("in")) return "in";
    if (code === 105 && scanner.takeWord("is")) return scanner.takeWord("not") ? "is not" : "is";
    if (code !== 110 || !scanner.atWord("not")) return undefined;
    scanner.takeWord("not");
    if (!scanner.takeWord("in")) throw syntaxError();
    return "not in";
  }

  operand(): Expression {
    return this.#binary(0);
  }

  /** Operators of at least this level of precedence, `|` being 0. */
  #binary(level: number): Expression {
    let left = this.#factor();
    let length = 0;
    for (;;) {
      const found = this.#peekBinary();
      if (found === undefined || found[1] < level) return left;
      if (++length + this.#depth > DEEPEST) throw new PythonError("MemoryError", "");
      this.scanner.take(found[0]);
      const right = this.#binary(found[1] + 1);
      left = { kind: "binary", operator: found[0], left, right };
    }
  }

  #peekBinary(): (typeof BINARY)[number] | undefined {
    const scanner = this.scanner;
    const { code } = scanner;
    // Most operands are followed by a comma or a closing bracket.
    if (code === 44 || code === 41 || code === 93 || code === 125) return undefined;
    return BINARY.find(([operator]) => scanner.at(operator));
  }

  #factor(): Expression {
    const scanner = this.scanner;
    const { code } = scanner;
    if (code !== 43 && code !== 45 && code !== 126) return this.#power();
    const operator: UnaryOperator = code === 43 ? "+" : code === 45 ? "-" : "~";
    scanner.take(operator);
    return { kind: "unary", operator, operand: this.#nested(() => this.#factor()) };
  }

  #power(): Expression {
    const isAwait = this.scanner.code === 97 && this.scanner.takeWord("await");
    const primary = this.primary();
    const left: Expression = isAwait ? { kind: "await", value: primary } : primary;
    if (this.scanner.code !== 42 || !this.scanner.take("**")) return left;
    return { kind: "binary", operator: "**", left, right: this.#nested(() => this.#factor()) };
  }

  primary(): Expression {
    let object = this.#atom();
    for (let length = 0; ; length++) {
      const { code } = this.scanner;
      if (code !== 46 && code !== 40 && code !== 91) return object;
      if (length + this.#depth > DEEPEST) throw new PythonError("MemoryError", "");
      object = this.#trailer(object, code);
    }
  }

  #trailer(object: Expression, code: number): Expression {
    const scanner = this.scanner;
    if (code === 40) return parseCall(this, object);
    if (code === 91) return parseSubscript(this, object);
    scanner.take(".");
    const name = scanner.takeName();
    if (name === undefined) throw syntaxError();
    return { kind: "attribute", object, name };
  }

  #atom(): Expression {
    const scanner = this.scanner;
    const { code } = scanner;
    if (code === 40) return parseParentheses(this);
    if (code === 91) return parseList(this);
    if (code === 123) return parseBraces(this);
    const text = readStrings(scanner, (source) => this.#field(source));
    if (text !== undefined) return text;
    const value = scanner.takeNumber();
    if (value !== undefined) return { kind: "constant", value };
    if (scanner.take("...")) return { kind: "constant", value: ELLIPSIS };
    return this.#name();
  }

  #name(): Expression {
    const found = this.scanner.peekName();
    const constant = found && CONSTANTS.get(found.name);
    if (found !== undefined && constant !== undefined) {
      this.scanner.position = found.end;
      this.scanner.skip();
      return { kind: "constant", value: constant };
    }
    const name = this.scanner.takeName();
    if (name === undefined) throw syntaxError();
    return { kind: "name", name };
  }

  /** The expression of an f-string's field, which stands in brackets of its own. */
  #field(source: string): Expression {
    if (this.#base >= 4) throw syntaxError("f-string: expressions nested too deeply");
    const parser = new Parser(`(${source})`, this.#base + 1);
    const expression = parser.expressions();
    parser.end();
    return expression;
  }

  starredOrNamed(): Expression {
    return this.star() ?? this.named();
  }

  starredOrExpression(): Expression {
    return this.star() ?? this.expression();
  }

  star(): Expression | undefined {
    const scanner = this.scanner;
    if (scanner.code !== 42 || scanner.at("**")) return undefined;
    scanner.take("*");
    return { kind: "starred", value: this.operand() };
  }

  /** An expression, or `name := expression`. */
  named(): Expression {
    const expression = this.expression();
    if (this.scanner.code !== 58 || !this.scanner.at(":=")) return expression;
    if (expression.kind !== "name") throw syntaxError("cannot use assignment expressions here");
    this.scanner.take(":=");
    return { kind: "assignment", name: expression.name, value: this.expression() };
  }
}
