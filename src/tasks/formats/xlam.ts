/**
 * xLAM rows: `query`, and `tools` and `answers` as JSON text. Parameters are flat (`{name: {description, type, default}}`),
 * types are Python's, optional ones say so in the type. No answer is text: `[]` says that no tool fits.
 */
import type { JsonObject, JsonValue, Parameter, Tool } from "../../spec/index.js";
import { standardTool } from "../../text/index.js";
import { callText, readCallObjects } from "../dialogue/call-object.js";
import { completeDialogue } from "../dialogue/complete-dialogue.js";
import type { Dialogue, DraftTurn } from "../dialogue/dialogue.js";
import { readLiteralField } from "../dialogue/json-field.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";
import { type DataFormat, hasFields, type SourceRow } from "./format.js";
import { looseTool, spacedJson } from "./loose-tools.js";
import { notExpressible, readToolList } from "./tool-list.js";

/** xLAM, and relatives that write lists where xLAM writes their JSON text. */
export const xlamFormat: DataFormat = {
  name: "xlam",
  title: "xLAM",
  fields: ["query", "tools", "answers"],
  recognizes: (row) => hasFields(row, "query", "answers"),
  read,
  write,
};

/** The answer where no tool fits, as the source writes it. */
const noCall = "[]";

function read(source: SourceRow, notes: ReadNotes): Reading<Dialogue> {
  const row = source.value;
  const tools = readToolList(field(row, "tools"), "tools", source.textOf("tools"), notes);
  if (!tools.ok) return tools;
  const before = readQuery(field(row, "query"));
  if (!before.ok) return before;
  const answer = readAnswers(source, before.value.length, notes);
  if (!answer.ok) return answer;
  const drafts = [...before.value, answer.value];
  const system = drafts[0]?.role === "system" ? drafts[0].text : "";
  const turns = drafts[0]?.role === "system" ? drafts.slice(1) : drafts;
  return completeDialogue({ instruction: system, ...tools.value, field: "query" }, turns, notes);
}

/** A request, or the messages up to the answer; those of an assistant are history. */
function readQuery(query: JsonValue | undefined): Reading<readonly DraftTurn[]> {
  if (typeof query === "string") return good([{ role: "user", position: 0, field: "query", text: query }]);
  if (!isJsonList(query)) return bad("query", "field-type", "`query` must be text, or a list of messages.");
  const drafts: DraftTurn[] = [];
  for (const [position, item] of query.entries()) {
    const path = `query[${position}]`;
    const role = isJsonObject(item) ? field(item, "role") : undefined;
    const text = isJsonObject(item) ? field(item, "content") : undefined;
    if (role !== "system" && role !== "user" && role !== "assistant" && role !== "tool")
      return bad(path, "role", "A message of `query` must be of system, user, assistant or tool.");
    if (typeof text !== "string") return bad(path, "field-type", "The content of a message must be text.");
    drafts.push({ role, position, field: path, text, trained: false });
  }
  return good(drafts);
}

function readAnswers(source: SourceRow, position: number, notes: ReadNotes): Reading<DraftTurn> {
  const value = field(source.value, "answers");
  const place = { role: "assistant", position, field: "answers", text: "" } as const;
  if (value === null || value === "") return good(place);
  const literal = readLiteralField(value, () => source.literalAt(["answers"]), "answers", notes);
  if (!literal.ok) return literal;
  const { value: list } = literal;
  const empty =
    (list.kind === "list" && list.items.length === 0) || (list.kind === "dict" && list.entries.length === 0);
  if (empty) return good({ ...place, text: noCall });
  const calls = readCallObjects(list, "answers", notes);
  return calls.ok ? good({ ...place, calls: calls.value }) : calls;
}

function write(dialogue: Dialogue): Reading<JsonObject> {
  const { instruction, tools, turns, rejected } = dialogue;
  const [request, answer, ...more] = turns;
  if (rejected !== undefined || request === undefined || answer === undefined || more.length > 0)
    return notExpressible("xLAM", "more than one request and its answer");
  if (instruction !== "") return notExpressible("xLAM", "a system message");
  const { calls, text, reasoning } = answer;
  if (reasoning !== undefined) return notExpressible("xLAM", "thoughts");
  if (calls.length === 0 && text !== noCall) return notExpressible("xLAM", "an answer in text");
  if (calls.length > 0 && text !== "") return notExpressible("xLAM", "text beside calls");
  return good({
    query: request.message.content,
    tools: spacedJson(tools.map(flatTool)),
    answers: `[${calls.map((call) => callText(call)).join(", ")}]`,
  });
}

/** A tool with flat parameters; those that the source has flat stay as they are. */
export function flatTool(tool: Tool): JsonObject {
  const source = looseTool(tool);
  const given = field(source, "parameters");
  if (
    isJsonObject(given) &&
    !isJsonObject(field(given, "properties")) &&
    typeof field(given, "type") !== "string"
  )
    return source;
  const { name, description, parameters } = standardTool(tool);
  const properties = field(parameters, "properties");
  const flat = tool.parameters.map((parameter): [string, JsonValue] => {
    const schema = isJsonObject(properties) ? field(properties, parameter.name) : undefined;
    return [parameter.name, flatParameter(isJsonObject(schema) ? schema : {}, parameter)];
  });
  return { name, description, parameters: Object.fromEntries(flat) };
}

/** Whether it is required is said in the type, as xLAM does, or by a flag, where the type is not one name. */
function flatParameter(schema: JsonObject, { required }: Parameter): JsonObject {
  const type = field(schema, "type");
  if (required === undefined) return schema;
  if (required || typeof type !== "string") return { ...schema, required };
  return { ...schema, type: `${type}, optional` };
}
