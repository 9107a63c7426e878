/**
 * The recipe: the settings of a whole run, put together from those of its stages. This file has the order and the names;
 * what a setting means stands where it is used, and in the recipe's JSON Schema.
 */
import { parseDocument } from "yaml";
import { z } from "zod";
import { dataSettingsSchema } from "./data-source.js";
import { evaluateSettingsSchema } from "./evaluate.js";
import { exploreSettingsSchema } from "./explore.js";
import { pairSettingsSchema } from "./pair.js";
import { parseSettings, type RecipeSource } from "./parse-settings.js";
import { preferSettingsSchema } from "./prefer.js";
import { prepareSettingsSchema } from "./prepare.js";
import { rankSettingsSchema } from "./rank.js";
import { adapterSettingsSchema, warmupSettingsSchema } from "./warmup.js";

/** What every engine on a server has. */
const remoteFields = {
  url: z.string().min(1).describe("Address of the server."),
  tokenizer: z
    .string()
    .default("")
    .describe("Folder of the model's tokenizer and config. Empty: the model is a folder here as well."),
  requestsInFlight: z.int().min(1).default(256).describe("Most requests for samples under way at once."),
  tokenBudget: z
    .int()
    .min(0)
    .default(0)
    .describe(
      "Tokens, read, trained and written, after which a run stops cleanly; what earlier calls used counts. 0 is no limit.",
    ),
  requestBudget: z
    .int()
    .min(0)
    .default(0)
    .describe("Requests after which a run stops cleanly; what earlier calls used counts. 0 is no limit."),
  costBudget: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "Cost, by `engine.prices`, after which a run stops cleanly; what earlier calls used counts. 0 is no limit.",
    ),
  prices: z
    .strictObject({
      read: z.number().min(0).default(0).describe("Of a million tokens read: scored, and prompts."),
      trained: z.number().min(0).default(0).describe("Of a million tokens trained on."),
      written: z.number().min(0).default(0).describe("Of a million tokens sampled."),
    })
    .prefault({})
    .describe("Prices of a million tokens, in any currency."),
};

const engineSettingsSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("embedded").describe("ONNX Runtime in this process, on the CPU."),
    threads: z.int().min(0).default(0).describe("Threads of the computation. 0 is one a core."),
    baseBits: z
      .literal([32, 4])
      .default(32)
      .describe(
        "Bits of the base model's weights in memory. 4 is QLoRA: linears in blocks of 4-bit codes, embedding and output layer in 16 bits, trained layer by layer; the base is frozen.",
      ),
    blockSize: z
      .literal([16, 32, 64, 128, 256])
      .default(64)
      .describe("Weights that share a scale, with 4 bits."),
    recompute: z
      .boolean()
      .default(false)
      .describe(
        "Train layer by layer and compute activations again for the gradient: less memory, about a third more time.",
      ),
  }),
  z.strictObject({
    kind: z.literal("tinker").describe("A server with the Tinker training API."),
    ...remoteFields,
    server: z
      .enum(["probe", "hosted", "skyrl-jax", "skyrl-torch"])
      .default("probe")
      .describe("What answers there: it decides how gradients add up. probe finds out by two small steps."),
    codec: z
      .enum(["auto", "json", "protobuf"])
      .default("auto")
      .describe("How passes over the model are written. auto is protobuf, and JSON where that is refused."),
  }),
  z.strictObject({
    kind: z.literal("openai").describe("A served model, for sampling only."),
    ...remoteFields,
    requestsPerMinute: z.int().min(0).default(0).describe("Most requests in a minute. 0 is no limit."),
    prompts: z
      .enum(["tokens", "text"])
      .default("tokens")
      .describe("Whether prompts are sent as token ids, or as text to servers that take no ids."),
  }),
  z.strictObject({ kind: z.literal("scripted").describe("A tiny deterministic model, for tests.") }),
]);

const promptSettingsSchema = z.strictObject({
  tools: z
    .enum(["auto", "template", "system", "nowhere"])
    .default("auto")
    .describe(
      "Where tools are shown: by the model's chat template, in a system text of ours, or not at all.",
    ),
  date: z.string().default("2024-07-26").describe("The day that chat templates take for today."),
  contextLength: z.int().min(0).default(0).describe("Longest sequence in tokens. 0 is the model's own."),
});

const reportSettingsSchema = z.strictObject({
  html: z.boolean().default(true).describe("Write report.html at the end."),
});

/** Settings of a run, from the data to the report. */
export const recipeSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w][\w.-]*$/, "use letters, digits, '.', '_' and '-'")
      .describe("Name of the experiment; also of its run directory."),
    seed: z.int().min(0).default(1).describe("Seed of everything random in the run."),
    engine: engineSettingsSchema.prefault({ kind: "embedded" }).describe("What computes."),
    model: z.string().min(1).describe("The base model: a folder, hf:org/name, or a server's name of it."),
    prompt: promptSettingsSchema.prefault({}).describe("How examples become text."),
    adapter: adapterSettingsSchema.prefault({}).describe("What is trained."),
    data: dataSettingsSchema.describe("Where the rows come from."),
    prepare: prepareSettingsSchema.prefault({}).describe("Which rows are kept."),
    warmup: warmupSettingsSchema.prefault({}).describe("Supervised training, easy to hard."),
    rounds: z
      .int()
      .min(0)
      .max(99)
      .default(2)
      .describe("R: rounds of rank, explore, pair, prefer. 0 is warm-up only."),
    rank: rankSettingsSchema.prefault({}).describe("Selection of hard rows by perplexity."),
    explore: exploreSettingsSchema.prefault({}).describe("Tree search over the responses to hard rows."),
    pair: pairSettingsSchema.prefault({}).describe("Preference pairs from the trees."),
    prefer: preferSettingsSchema.prefault({}).describe("Training on the pairs."),
    evaluate: evaluateSettingsSchema.prefault({}).describe("Scores on the held-out rows."),
    report: reportSettingsSchema.prefault({}).describe("The report."),
  })
  .refine(
    ({ engine, adapter }) =>
      engine.kind !== "embedded" || engine.baseBits === 32 || adapter.train === "adapter",
    {
      path: ["adapter", "train"],
      message: "a base in 4 bits is frozen: train an adapter, or set engine.baseBits to 32",
    },
  );

export type Recipe = z.infer<typeof recipeSchema>;

/** The recipe that a YAML text describes, every default filled in. @throws ConfigError, see `parseSettings` */
export function parseRecipe(source: RecipeSource): Recipe {
  return parseSettings(recipeSchema, withOwnData(source));
}

/** A file that `data.path` names takes the place of the built-in world, all of it: limits of generated rows do not fit. */
function withOwnData(source: RecipeSource): RecipeSource {
  const { text, overrides = [] } = source;
  const sets = (key: string): boolean => overrides.some((override) => override.startsWith(`${key}=`));
  if (!sets("data.path") || sets("data.source") || sets("data")) return source;
  const document = parseDocument(text);
  if (document.errors.length > 0 || document.getIn(["data", "source"]) !== "toolworld") return source;
  return { ...source, overrides: ["data={ source: file }", ...overrides] };
}
