import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Example, JsonValue, Literal } from "../spec/index.js";
import { StoreError } from "../spec/index.js";
import { exampleSchema } from "./example-records.js";
import { encodeRow } from "./jsonl.js";
import { pairSchema, rowParser, stepSchema } from "./records.js";

const { literal } = fc.letrec<{ literal: Literal }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant("string" as const), value: fc.string(), source: fc.string() }),
    fc.record({ kind: fc.constant("integer" as const), value: fc.bigInt() }),
    fc.record({ kind: fc.constant("float" as const), value: fc.double() }),
    fc.record({ kind: fc.constant("boolean" as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant("null" as const) }),
    fc.record({
      kind: fc.constantFrom("list" as const, "tuple" as const, "set" as const),
      items: fc.array(tie("literal"), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("dict" as const),
      entries: fc.array(fc.record({ key: tie("literal"), value: tie("literal") }), { maxLength: 3 }),
    }),
  ),
}));

const example: Example = {
  id: "toolworld/7",
  tools: [
    {
      name: "Find (a) flight",
      description: "…",
      parameters: [
        { name: "when?", required: undefined, schema: { types: ["string"], enum: ["a", 1, null] } },
        {
          name: "list",
          required: true,
          schema: {
            types: ["array"],
            sourceType: "list",
            items: { types: ["object"], properties: { x: { types: ["any"] } } },
          },
        },
      ],
      source: { name: "Find (a) flight", nested: { deep: [1, { a: null }] } },
    },
  ],
  messages: [{ role: "user", content: "…" }],
  response: "[f(x=1)]",
  calls: [{ name: "f", arguments: [], span: { start: 1, end: 7 } }],
  gold: { kind: "text" },
  difficulty: "hard",
  category: "single",
  tags: [],
  origin: { file: "data.json", row: 3, turn: 1 },
};

describe("examples", () => {
  it("come back from the disk as they were, with any literal", () => {
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1, maxLength: 3 }), (values) => {
        const written: Example = {
          ...example,
          calls: [{ name: "f", arguments: values.map((value) => ({ name: "x", value })) }],
          gold: {
            kind: "calls",
            calls: [{ name: "f", arguments: [{ name: "x", allowed: values, optional: false }] }],
          },
        };
        expect(reread(written)).toEqual(normalizeZero(written));
      }),
    );
  });

  it.each([
    ["id", { ...example, id: 7 }],
    ["gold.kind", { ...example, gold: { kind: "other" } }],
    ["messages.0.role", { ...example, messages: [{ role: "robot", content: "" }] }],
    ["the row", { ...example, extra: 1 }],
  ])("name the field that is damaged: %s", (field, damaged) => {
    const parse = rowParser(exampleSchema, "data/train.jsonl");
    const value: JsonValue = JSON.parse(encodeRow(damaged));
    expect(() => parse(value, 4)).toThrow(StoreError);
    expect(() => parse(value, 4)).toThrow(`data/train.jsonl, row 4 (line 5) is damaged: ${field}`);
  });
});

it("keeps a loss that is not finite", () => {
  const step = {
    kind: "step" as const,
    stage: "warmup",
    step: 1,
    loss: Number.NaN,
    learningRate: 0.1,
    gradientNorm: Number.POSITIVE_INFINITY,
    tokens: 5,
    metrics: { margin: Number.NEGATIVE_INFINITY },
  };
  expect(rowParser(stepSchema, "metrics.jsonl")(JSON.parse(encodeRow(step)), 0)).toEqual(step);
});

it("refuses a pair whose tokens are not integers", () => {
  const pair = { id: "a", prefix: [1.5] };
  expect(() => rowParser(pairSchema, "pairs.jsonl")(pair, 0)).toThrow(StoreError);
});

function reread(written: Example): Example {
  return rowParser(exampleSchema, "examples.jsonl")(JSON.parse(encodeRow(written)), 0);
}

/** JSON has no negative zero. */
function normalizeZero<T>(value: T): T {
  return structuredCloneWith(value, (number) => (Object.is(number, -0) ? 0 : number));
}

function structuredCloneWith<T>(value: T, change: (number: number) => number): T {
  return JSON.parse(JSON.stringify(value, encode), decode);
  function encode(_key: string, item: unknown): unknown {
    if (typeof item === "bigint") return { $bigint: item.toString() };
    if (typeof item === "number") return { $number: String(change(item)) };
    return item;
  }
  function decode(_key: string, item: unknown): unknown {
    if (typeof item !== "object" || item === null) return item;
    if ("$bigint" in item) return BigInt(String(item.$bigint));
    return "$number" in item ? Number(item.$number) : item;
  }
}
