/**
 * Reads the dialogue of a ToolACE row: `conversations` as messages in an order that makes sense.
 *
 * Order: a user turn first; an assistant turn after a user or tool turn; a tool turn after an assistant turn; a user
 * turn after an assistant turn. Whether a tool turn answers calls is known only when answers have been read.
 */
import type { JsonValue, Message } from "../../spec/index.js";
import { field, isJsonList, isJsonObject } from "../json-text.js";
import { bad, good, type Reading } from "./problem.js";

type Role = "user" | "assistant" | "tool";

/** What may come before each role; `start` is the beginning of the dialogue. */
const predecessors: Readonly<Record<Role, readonly (Role | "start")[]>> = {
  user: ["start", "assistant"],
  assistant: ["user", "tool"],
  tool: ["assistant"],
};

/**
 * The messages of `conversations`, contents unchanged. Rules: `field-type`, `no-turns`, `role` (unknown), `role-order`,
 * `empty-turn` (of the user or a tool; what an empty answer means is for the importer to say), `no-answer` (no
 * assistant turn at all).
 */
export function readConversation(value: JsonValue | undefined): Reading<readonly Message[]> {
  if (!isJsonList(value))
    return bad("conversations", "field-type", "`conversations` must be a list of turns.");
  if (value.length === 0) return bad("conversations", "no-turns", "The dialogue is empty; remove the row.");
  const messages: Message[] = [];
  for (const [position, item] of value.entries()) {
    const turn = readTurn(item, `conversations[${position}]`, messages.at(-1)?.role);
    if (!turn.ok) return turn;
    messages.push(turn.value);
  }
  return messages.some((message) => message.role === "assistant")
    ? good(messages)
    : bad("conversations", "no-answer", "No assistant turn: nothing to learn from; remove the row.");
}

function readTurn(item: JsonValue, path: string, previous: Message["role"] | undefined): Reading<Message> {
  if (!isJsonObject(item))
    return bad(path, "field-type", "A turn must be an object with `from` and `value`.");
  const from = field(item, "from");
  const content = field(item, "value");
  if (!isRole(from)) {
    return bad(`${path}.from`, "role", `${describe(from)} is not user, assistant or tool; rename the role.`);
  }
  if (typeof content !== "string")
    return bad(`${path}.value`, "field-type", "The text of a turn must be a string.");
  const before = previous ?? "start";
  if (!predecessors[from].some((role) => role === before)) {
    return bad(`${path}.from`, "role-order", `A ${from} turn cannot follow ${previous ?? "the beginning"}.`);
  }
  if (content.trim() === "" && from !== "assistant")
    return bad(`${path}.value`, "empty-turn", `The ${from} turn is empty.`);
  return good({ role: from, content });
}

function isRole(value: JsonValue | undefined): value is Role {
  return value === "user" || value === "assistant" || value === "tool";
}

/** A short form of any value for messages. */
function describe(value: JsonValue | undefined): string {
  return value === undefined ? "An absent role" : JSON.stringify(value).slice(0, 40);
}
