/**
 * The right answer of a decision, from the answer that the data set gives.
 *
 * The data names one value per argument, so that one is allowed. An argument that the tool does not require and whose
 * value is the declared default may be left out: the call means the same without it.
 */
import type { Argument, Gold, GoldArgument, Tool, ToolCall } from "../../spec/index.js";
import { jsonToLiteral, literalsEqual } from "../../text/index.js";
import { findByName } from "../find-by-name.js";

/** `calls` as gold; `text` where there are none. */
export function goldOf(calls: readonly ToolCall[], tools: readonly Tool[]): Gold {
  if (calls.length === 0) return { kind: "text" };
  return {
    kind: "calls",
    calls: calls.map((call) => {
      const tool = findByName(tools, call.name);
      return { name: call.name, arguments: call.arguments.map((argument) => goldArgument(argument, tool)) };
    }),
  };
}

function goldArgument(argument: Argument, tool: Tool | undefined): GoldArgument {
  const parameter = tool === undefined ? undefined : findByName(tool.parameters, argument.name);
  const byDefault = parameter?.schema.default;
  const optional =
    parameter?.required !== true &&
    byDefault !== undefined &&
    literalsEqual(argument.value, jsonToLiteral(byDefault));
  return { name: argument.name, allowed: [argument.value], optional };
}
