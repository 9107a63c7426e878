/** The tools of a row, from the objects of its list. */
import { DataError, type JsonObject, type Tool } from "../../spec/index.js";
import { toolFromJson } from "../../text/index.js";
import { firstRepeated } from "../find-by-name.js";
import { bad, good, type Reading } from "./problem.js";

/** Rows with more tools are set aside: every turn is held against every name. */
const mostTools = 2000;

/**
 * All tools, in the order of the source. Rule: `tool-name` (a tool without a name, or two of the same name, so that
 * nobody can tell which one a call means), `tool-list` (more than 2,000).
 */
export function readTools(sources: readonly JsonObject[], path: string): Reading<readonly Tool[]> {
  if (sources.length > mostTools)
    return bad(path, "tool-list", `The row lists ${sources.length} tools; at most ${mostTools} are read.`);
  const tools = sources.map(readTool);
  const nameless = tools.indexOf(undefined);
  if (nameless >= 0) return bad(path, "tool-name", `Tool ${nameless} of the list has no name; give it one.`);
  const named = tools.filter((tool) => tool !== undefined);
  const repeated = firstRepeated(named.map((tool) => tool.name));
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
