/** The `for … in … if …` clauses of comprehensions. */
import type { ExpressionReader } from "./expression-reader.js";
import { syntaxError } from "./scanner.js";
import type { ComprehensionClause, Expression } from "./syntax.js";

/** The clauses after an element; `undefined` where none begin. */
export function parseClauses(
  reader: ExpressionReader,
  element: Expression,
): ComprehensionClause[] | undefined {
  if (!reader.scanner.atWord("for") && !reader.scanner.atWord("async")) return undefined;
  if (element.kind === "starred") throw syntaxError("iterable unpacking cannot be used in comprehension");
  const clauses: ComprehensionClause[] = [];
  for (;;) {
    const isAsync = reader.scanner.takeWord("async");
    if (!reader.scanner.takeWord("for")) {
      if (isAsync) throw syntaxError();
      return clauses;
    }
    clauses.push(parseClause(reader, isAsync));
  }
}

function parseClause(reader: ExpressionReader, isAsync: boolean): ComprehensionClause {
  const target = parseTargets(reader);
  if (!reader.scanner.takeWord("in")) throw syntaxError();
  const source = reader.disjunction();
  const conditions: Expression[] = [];
  while (reader.scanner.takeWord("if")) conditions.push(reader.disjunction());
  return { isAsync, target, source, conditions };
}

function parseTargets(reader: ExpressionReader): Expression {
  const first = parseTarget(reader);
  if (!reader.scanner.at(",")) return first;
  const items = [first];
  while (reader.scanner.take(",") && !reader.scanner.atWord("in")) items.push(parseTarget(reader));
  return { kind: "tuple", items };
}

function parseTarget(reader: ExpressionReader): Expression {
  const target = reader.star() ?? reader.primary();
  requireTarget(target);
  return target;
}

/** What may be assigned to. */
function requireTarget(target: Expression): void {
  if (target.kind === "starred") requireTarget(target.value);
  else if (target.kind === "list" || target.kind === "tuple") target.items.forEach(requireTarget);
  else if (!["name", "attribute", "subscript"].includes(target.kind))
    throw syntaxError("cannot assign to expression");
}
