/**
 * Tools as a system message, for models whose chat template shows no tools (or asks for another call syntax than ours).
 */
import type { Message, Tool } from "../spec/index.js";
import { jsonSchemaOf } from "./tool-schema.js";

/**
 * The dialogue with the call syntax and the tools, one JSON object a line, in its system message: appended to the
 * first message where that is one, else as a new first message. Without tools the messages are returned as they are.
 */
export function withToolPrompt(messages: readonly Message[], tools: readonly Tool[]): readonly Message[] {
  if (tools.length === 0) return messages;
  const [first, ...others] = messages;
  const prompt = toolPrompt(tools);
  if (first?.role !== "system") return [{ role: "system", content: prompt }, ...messages];
  return [{ role: "system", content: `${first.content}\n\n${prompt}` }, ...others];
}

function toolPrompt(tools: readonly Tool[]): string {
  const lines = tools.map((tool) => {
    const { name, description } = tool;
    return JSON.stringify({ name, description, parameters: jsonSchemaOf(tool) });
  });
  return [
    "You can call the functions below. To call some of them, answer with nothing but a list of calls:",
    '[name(parameter=value, ...), ...], with values as Python literals, e.g. 5, 0.5, "text", True, None, [1, 2], {"a": 1}.',
    "Where no function fits, or a required value is not known, answer in plain text instead.",
    "Functions, one a line:",
    ...lines,
  ].join("\n");
}
