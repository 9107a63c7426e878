/** The content of a chat message: text, nothing, or a list of parts. */
import type { JsonValue } from "../../spec/index.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";

/** What the content holds. */
export interface Content {
  readonly text: string;
  readonly reasoning?: string;
  /** JSON texts of calls (LLaMA-Factory's parts of type `tool_call`). */
  readonly callTexts: readonly string[];
}

/**
 * The content. Parts of type `text`, `reasoning` and `tool_call` are read. Rules: `field-type` (neither text nor parts),
 * `content-part` (a part of another type, such as an image).
 */
export function readContent(value: JsonValue | undefined, path: string): Reading<Content> {
  if (value === undefined || value === null) return good({ text: "", callTexts: [] });
  if (typeof value === "string") return good({ text: value, callTexts: [] });
  if (!isJsonList(value)) return bad(path, "field-type", "The content must be text or a list of parts.");
  const found = { text: [] as string[], reasoning: [] as string[], tool_call: [] as string[] };
  for (const [index, part] of value.entries()) {
    const type = isJsonObject(part) ? field(part, "type") : undefined;
    const text = isJsonObject(part) ? (field(part, "text") ?? field(part, "value")) : undefined;
    if (typeof text !== "string" || (type !== "text" && type !== "reasoning" && type !== "tool_call")) {
      const message = "A part of the content is not text, reasoning or tool_call; leave it out.";
      return bad(`${path}[${index}]`, "content-part", message);
    }
    found[type].push(text);
  }
  const thoughts = found.reasoning.length === 0 ? {} : { reasoning: found.reasoning.join("\n") };
  return good({ text: found.text.join("\n"), callTexts: found.tool_call, ...thoughts });
}
