/**
 * The disk form of the records of a run, and how a row of any kind is checked when it is read back. A row that does not
 * fit its schema is a damaged file, never a guess.
 */
import { z } from "zod";
import type {
  ComparisonRecord,
  Deficiency,
  EvaluationRecord,
  Fragment,
  Grade,
  ItemRecord,
  JsonValue,
  PreferencePair,
  Score,
  SearchNode,
  SearchTree,
  StepRecord,
} from "../spec/index.js";
import { badRow } from "./jsonl.js";

/**
 * A function that checks the rows of one file, as `Store.readRows` wants it.
 *
 * @param name how to call the file in an error
 * @returns throws a StoreError that names the file, the row, the field and the rule
 */
export function rowParser<T>(schema: z.ZodType<T>, name: string): (value: JsonValue, row: number) => T {
  return (value, row) => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const field = issue === undefined || issue.path.length === 0 ? "the row" : issue.path.join(".");
    throw badRow(name, row, `${field}: ${issue?.message ?? "not what it must be"}`, result.error);
  };
}

/** A number that may be infinite: JSON has no such numbers, so `encodeRow` writes their names. */
export const numberSchema = z.union([z.number(), z.enum(["Infinity", "-Infinity", "NaN"]).transform(Number)]);
const tokensSchema = z.array(z.int());

const agreementSchema = z.strictObject({
  functionName: z.number(),
  argumentName: z.number(),
  argumentType: z.number(),
  argumentValue: z.number(),
});

const deficiencySchema: z.ZodType<Deficiency> = z.enum([
  "function-name",
  "argument-count",
  "argument-name",
  "argument-value",
  "argument-type",
  "call-count",
  "format",
  "unexpected-call",
  "missing-call",
]);

const gradeSchema: z.ZodType<Grade> = z.strictObject({
  correct: z.boolean(),
  agreement: agreementSchema,
  deficiencies: z.array(deficiencySchema),
  tool: z.string().exactOptional(),
});

const fragmentSchema: z.ZodType<Fragment> = z.strictObject({
  tokens: tokensSchema,
  logprobs: z.array(numberSchema),
  text: z.string(),
});

const nodeSchema: z.ZodType<SearchNode> = z.strictObject({
  id: z.int(),
  parent: z.int().nullable(),
  depth: z.int(),
  fragment: fragmentSchema,
  multiplicity: z.int(),
  prior: z.number(),
  reward: z.number(),
  outcome: z.number(),
  selfEvaluation: z.number().nullable(),
  agreement: agreementSchema,
  continuation: tokensSchema,
  terminal: z.boolean(),
  visits: z.int(),
  value: z.number(),
  q: z.number(),
});

/** One line of `round-…/trees/trees.jsonl`. */
export const treeSchema: z.ZodType<SearchTree> = z.strictObject({
  exampleId: z.string(),
  round: z.int(),
  prompt: tokensSchema,
  nodes: z.array(nodeSchema),
});

/** One line of `round-…/pairs/pairs.jsonl`. */
export const pairSchema: z.ZodType<PreferencePair> = z.strictObject({
  id: z.string(),
  exampleId: z.string(),
  round: z.int(),
  prefix: tokensSchema,
  promptLength: z.int(),
  chosen: tokensSchema,
  rejected: tokensSchema,
  prefixText: z.string(),
  chosenText: z.string(),
  rejectedText: z.string(),
  chosenValue: z.number(),
  rejectedValue: z.number(),
});

/** One line of `metrics.jsonl`. */
export const stepSchema: z.ZodType<StepRecord> = z.strictObject({
  kind: z.literal("step"),
  stage: z.string(),
  step: z.int(),
  loss: numberSchema,
  learningRate: z.number(),
  gradientNorm: numberSchema,
  tokens: z.int(),
  metrics: z.record(z.string(), numberSchema),
});

/** One line of an evaluation's `items.jsonl`. */
export const itemSchema: z.ZodType<ItemRecord> = z.strictObject({
  exampleId: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  response: z.string(),
  grade: gradeSchema,
});

const scoreSchema: z.ZodType<Score> = z.strictObject({
  name: z.string(),
  correct: z.int(),
  total: z.int(),
  accuracy: z.number(),
  low: z.number(),
  high: z.number(),
});

/** An evaluation's `scores.json`. */
export const evaluationSchema: z.ZodType<EvaluationRecord> = z.strictObject({
  policy: z.string(),
  overall: scoreSchema,
  categories: z.array(scoreSchema),
  tags: z.array(scoreSchema),
  deficiencies: z.partialRecord(deficiencySchema, z.int()),
});

/** `comparisons.json`. */
export const comparisonsSchema: z.ZodType<readonly ComparisonRecord[]> = z.array(
  z.strictObject({
    from: z.string(),
    to: z.string(),
    difference: z.number(),
    low: z.number(),
    high: z.number(),
  }),
);
