/** What of a dialogue must survive a change of format, as a text to compare. */
import type { Argument, Literal, Parameter, ValueSchema } from "../../spec/index.js";
import { printLiteral } from "../../text/index.js";
import type { Dialogue, DialogueTurn } from "../dialogue/dialogue.js";
import { groupTurns } from "./tool-turns.js";

/**
 * Instruction, tools with their parameters, and all turns with calls in order, kinds and values exact. Results count as
 * text only where both sides have as many turns of them: formats differ in how they join results.
 */
export function sameEssence(one: Dialogue, other: Dialogue): boolean {
  return essence(one) === essence(other) && sameResults(one, other);
}

function essence({ instruction, tools, turns, rejected }: Dialogue): string {
  const texts = groupTurns(turns).map(({ turn, results }) =>
    results === undefined ? turnEssence(turn) : "results",
  );
  return JSON.stringify([
    instruction,
    tools.map(({ name, description, parameters }) => [name, description, parameters.map(parameterEssence)]),
    texts,
    rejected?.message.content ?? null,
  ]);
}

function parameterEssence({ name, required, schema }: Parameter): unknown {
  return [name, required === true, schemaEssence(schema)];
}

/** Everything but the name that the source gives the type; what is optional may be said or left unsaid. */
function schemaEssence({ sourceType: _, items, properties, required = [], ...schema }: ValueSchema): unknown {
  return [
    schema.types,
    schema.description,
    schema.enum,
    schema.default,
    items === undefined ? null : schemaEssence(items),
    Object.entries(properties ?? {}).map(([name, property]) => [name, schemaEssence(property)]),
    required,
  ];
}

function turnEssence({ message, calls, response, text, reasoning, trained }: DialogueTurn): unknown {
  if (message.role !== "assistant") return [message.role, message.content];
  const called = calls.map((call) => [call.name, call.arguments.map(argumentEssence)]);
  return ["assistant", called, calls.length === 0 ? response : text, reasoning ?? null, trained];
}

function argumentEssence({ name, value }: Argument): unknown {
  return [name, printLiteral(asJsonKinds(value))];
}

/** Tuples and sets as lists: JSON has no others. */
function asJsonKinds(value: Literal): Literal {
  if ("items" in value) return { kind: "list", items: value.items.map(asJsonKinds) };
  if (value.kind !== "dict") return value;
  return {
    kind: "dict",
    entries: value.entries.map(({ key, value: item }) => ({ key, value: asJsonKinds(item) })),
  };
}

function sameResults(one: Dialogue, other: Dialogue): boolean {
  const [left, right] = [one, other].map(({ turns }) =>
    turns.filter(({ message }) => message.role === "tool").map(({ message }) => message.content.trim()),
  );
  return left?.length !== right?.length || JSON.stringify(left) === JSON.stringify(right);
}
