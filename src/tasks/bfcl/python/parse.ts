/**
 * Texts to expressions, as `ast.parse(text, mode="eval")` of CPython 3.11 reads them: the parser only, so what its
 * compiler refuses (a repeated keyword, `await` outside of a function) is read. Nesting is bounded; nothing is evaluated.
 */
import { PythonError } from "./error.js";
import { Scanner, syntaxError } from "./scanner.js";
import { readStrings } from "./string-literal.js";
import type {
  BinaryOperator,
  CallExpression,
  CompareOperator,
  ComprehensionClause,
  DictEntry,
  Expression,
  LambdaParameter,
  UnaryOperator,
} from "./syntax.js";
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

class Parser {
  readonly #scanner: Scanner;
  readonly #base: number;
  #depth = 0;

  /** @param base Nesting of the f-strings around. */
  constructor(text: string, base: number) {
    this.#scanner = new Scanner(text);
    this.#base = base;
  }

  /** One expression, or a tuple without brackets. */
  expressions(): Expression {
    const first = this.expression();
    if (!this.#scanner.at(",")) return first;
    const items = [first];
    while (this.#scanner.take(",") && !this.#atEnd()) items.push(this.expression());
    return { kind: "tuple", items };
  }

  /** @throws PythonError where something follows */
  end(): void {
    const { text } = this.#scanner;
    for (; this.#scanner.position < text.length; this.#scanner.skip()) {
      if (this.#scanner.code !== 10) throw syntaxError();
      this.#scanner.position++;
    }
  }

  #atEnd(): boolean {
    return this.#scanner.position >= this.#scanner.text.length || this.#scanner.code === 10;
  }

  expression(): Expression {
    this.#depth++;
    if (this.#depth > DEEPEST) throw new PythonError("MemoryError", "");
    const expression = this.#conditional();
    this.#depth--;
    return expression;
  }

  #conditional(): Expression {
    const scanner = this.#scanner;
    if (scanner.code === 108 && scanner.takeWord("lambda")) return this.#lambda();
    const body = this.#disjunction();
    if (scanner.code !== 105 || !scanner.takeWord("if")) return body;
    const test = this.#disjunction();
    if (!scanner.takeWord("else")) throw syntaxError("expected 'else' after 'if' expression");
    return { kind: "conditional", test, body, otherwise: this.expression() };
  }

  #disjunction(): Expression {
    const first = this.#conjunction();
    if (this.#scanner.code !== 111 || !this.#scanner.atWord("or")) return first;
    const operands = [first];
    while (this.#scanner.takeWord("or")) operands.push(this.#conjunction());
    return { kind: "boolean", operator: "or", operands };
  }

  #conjunction(): Expression {
    const first = this.#inversion();
    if (this.#scanner.code !== 97 || !this.#scanner.atWord("and")) return first;
    const operands = [first];
    while (this.#scanner.takeWord("and")) operands.push(this.#inversion());
    return { kind: "boolean", operator: "and", operands };
  }

  #inversion(): Expression {
    if (this.#scanner.code === 110 && this.#scanner.takeWord("not")) {
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
    const first = this.#binary(0);
    let operator = this.#takeComparison();
    if (operator === undefined) return first;
    const rest: { operator: CompareOperator; operand: Expression }[] = [];
    for (; operator !== undefined; operator = this.#takeComparison()) {
      rest.push({ operator, operand: this.#binary(0) });
    }
    return { kind: "compare", first, rest };
  }

  #takeComparison(): CompareOperator | undefined {
    const scanner = this.#scanner;
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

  /** Operators of at least this level of precedence, `|` being 0. */
  #binary(level: number): Expression {
    let left = this.#factor();
    let length = 0;
    for (;;) {
      const found = this.#peekBinary();
      if (found === undefined || found[1] < level) return left;
      if (++length + this.#depth > DEEPEST) throw new PythonError("MemoryError", "");
      this.#scanner.take(found[0]);
      const right = this.#binary(found[1] + 1);
      left = { kind: "binary", operator: found[0], left, right };
    }
  }

  #peekBinary(): (typeof BINARY)[number] | undefined {
    const scanner = this.#scanner;
    const { code } = scanner;
    // Most operands are followed by a comma or a closing bracket.
    if (code === 44 || code === 41 || code === 93 || code === 125) return undefined;
    return BINARY.find(([operator]) => scanner.at(operator));
  }

  #factor(): Expression {
    const scanner = this.#scanner;
    const { code } = scanner;
    if (code !== 43 && code !== 45 && code !== 126) return this.#power();
    const operator: UnaryOperator = code === 43 ? "+" : code === 45 ? "-" : "~";
    scanner.take(operator);
    return { kind: "unary", operator, operand: this.#nested(() => this.#factor()) };
  }

  #power(): Expression {
    const isAwait = this.#scanner.code === 97 && this.#scanner.takeWord("await");
    const primary = this.#primary();
    const left: Expression = isAwait ? { kind: "await", value: primary } : primary;
    if (this.#scanner.code !== 42 || !this.#scanner.take("**")) return left;
    return { kind: "binary", operator: "**", left, right: this.#nested(() => this.#factor()) };
  }

  #primary(): Expression {
    let object = this.#atom();
    for (let length = 0; ; length++) {
      const { code } = this.#scanner;
      if (code !== 46 && code !== 40 && code !== 91) return object;
      if (length + this.#depth > DEEPEST) throw new PythonError("MemoryError", "");
      object = this.#trailer(object, code);
    }
  }

  #trailer(object: Expression, code: number): Expression {
    const scanner = this.#scanner;
    if (code === 40) return this.#call(object);
    if (code === 91) return this.#subscript(object);
    scanner.take(".");
    const name = scanner.takeName();
    if (name === undefined) throw syntaxError();
    return { kind: "attribute", object, name };
  }

  #atom(): Expression {
    const scanner = this.#scanner;
    const { code } = scanner;
    if (code === 40) return this.#parentheses();
    if (code === 91) return this.#list();
    if (code === 123) return this.#braces();
    const text = readStrings(scanner, (source) => this.#field(source));
    if (text !== undefined) return text;
    const value = scanner.takeNumber();
    if (value !== undefined) return { kind: "constant", value };
    if (scanner.take("...")) return { kind: "constant", value: ELLIPSIS };
    return this.#name();
  }

  #name(): Expression {
    const found = this.#scanner.peekName();
    const constant = found && CONSTANTS.get(found.name);
    if (found !== undefined && constant !== undefined) {
      this.#scanner.position = found.end;
      this.#scanner.skip();
      return { kind: "constant", value: constant };
    }
    const name = this.#scanner.takeName();
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

  #parentheses(): Expression {
    const scanner = this.#scanner;
    scanner.open();
    if (scanner.close(")")) return { kind: "tuple", items: [] };
    if (scanner.atWord("yield")) {
      const expression = this.#yield();
      this.#close(")");
      return expression;
    }
    const first = this.#starredOrNamed();
    const clauses = this.#clauses(first);
    if (clauses !== undefined) {
      this.#close(")");
      return { kind: "comprehension", form: "generator", element: first, value: undefined, clauses };
    }
    if (scanner.close(")")) {
      if (first.kind === "starred") throw syntaxError("cannot use starred expression here");
      return first;
    }
    return { kind: "tuple", items: this.#items(first, ")") };
  }

  #yield(): Expression {
    const scanner = this.#scanner;
    scanner.takeWord("yield");
    if (scanner.takeWord("from")) return { kind: "yield from", value: this.expression() };
    if (scanner.code === 41) return { kind: "yield", value: undefined };
    const first = this.#starredOrExpression();
    if (!scanner.at(",")) {
      if (first.kind === "starred") throw syntaxError("cannot use starred expression here");
      return { kind: "yield", value: first };
    }
    const items = [first];
    while (scanner.take(",") && scanner.code !== 41) items.push(this.#starredOrExpression());
    return { kind: "yield", value: { kind: "tuple", items } };
  }

  #list(): Expression {
    const scanner = this.#scanner;
    scanner.open();
    if (scanner.close("]")) return { kind: "list", items: [] };
    const first = this.#starredOrNamed();
    const clauses = this.#clauses(first);
    if (clauses === undefined) return { kind: "list", items: this.#items(first, "]") };
    this.#close("]");
    return { kind: "comprehension", form: "list", element: first, value: undefined, clauses };
  }

  /** The rest of a display whose first item is read, with its closing bracket. */
  #items(first: Expression, bracket: string): Expression[] {
    const scanner = this.#scanner;
    const items = [first];
    while (!scanner.close(bracket)) {
      scanner.expect(",");
      if (scanner.close(bracket)) break;
      items.push(this.#starredOrNamed());
    }
    return items;
  }

  #braces(): Expression {
    const scanner = this.#scanner;
    scanner.open();
    if (scanner.close("}")) return { kind: "dict", entries: [] };
    if (scanner.at("**")) return this.#dict(this.#entry());
    const first = this.#starredOrNamed();
    if (first.kind !== "starred" && first.kind !== "assignment" && scanner.take(":")) {
      return this.#dict({ key: first, value: this.expression() });
    }
    const clauses = this.#clauses(first);
    if (clauses === undefined) return { kind: "set", items: this.#items(first, "}") };
    this.#close("}");
    return { kind: "comprehension", form: "set", element: first, value: undefined, clauses };
  }

  #dict(first: DictEntry): Expression {
    const scanner = this.#scanner;
    if (first.key !== undefined) {
      const clauses = this.#clauses(first.key);
      if (clauses !== undefined) {
        this.#close("}");
        return { kind: "comprehension", form: "dict", element: first.key, value: first.value, clauses };
      }
    }
    const entries = [first];
    while (!scanner.close("}")) {
      scanner.expect(",");
      if (scanner.close("}")) break;
      entries.push(this.#entry());
    }
    return { kind: "dict", entries };
  }

  #entry(): DictEntry {
    if (this.#scanner.take("**")) return { key: undefined, value: this.#binary(0) };
    const key = this.expression();
    this.#scanner.expect(":");
    return { key, value: this.expression() };
  }

  #close(bracket: string): void {
    if (!this.#scanner.close(bracket)) throw syntaxError();
  }

  #starredOrNamed(): Expression {
    return this.#star() ?? this.#named();
  }

  #starredOrExpression(): Expression {
    return this.#star() ?? this.expression();
  }

  #star(): Expression | undefined {
    const scanner = this.#scanner;
    if (scanner.code !== 42 || scanner.at("**")) return undefined;
    scanner.take("*");
    return { kind: "starred", value: this.#binary(0) };
  }

  /** An expression, or `name := expression`. */
  #named(): Expression {
    const expression = this.expression();
    if (this.#scanner.code !== 58 || !this.#scanner.at(":=")) return expression;
    if (expression.kind !== "name") throw syntaxError("cannot use assignment expressions here");
    this.#scanner.take(":=");
    return { kind: "assignment", name: expression.name, value: this.expression() };
  }

  #clauses(element: Expression): ComprehensionClause[] | undefined {
    if (!this.#scanner.atWord("for") && !this.#scanner.atWord("async")) return undefined;
    if (element.kind === "starred") throw syntaxError("iterable unpacking cannot be used in comprehension");
    const clauses: ComprehensionClause[] = [];
    for (;;) {
      const isAsync = this.#scanner.takeWord("async");
      if (!this.#scanner.takeWord("for")) {
        if (isAsync) throw syntaxError();
        return clauses;
      }
      clauses.push(this.#clause(isAsync));
    }
  }

  #clause(isAsync: boolean): ComprehensionClause {
    const target = this.#targets();
    if (!this.#scanner.takeWord("in")) throw syntaxError();
    const source = this.#disjunction();
    const conditions: Expression[] = [];
    while (this.#scanner.takeWord("if")) conditions.push(this.#disjunction());
    return { isAsync, target, source, conditions };
  }

  #targets(): Expression {
    const first = this.#target();
    if (!this.#scanner.at(",")) return first;
    const items = [first];
    while (this.#scanner.take(",") && !this.#scanner.atWord("in")) items.push(this.#target());
    return { kind: "tuple", items };
  }

  #target(): Expression {
    const target = this.#star() ?? this.#primary();
    requireTarget(target);
    return target;
  }

  #call(called: Expression): CallExpression {
    const scanner = this.#scanner;
    scanner.open();
    const args: Expression[] = [];
    const keywords: { name: string | undefined; value: Expression }[] = [];
    const call: CallExpression = { kind: "call", function: called, arguments: args, keywords };
    while (!scanner.close(")")) {
      if (args.length + keywords.length > 0) {
        scanner.expect(",");
        if (scanner.close(")")) break;
      }
      this.#argument(args, keywords);
    }
    return call;
  }

  #argument(args: Expression[], keywords: { name: string | undefined; value: Expression }[]): void {
    const scanner = this.#scanner;
    if (scanner.code === 42) {
      this.#unpacking(args, keywords);
      return;
    }
    const name = this.#keywordName();
    if (name !== undefined) {
      keywords.push({ name, value: this.expression() });
      return;
    }
    const value = this.#named();
    const clauses = this.#clauses(value);
    if (clauses === undefined) {
      if (keywords.length > 0) throw syntaxError("positional argument follows keyword argument");
      args.push(value);
      return;
    }
    if (args.length + keywords.length > 0 || scanner.code !== 41) {
      throw syntaxError("Generator expression must be parenthesized");
    }
    args.push({ kind: "comprehension", form: "generator", element: value, value: undefined, clauses });
  }

  #unpacking(args: Expression[], keywords: { name: string | undefined; value: Expression }[]): void {
    const scanner = this.#scanner;
    if (scanner.take("**")) {
      keywords.push({ name: undefined, value: this.expression() });
      return;
    }
    if (keywords.some(({ name }) => name === undefined)) {
      throw syntaxError("iterable argument unpacking follows keyword argument unpacking");
    }
    scanner.take("*");
    args.push({ kind: "starred", value: this.expression() });
  }

  /** Moves over `name=`. */
  #keywordName(): string | undefined {
    const scanner = this.#scanner;
    const start = scanner.position;
    const name = scanner.takeName();
    if (name !== undefined && scanner.code === 61 && !scanner.at("==")) {
      scanner.take("=");
      return name;
    }
    scanner.position = start;
    return undefined;
  }

  #subscript(object: Expression): Expression {
    const scanner = this.#scanner;
    scanner.open();
    const first = this.#slice();
    if (scanner.close("]")) {
      const index: Expression = first.kind === "starred" ? { kind: "tuple", items: [first] } : first;
      return { kind: "subscript", object, index };
    }
    const items = [first];
    while (!scanner.close("]")) {
      scanner.expect(",");
      if (scanner.close("]")) break;
      items.push(this.#slice());
    }
    return { kind: "subscript", object, index: { kind: "tuple", items } };
  }

  #slice(): Expression {
    const scanner = this.#scanner;
    const starred = this.#star();
    if (starred !== undefined) return starred;
    const lower = scanner.code === 58 ? undefined : this.#named();
    if (scanner.code !== 58) {
      if (lower === undefined) throw syntaxError();
      return lower;
    }
    if (lower?.kind === "assignment") throw syntaxError();
    scanner.take(":");
    const upper = this.#bound();
    const step = scanner.take(":") ? this.#bound() : undefined;
    return { kind: "slice", bounds: [lower, upper, step] };
  }

