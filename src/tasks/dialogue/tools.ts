/** The tools of a row, from the objects of its list. */
import { DataError, type JsonObject, type Tool } from "../../spec/index.js";
import { toolFromJson } from "../../text/index.js";
import { bad, good, type Reading } from "./problem.js";

/**
 * All tools, in the order of the source. Rule: `tool-name` (a tool without a name, or two of the same name, so that
 * nobody can tell which one a call means).
 */
export function readTools(sources: readonly JsonObject[], path: string): Reading<readonly Tool[]> {
  const tools = sources.map(readTool);
  const nameless = tools.indexOf(undefined);
  if (nameless >= 0) return bad(path, "tool-name", `Tool ${nameless} of the list has no name; give it one.`);
  const named = tools.filter((tool) => tool !== undefined);
  const names = named.map((tool) => tool.name);
  const repeated = names.find((name, position) => names.indexOf(name) !== position);
  if (repeated === undefined) return good(named);
  return bad(path, "tool-name", `Two tools have the name ${JSON.stringify(repeated)}; rename or remove one.`);
}

function readTool(source: JsonObject): Tool | undefined {
  try {
    return toolFromJson(source);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
