/**
 * A sample as the model's own chat template shows tools and calls, for models that were trained on that form: the tools as
 * tools, earlier calls as the assistant's, their outputs as results of tools. The facts are those of the official messages.
 */
import type { ChatMessage, Tool } from "../../spec/index.js";
import { printCalls, toolFromJson } from "../../text/index.js";
import { field, isJsonObject, parseJson } from "../json-text.js";
import type { ApiDescription } from "./descriptions.js";
import type { Turn } from "./dialogue.js";
import { describedApis } from "./messages.js";
import { pythonText } from "./python/print.js";
import type { ApiBankSample } from "./samples.js";

/** Tools and dialogue of a sample. */
export function nativePrompt(
  sample: ApiBankSample,
  descriptions: ReadonlyMap<string, ApiDescription>,
): { readonly tools: readonly Tool[]; readonly messages: readonly ChatMessage[] } {
  const tools = describedApis(sample).flatMap((name) => toolOf(descriptions.get(name)) ?? []);
  const turns = sample.dialogue.turns.slice(0, sample.turn);
  return { tools, messages: turns.flatMap(messagesOfTurn) };
}

function toolOf(description: ApiDescription | undefined): Tool | undefined {
  const parsed = description === undefined ? undefined : parseJson(description.line);
  if (parsed?.ok !== true || !isJsonObject(parsed.value)) return undefined;
  const { value } = parsed;
  return toolFromJson({
    name: field(value, "name") ?? "",
    description: field(value, "description") ?? "",
    parameters: field(value, "input_parameters") ?? {},
  });
}

function messagesOfTurn(turn: Turn, index: number): ChatMessage[] {
  if (turn.role !== "API") return [{ role: turn.role === "User" ? "user" : "assistant", content: turn.text }];
  const values = [...turn.parameters].map(([name, value]) => ({
    name: String(name),
    value: { kind: "string" as const, value: pythonText(value) },
  }));
  return [
    { role: "assistant", content: printCalls([{ name: turn.apiName, arguments: values }]) },
    { role: "tool", content: pythonText(turn.result.get("output") ?? null), toolCallId: `call-${index}` },
  ];
}