  #bound(): Expression | undefined {
    const { code } = this.#scanner;
    return code === 58 || code === 44 || code === 93 ? undefined : this.expression();
  }

  #lambda(): Expression {
    const parameters: LambdaParameter[] = [];
    while (!this.#scanner.take(":")) {
      if (parameters.length > 0) {
        this.#scanner.expect(",");
        if (this.#scanner.take(":")) break;
      }
      parameters.push(this.#parameter());
    }
    requireParameters(parameters);
    return { kind: "lambda", parameters, body: this.expression() };
  }

  #parameter(): LambdaParameter {
    const scanner = this.#scanner;
    if (scanner.take("/")) return { prefix: "/", name: "", default: undefined };
    const prefix = scanner.take("**") ? "**" : scanner.take("*") ? "*" : "";
    const name = scanner.takeName();
    if (name === undefined && prefix !== "*") throw syntaxError();
    const fallback = prefix === "" && scanner.take("=") ? this.expression() : undefined;
    return { prefix, name: name ?? "", default: fallback };
  }
}

/** What may be assigned to. */
function requireTarget(target: Expression): void {
  if (target.kind === "starred") requireTarget(target.value);
  else if (target.kind === "list" || target.kind === "tuple") target.items.forEach(requireTarget);
  else if (!["name", "attribute", "subscript"].includes(target.kind))
    throw syntaxError("cannot assign to expression");
}

function requireParameters(parameters: readonly LambdaParameter[]): void {
  let sawStar = false;
  let sawDefault = false;
  for (const [index, { prefix, name, default: fallback }] of parameters.entries()) {
    const last = index === parameters.length - 1;
    const wrong =
      (prefix === "**" && !last) ||
      (prefix === "*" && (sawStar || (name === "" && (last || parameters[index + 1]!.prefix !== "")))) ||
      (prefix === "/" && (index === 0 || sawStar)) ||
      (prefix === "" && !sawStar && sawDefault && fallback === undefined);
    if (wrong) throw syntaxError();
    if (prefix === "*") sawStar = true;
    if (fallback !== undefined) sawDefault = true;
  }
  if (parameters.filter(({ prefix }) => prefix === "/").length > 1) throw syntaxError();
}
