/** For tests: random dialogues that are right by their own tools, with names and values that are hard on writers. */
import fc from "fast-check";
import type { JsonObject, Literal, Tool, ToolCall } from "../../src/spec/index.js";
import { completeDialogue } from "../../src/tasks/dialogue/complete-dialogue.js";
import type { Dialogue, DraftTurn } from "../../src/tasks/dialogue/dialogue.js";
import { createNotes } from "../../src/tasks/dialogue/read-notes.js";
import { toolFromJson } from "../../src/text/index.js";

/** What the dialogues may hold. */
export interface DialogueShape {
  /** Most user turns. */
  readonly requests: number;
  readonly instruction: boolean;
  readonly textAnswers: boolean;
  readonly textBesideCalls: boolean;
  readonly reasoning: boolean;
  /** Only the last answer is trained. */
  readonly history: boolean;
}

const names = [
  "get weather",
  "User Feed (Video) V2",
  "a.b-c/d",
  "plain_name",
  "Kurs: €, 'x'",
  "计算",
  ".67xDKY",
];
const parameterNames = ["from", "class", "city", "a-b", "filter[x]", "__proto__", "constructor", "größe"];
const pieces = [
  "Oslo",
  "5.0",
  "a, b",
  '"q"',
  "it's",
  "[x](y)",
  "😀",
  "\\n",
  "0042",
  "<b>",
  "{}",
  "name=1",
  "=",
  "ø",
];

const words: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 })
  .map((parts) => `So ${parts.join(" ")}`);

const values: Readonly<Record<string, fc.Arbitrary<Literal>>> = {
  string: fc
    .oneof(words, fc.string({ unit: "grapheme" }), fc.constantFrom("09669", "5", "", "true", "\t\n\"'\\"))
    .map((value) => ({ kind: "string", value })),
  integer: fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map((value) => ({ kind: "integer", value })),
  number: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): Literal => ({ kind: "float", value })),
    fc.constantFrom<Literal>({ kind: "float", value: 5 }, { kind: "integer", value: 5n }),
  ),
  boolean: fc.boolean().map((value) => ({ kind: "boolean", value })),
  array: fc
    .array(fc.oneof(words, fc.integer(), fc.constant(null)), { maxLength: 3 })
    .map((items) => ({ kind: "list", items: items.map(scalar) })),
  object: fc.uniqueArray(fc.constantFrom("a", "b c", "__proto__", "d"), { maxLength: 3 }).map((keys) => ({
    kind: "dict",
    entries: keys.map((key, index) => ({ key: { kind: "string", value: key }, value: scalar(index) })),
  })),
};

function scalar(value: string | number | null): Literal {
  if (value === null) return { kind: "null" };
  return typeof value === "string" ? { kind: "string", value } : { kind: "integer", value: BigInt(value) };
}

const anyTool = (name: string): fc.Arbitrary<Tool> =>
  fc
    .uniqueArray(
      fc.tuple(fc.constantFrom(...parameterNames), fc.constantFrom(...Object.keys(values)), words),
      { selector: ([parameter]) => parameter, maxLength: 4 },
    )
    .map((parameters) => {
      const entries = parameters.map(([parameter, type, description]) => [parameter, { type, description }]);
      const properties: JsonObject = Object.fromEntries(entries);
      const required = parameters.slice(0, 1).map(([parameter]) => parameter);
      const schema = { type: "object", properties, required };
      return toolFromJson({ name, description: `Does ${name}.`, parameters: schema });
    });

const anyTools = fc
  .uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
  .chain((chosen) => fc.tuple(...chosen.map(anyTool)));

function callOf(tool: Tool): fc.Arbitrary<ToolCall> {
  const given = tool.parameters.map(({ name, schema }) =>
    values[schema.types[0]!]!.map((value) => ({ name, value })),
  );
  return fc
    .tuple(fc.tuple(...given), fc.integer({ min: 1, max: 5 }))
    .map(([all, count]) => ({ name: tool.name, arguments: all.slice(0, count) }));
}

/** A request, its answer, and after calls their results and perhaps a summary. */
function exchange(tools: readonly Tool[], shape: DialogueShape): fc.Arbitrary<readonly DraftTurn[]> {
  const calls = fc.array(fc.oneof(...tools.map(callOf)), { minLength: 1, maxLength: 3 });
  const call = fc.tuple(calls, shape.textBesideCalls ? fc.option(words, { nil: "" }) : fc.constant(""));
  const reasoning = shape.reasoning ? fc.option(words, { nil: undefined }) : fc.constant(undefined);
  const answer = shape.textAnswers ? fc.oneof(call, words) : call;
  return fc.tuple(words, answer, reasoning, words).map(([request, given, thoughts, end]) => {
    const think = thoughts === undefined ? {} : { reasoning: thoughts };
    const user = turn("user", request);
    if (typeof given === "string") return [user, { ...turn("assistant", given), ...think }];
    const [made, text] = given;
    const called = { ...turn("assistant", text), calls: made, ...think };
    const results = made.length === 1 ? end : `[${made.map((_, index) => `{"r": ${index}}`).join(", ")}]`;
    return [user, called, turn("tool", results), turn("assistant", end)];
  });
}

function turn(role: DraftTurn["role"], text: string): DraftTurn {
  return { role, text, position: 0, field: "" };
}

/** Dialogues of a shape. A dialogue without text answers ends with its calls. */
export function anyDialogue(shape: DialogueShape): fc.Arbitrary<Dialogue> {
  return anyTools.chain((tools) => {
    const exchanges = fc.array(exchange(tools, shape), { minLength: 1, maxLength: shape.requests });
    const instruction = shape.instruction ? fc.option(words, { nil: "" }) : fc.constant("");
    return fc.tuple(exchanges, instruction).map(([parts, system]) => {
      const all = shape.textAnswers ? parts.flat() : (parts[0] ?? []).slice(0, 2);
      const drafts = all.map((draft, position) => ({
        ...draft,
        position,
        trained: !shape.history || position === all.length - 1,
      }));
      const head = { instruction: system, tools, toolText: "", field: "" };
      const dialogue = completeDialogue(head, drafts, createNotes());
      if (!dialogue.ok) throw new Error(`${dialogue.problem.rule}: ${dialogue.problem.message}`);
      return dialogue.value;
    });
  });
}
