/** Displays in brackets: tuples, lists, sets and dicts, comprehensions among them. */

import type { ExpressionReader } from "./expression-reader.js";
import { parseClauses } from "./parse-comprehension.js";
import { syntaxError } from "./scanner.js";
import type { DictEntry, Expression } from "./syntax.js";

/** What a round bracket opens: a tuple, a generator, a `yield`, or one expression. */
export function parseParentheses(reader: ExpressionReader): Expression {
  const { scanner } = reader;
  scanner.open();
  if (scanner.close(")")) return { kind: "tuple", items: [] };
  if (scanner.atWord("yield")) {
    const expression = parseYield(reader);
    requireClose(reader, ")");
    return expression;
  }
  const first = reader.starredOrNamed();
  const clauses = parseClauses(reader, first);
  if (clauses !== undefined) {
    requireClose(reader, ")");
    return { kind: "comprehension", form: "generator", element: first, value: undefined, clauses };
  }
  if (scanner.close(")")) {
    if (first.kind === "starred") throw syntaxError("cannot use starred expression here");
    return first;
  }
  return { kind: "tuple", items: parseItems(reader, first, ")") };
}

function parseYield(reader: ExpressionReader): Expression {
  const { scanner } = reader;
  scanner.takeWord("yield");
  if (scanner.takeWord("from")) return { kind: "yield from", value: reader.expression() };
  if (scanner.code === 41) return { kind: "yield", value: undefined };
  const first = reader.starredOrExpression();
  if (!scanner.at(",")) {
    if (first.kind === "starred") throw syntaxError("cannot use starred expression here");
    return { kind: "yield", value: first };
  }
  const items = [first];
  while (scanner.take(",") && scanner.code !== 41) items.push(reader.starredOrExpression());
  return { kind: "yield", value: { kind: "tuple", items } };
}

/** What a square bracket opens. */
export function parseList(reader: ExpressionReader): Expression {
  const { scanner } = reader;
  scanner.open();
  if (scanner.close("]")) return { kind: "list", items: [] };
  const first = reader.starredOrNamed();
  const clauses = parseClauses(reader, first);
  if (clauses === undefined) return { kind: "list", items: parseItems(reader, first, "]") };
  requireClose(reader, "]");
  return { kind: "comprehension", form: "list", element: first, value: undefined, clauses };
}

/** The rest of a display whose first item is read, with its closing bracket. */
function parseItems(reader: ExpressionReader, first: Expression, bracket: string): Expression[] {
  const { scanner } = reader;
  const items = [first];
  while (!scanner.close(bracket)) {
    scanner.expect(",");
    if (scanner.close(bracket)) break;
    items.push(reader.starredOrNamed());
  }
  return items;
}

/** What a curly bracket opens: a dict, a set, or a comprehension of either. */
export function parseBraces(reader: ExpressionReader): Expression {
  const { scanner } = reader;
  scanner.open();
  if (scanner.close("}")) return { kind: "dict", entries: [] };
  if (scanner.at("**")) return parseDict(reader, parseEntry(reader));
  const first = reader.starredOrNamed();
  if (first.kind !== "starred" && first.kind !== "assignment" && scanner.take(":")) {
    return parseDict(reader, { key: first, value: reader.expression() });
  }
  const clauses = parseClauses(reader, first);
  if (clauses === undefined) return { kind: "set", items: parseItems(reader, first, "}") };
  requireClose(reader, "}");
  return { kind: "comprehension", form: "set", element: first, value: undefined, clauses };
}

function parseDict(reader: ExpressionReader, first: DictEntry): Expression {
  const { scanner } = reader;
  if (first.key !== undefined) {
    const clauses = parseClauses(reader, first.key);
    if (clauses !== undefined) {
      requireClose(reader, "}");
      return { kind: "comprehension", form: "dict", element: first.key, value: first.value, clauses };
    }
  }
  const entries = [first];
  while (!scanner.close("}")) {
    scanner.expect(",");
    if (scanner.close("}")) break;
    entries.push(parseEntry(reader));
  }
  return { kind: "dict", entries };
}

function parseEntry(reader: ExpressionReader): DictEntry {
  if (reader.scanner.take("**")) return { key: undefined, value: reader.operand() };
  const key = reader.expression();
  reader.scanner.expect(":");
  return { key, value: reader.expression() };
}

function requireClose(reader: ExpressionReader, bracket: string): void {
  if (!reader.scanner.close(bracket)) throw syntaxError();
}
