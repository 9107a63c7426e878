/**
 * Takes a ToolACE system prompt apart: instruction, tool list, demanded call format.
 *
 * The list is found by the sentence that announces it, and one JSON value is decoded from there: neither the first `[`
 * nor the last `]` of the prompt need belong to it (time sentences before, format examples after). The sentence may be
 * glued to the one before it. The demand to write `[func1(name=value, …)]` is taken out, because chat templates and
 * training say how calls are written; sentences on date and time and notes on values stay, because answers rest on them.
 */
import type { JsonObject } from "../../spec/index.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import { isJsonList, isJsonObject, jsonValueEnd, parseJson } from "../json-text.js";

/** The parts of a system prompt. */
export interface SystemPrompt {
  /** What remains for the model to read; may be empty. */
  readonly instruction: string;
  /** The tools as the source wrote them, decoded. */
  readonly tools: readonly JsonObject[];
  /** The list exactly as the source wrote it, from `[` to `]`. */
  readonly toolText: string;
  /** Whether a number of the list is beyond what JavaScript's numbers hold exactly. */
  readonly inexact: boolean;
}

/** Announcements of a tool list, English and Chinese. */
const announcement =
  /Here is a list of functions in JSON format that you can (?:invoke|call|use)[:.]|以下是可以调用的工具的JSON格式列表[:：]/u;

/** The demand to write calls in brackets, as every standard row ends. */
const bracketDemand =
  /Should you decide to return the function call(?:\(s\)|s)?\.\s*Put (?:it|them) in the format of \[func1\([^\]]*\)\]\s*(?:NO other text MUST be included\.)?|如果你决定输出工具调用语句[,，]\s*请使用以下格式[:：]\s*\[func1\([^\]]*\)\]\s*(?:不得包含其他文字。)?/u;

/** Asks for reasoning in tags, which no answer of the data set has. */
const reasoningDemand = /请用<cot><\/cot>标识你的思考过程。/u;

const otherDemand = /\bformat\b|格式/iu;

/**
 * The parts of `system`. Rules: `other-syntax` (no such list, or another call format is demanded), `tool-list` (the list
 * cannot be decoded).
 */
export function splitSystemPrompt(system: string): Reading<SystemPrompt> {
  const found = announcement.exec(system);
  if (found === null) {
    return bad(
      "system",
      "other-syntax",
      "No list of functions in JSON is announced; convert the row to ToolACE's standard format.",
    );
  }
  const afterAnnouncement = found.index + found[0].length;
  const start = afterAnnouncement + leadingSpace(system.slice(afterAnnouncement));
  const end = jsonValueEnd(system, start);
  if (end === undefined || system[start] !== "[") {
    return bad(
      "system",
      "tool-list",
      `No complete list follows the announcement at character ${start}; restore it.`,
    );
  }
  const rest = instructionAfterList(system.slice(end));
  if (otherDemand.test(rest)) {
    return bad(
      "system",
      "other-syntax",
      "Another call format than [name(argument=value)] is demanded; convert the row.",
    );
  }
  const toolText = system.slice(start, end);
  const tools = decodeTools(toolText);
  if (!tools.ok) return tools;
  const before = system.slice(0, found.index).replace(reasoningDemand, "").trim();
  return good({ instruction: [before, rest].filter(Boolean).join("\n"), ...tools.value, toolText });
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length;
}

/** What follows the list, without its full stop and without the demand for bracket calls. */
function instructionAfterList(text: string): string {
  return text
    .replace(/^\s*[.。]/u, "")
    .replace(bracketDemand, "")
    .trim();
}

function decodeTools(text: string): Reading<Pick<SystemPrompt, "tools" | "inexact">> {
  const result = parseJson(text);
  if (!result.ok)
    return bad("system", "tool-list", `The tool list is not JSON (${result.message}); repair it.`);
  const { value } = result;
  if (!isJsonList(value)) return bad("system", "tool-list", "The tool list is not a list; repair it.");
  const position = value.findIndex((tool) => !isJsonObject(tool));
  if (position >= 0)
    return bad("system", "tool-list", `Tool ${position} of the list is not an object; repair it.`);
  return good({ tools: value.filter(isJsonObject), inexact: result.inexact === true });
}
