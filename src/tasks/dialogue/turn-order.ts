/**
 * The order of turns that makes sense: the user first; an assistant after a user or tool turn; a tool after an assistant,
 * or after another tool where results come one a turn; a user after an assistant.
 */
import type { Message } from "../../spec/index.js";
import type { Problem } from "./problem.js";

/** Who speaks in a dialogue; the system message stands before it. */
export type Role = Exclude<Message["role"], "system">;

const predecessors: Readonly<Record<Role, readonly (Role | "start")[]>> = {
  user: ["start", "assistant"],
  assistant: ["user", "tool"],
  tool: ["assistant"],
};

/** A turn to be looked at. */
export interface OrderedTurn {
  readonly role: Role;
  readonly content: string;
  /** Paths of the role and of the content. */
  readonly roleField: string;
  readonly field: string;
}

/**
 * What is wrong with a turn after the one before it. Rules: `role-order`, `empty-turn` (of a user or a tool; what an
 * empty answer means is for the reading of answers to say).
 *
 * @param severalResults Whether a tool turn may follow another.
 */
export function turnProblem(
  turn: OrderedTurn,
  previous: Role | undefined,
  severalResults = false,
): Problem | undefined {
  const follows = severalResults && turn.role === "tool" && previous === "tool";
  if (!follows && !predecessors[turn.role].some((role) => role === (previous ?? "start"))) {
    const message = `A ${turn.role} turn cannot follow ${previous ?? "the beginning"}.`;
    return { field: turn.roleField, rule: "role-order", message };
  }
  if (turn.content.trim() !== "" || turn.role === "assistant") return undefined;
  return { field: turn.field, rule: "empty-turn", message: `The ${turn.role} turn is empty.` };
}

/** What is wrong with a dialogue as a whole. Rules: `no-turns`, `no-answer`. */
export function dialogueProblem(roles: readonly Message["role"][], field: string): Problem | undefined {
  if (roles.length === 0)
    return { field, rule: "no-turns", message: "The dialogue is empty; remove the row." };
  if (roles.includes("assistant")) return undefined;
  const message = "No assistant turn: nothing to learn from; remove the row.";
  return { field, rule: "no-answer", message };
}
