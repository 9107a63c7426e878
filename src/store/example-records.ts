/**
 * The disk form of `Example` and of what it is made of. Reading gives exactly what was written: integers of any size
 * travel as decimal text, infinite floats as their names (see `encodeRow`).
 */
import { z } from "zod";
import type {
  Argument,
  DictionaryLiteral,
  Example,
  FloatLiteral,
  Gold,
  IntegerLiteral,
  JsonValue,
  Literal,
  Rejection,
  SequenceLiteral,
  Tool,
  ToolCall,
  ValueSchema,
} from "../spec/index.js";

const sourceSchema = { source: z.string().exactOptional() };

const integerSchema: z.ZodType<IntegerLiteral> = z.strictObject({
  kind: z.literal("integer"),
  value: z
    .string()
    .regex(/^-?\d+$/)
    .transform((digits) => BigInt(digits)),
  ...sourceSchema,
});

const floatSchema: z.ZodType<FloatLiteral> = z.strictObject({
  kind: z.literal("float"),
  value: z.union([z.number(), z.enum(["Infinity", "-Infinity", "NaN"]).transform(Number)]),
  ...sourceSchema,
});

const sequenceSchema: z.ZodType<SequenceLiteral> = z.strictObject({
  kind: z.enum(["list", "tuple", "set"]),
  get items() {
    return z.array(literalSchema);
  },
  ...sourceSchema,
});

const dictionarySchema: z.ZodType<DictionaryLiteral> = z.strictObject({
  kind: z.literal("dict"),
  get entries() {
    return z.array(z.strictObject({ key: literalSchema, value: literalSchema }));
  },
  ...sourceSchema,
});

const literalSchema: z.ZodType<Literal> = z.union([
  z.strictObject({ kind: z.literal("string"), value: z.string(), ...sourceSchema }),
  integerSchema,
  floatSchema,
  z.strictObject({ kind: z.literal("boolean"), value: z.boolean(), ...sourceSchema }),
  z.strictObject({ kind: z.literal("null"), ...sourceSchema }),
  sequenceSchema,
  dictionarySchema,
]);

const spanSchema = z.strictObject({ start: z.int(), end: z.int() });

const argumentSchema: z.ZodType<Argument> = z.strictObject({
  name: z.string(),
  value: literalSchema,
  span: spanSchema.exactOptional(),
});

const callSchema: z.ZodType<ToolCall> = z.strictObject({
  name: z.string(),
  arguments: z.array(argumentSchema),
  span: spanSchema.exactOptional(),
});

const goldSchema: z.ZodType<Gold> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("calls"),
    calls: z.array(
      z.strictObject({
        name: z.string(),
        arguments: z.array(
          z.strictObject({ name: z.string(), allowed: z.array(literalSchema), optional: z.boolean() }),
        ),
      }),
    ),
  }),
  z.strictObject({ kind: z.literal("text") }),
]);

const jsonSchema: z.ZodType<JsonValue> = z.json();
const jsonObjectSchema = z.record(z.string(), jsonSchema);

const valueSchema: z.ZodType<ValueSchema> = z.strictObject({
  types: z.array(z.enum(["string", "number", "integer", "boolean", "array", "object", "null", "any"])),
  sourceType: z.string().exactOptional(),
  description: z.string().exactOptional(),
  enum: z.array(jsonSchema).exactOptional(),
  default: jsonSchema.exactOptional(),
  get items() {
    return valueSchema.exactOptional();
  },
  get properties() {
    return z.record(z.string(), valueSchema).exactOptional();
  },
  required: z.array(z.string()).exactOptional(),
});

/** `required` is left out of a written row where it is `undefined`. */
const parameterSchema = z
  .strictObject({ name: z.string(), schema: valueSchema, required: z.boolean().optional() })
  .transform(({ name, schema, required }) => ({ name, schema, required }));

const toolSchema: z.ZodType<Tool> = z.strictObject({
  name: z.string(),
  description: z.string(),
  parameters: z.array(parameterSchema),
  source: jsonObjectSchema.exactOptional(),
});

/** One row of `data/train.jsonl` and of every file of examples. */
export const exampleSchema: z.ZodType<Example> = z.strictObject({
  id: z.string(),
  tools: z.array(toolSchema),
  messages: z.array(
    z.strictObject({ role: z.enum(["system", "user", "assistant", "tool"]), content: z.string() }),
  ),
  response: z.string(),
  calls: z.array(callSchema),
  gold: goldSchema,
  difficulty: z.enum(["easy", "medium", "hard"]),
  category: z.string(),
  tags: z.array(z.string()),
  origin: z.strictObject({
    file: z.string(),
    row: z.int(),
    turn: z.int(),
    field: z.string().exactOptional(),
  }),
});

/** One row of `data/rejections.jsonl`. */
export const rejectionSchema: z.ZodType<Rejection> = z.strictObject({
  file: z.string(),
  row: z.int(),
  field: z.string(),
  rule: z.string(),
  message: z.string(),
});
