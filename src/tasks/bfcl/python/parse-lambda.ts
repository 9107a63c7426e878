/** Lambdas. */
import type { ExpressionReader } from "./expression-reader.js";
import { syntaxError } from "./scanner.js";
import type { Expression, LambdaParameter } from "./syntax.js";

/** The rest of a lambda after its word. */
export function parseLambda(reader: ExpressionReader): Expression {
  const parameters: LambdaParameter[] = [];
  while (!reader.scanner.take(":")) {
    if (parameters.length > 0) {
      reader.scanner.expect(",");
      if (reader.scanner.take(":")) break;
    }
    parameters.push(parseParameter(reader));
  }
  requireParameters(parameters);
  return { kind: "lambda", parameters, body: reader.expression() };
}

function parseParameter(reader: ExpressionReader): LambdaParameter {
  const { scanner } = reader;
  if (scanner.take("/")) return { prefix: "/", name: "", default: undefined };
  const prefix = scanner.take("**") ? "**" : scanner.take("*") ? "*" : "";
  const name = scanner.takeName();
  if (name === undefined && prefix !== "*") throw syntaxError();
  const fallback = prefix === "" && scanner.take("=") ? reader.expression() : undefined;
  return { prefix, name: name ?? "", default: fallback };
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
