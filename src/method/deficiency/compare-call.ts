/**
 * One call of a response against one call of the gold answer, level by level: function name, argument names, types of the
 * values, values.
 */
import type {
  Agreement,
  Argument,
  Deficiency,
  GoldArgument,
  GoldCall,
  Literal,
  Tool,
  ToolCall,
  ValueSchema,
} from "../../spec/index.js";
import { literalsEqual, matchesSchema } from "../../text/index.js";

/** How far two calls agree. */
export interface CallComparison {
  /** Every level in [0, 1]; each counts only what agrees at the level before. */
  readonly agreement: Agreement;
  /** Empty exactly when the call is right; in no order. */
  readonly deficiencies: ReadonlySet<Deficiency>;
}

/**
 * Compares a call with a gold call of the tool (`undefined`: not among the candidates, so its schema is unknown).
 *
 * The levels are shares over n = required arguments + optional ones given + given ones that the gold call does not have
 * (a repeated name is one of these): names found / n, values of the right type / n, right values / n; 1 where n = 0.
 * A type is right if the value fits the schema, or, where there is no schema or no allowed value fits it, if it is of the
 * same kind as an allowed value (integers and floats are one kind). A value is right if its type is and it equals an
 * allowed one, so `5` is right for 5.0 where the schema says number, and `5.0` is not for 5 where it says integer.
 */
export function compareCall(call: ToolCall, gold: GoldCall, tool: Tool | undefined): CallComparison {
  if (call.name !== gold.name) {
    const agreement = { functionName: 0, argumentName: 0, argumentType: 0, argumentValue: 0 };
    return { agreement, deficiencies: new Set(["function-name"]) };
  }
  const { found, extra } = splitArguments(call, gold);
  const missing = gold.arguments.filter((argument) => !argument.optional && !found.has(argument.name)).length;
  const verdicts = gold.arguments.flatMap((argument) => {
    const given = found.get(argument.name);
    return given === undefined ? [] : [judgeValue(given.value, argument, schemaOf(tool, argument.name))];
  });
  const total = verdicts.length + missing + extra.length;
  const share = (count: number) => (total === 0 ? 1 : count / total);
  return {
    agreement: {
      functionName: 1,
      argumentName: share(verdicts.length),
      argumentType: share(verdicts.filter((verdict) => verdict !== "argument-type").length),
      argumentValue: share(verdicts.filter((verdict) => verdict === "right").length),
    },
    deficiencies: new Set([
      ...nameDeficiencies(missing, extra, tool),
      ...verdicts.filter((verdict) => verdict !== "right"),
    ]),
  };
}

/** The first argument of each gold name, and all others. */
function splitArguments(call: ToolCall, gold: GoldCall) {
  const names = new Set(gold.arguments.map((argument) => argument.name));
  const found = new Map<string, Argument>();
  const extra: Argument[] = [];
  for (const argument of call.arguments) {
    if (names.has(argument.name) && !found.has(argument.name)) found.set(argument.name, argument);
    else extra.push(argument);
  }
  return { found, extra };
}

/**
 * As many missing as too many: names were mistaken. Otherwise the count is wrong, and names too where one is none of the
 * tool's or stands in for a missing one.
 */
function nameDeficiencies(missing: number, extra: readonly Argument[], tool: Tool | undefined): Deficiency[] {
  const unknown = tool !== undefined && extra.some((argument) => !hasParameter(tool, argument.name));
  const mistaken = extra.length > 0 && (missing > 0 || unknown);
  return [
    ...(mistaken ? (["argument-name"] as const) : []),
    ...(missing !== extra.length ? (["argument-count"] as const) : []),
  ];
}

function hasParameter(tool: Tool, name: string): boolean {
  return tool.parameters.some((parameter) => parameter.name === name);
}

function schemaOf(tool: Tool | undefined, name: string): ValueSchema | undefined {
  return tool?.parameters.find((parameter) => parameter.name === name)?.schema;
}

/** Python's `==` alone would let `True` pass for 1 and `5.0` for 5: the type must fit as well. */
function judgeValue(
  value: Literal,
  gold: GoldArgument,
  schema: ValueSchema | undefined,
): "right" | "argument-value" | "argument-type" {
  if (!fitsType(value, gold.allowed, schema)) return "argument-type";
  return gold.allowed.some((allowed) => literalsEqual(value, allowed)) ? "right" : "argument-value";
}

/** A schema that no allowed value fits is the data's mistake, not the response's. */
function fitsType(value: Literal, allowed: readonly Literal[], schema: ValueSchema | undefined): boolean {
  if (schema !== undefined && allowed.some((gold) => matchesSchema(gold, schema))) {
    return matchesSchema(value, schema);
  }
  return allowed.some((gold) => sameKind(value, gold));
}

function sameKind(one: Literal, other: Literal): boolean {
  const isNumber = (value: Literal) => value.kind === "integer" || value.kind === "float";
  return one.kind === other.kind || (isNumber(one) && isNumber(other));
}
