/**
 * Reads the dialogue of a ToolACE row: `conversations` as messages in an order that makes sense. Whether a tool turn
 * answers calls is known only when answers have been read.
 */
import type { JsonValue, Message } from "../../spec/index.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import { dialogueProblem, type Role, turnProblem } from "../dialogue/turn-order.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";

/**
 * The messages of `conversations`, contents unchanged. Rules: `field-type`, `no-turns`, `role` (unknown), `role-order`,
 * `empty-turn` (of the user or a tool; what an empty answer means is for the importer to say), `no-answer` (no
 * assistant turn at all).
 */
export function readConversation(value: JsonValue | undefined): Reading<readonly Message[]> {
  if (!isJsonList(value))
    return bad("conversations", "field-type", "`conversations` must be a list of turns.");
  const messages: (Message & { readonly role: Role })[] = [];
  for (const [position, item] of value.entries()) {
    const turn = readTurn(item, `conversations[${position}]`, messages.at(-1)?.role);
    if (!turn.ok) return turn;
    messages.push(turn.value);
  }
  const problem = dialogueProblem(
    messages.map(({ role }) => role),
    "conversations",
  );
  return problem === undefined ? good(messages) : { ok: false, problem };
}

function readTurn(
  item: JsonValue,
  path: string,
  previous: Role | undefined,
): Reading<Message & { readonly role: Role }> {
  if (!isJsonObject(item))
    return bad(path, "field-type", "A turn must be an object with `from` and `value`.");
  const from = field(item, "from");
  const content = field(item, "value");
  if (!isRole(from)) {
    return bad(`${path}.from`, "role", `${describe(from)} is not user, assistant or tool; rename the role.`);
  }
  if (typeof content !== "string")
    return bad(`${path}.value`, "field-type", "The text of a turn must be a string.");
  const fields = { roleField: `${path}.from`, field: `${path}.value` };
  const problem = turnProblem({ role: from, content, ...fields }, previous);
  if (problem !== undefined) return { ok: false, problem };
  return good({ role: from, content });
}

function isRole(value: JsonValue | undefined): value is Role {
  return value === "user" || value === "assistant" || value === "tool";
}

/** A short form of any value for messages. */
function describe(value: JsonValue | undefined): string {
  return value === undefined ? "An absent role" : JSON.stringify(value).slice(0, 40);
}
