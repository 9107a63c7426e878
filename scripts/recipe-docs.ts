/**
 * Writes docs/recipes.md from the recipe's schema: every key with its values, unit, default and off-value. A test holds
 * the page against what this script would write.
 *
 *     npx tsx scripts/recipe-docs.ts
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { recipeSchema } from "../src/index.js";
import { pretrainSettingsSchema } from "../src/stages/pretrain-settings.js";

const root = resolve(import.meta.dirname, "..");

/** The page's path from the root of the repository. */
export const recipePage = "docs/recipes.md";

type Schema = z.core.JSONSchema.BaseSchema;

/** A key of the recipe. */
interface Key {
  /** With dots, e.g. `warmup.epochs`. */
  readonly path: string;
  /** The path as the table of units has it: with the alternative, e.g. `data (file).trainRows`. */
  readonly place: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/**
 * Units of numbers, by key or by the key's last name. `1` is a number without a unit. A number without an entry is an
 * error: whoever adds a key says its unit.
 */
const units: Readonly<Record<string, string>> = {
  "adapter.alpha": "1",
  "adapter.rank": "1",
  "engine.prices.read": "currency",
  "engine.prices.trained": "currency",
  "engine.prices.written": "currency",
  "pair.maximumPairs": "pairs",
  "pair.maximumPairsPerTree": "pairs",
  "prefer.batchRows": "pairs",
  argumentWork: "share",
  baseBits: "bits",
  batchRows: "examples",
  batchTrees: "trees",
  beta: "1",
  beta1: "1",
  beta2: "1",
  blockSize: "weights",
  cPuct: "1",
  checkpointEvery: "steps",
  chunkRows: "examples",
  clipNorm: "1",
  composedTools: "share",
  contextLength: "tokens",
  costBudget: "currency",
  depthLimit: "fragments",
  epochs: "passes",
  eps: "1",
  "data (file).evaluationRows": "examples",
  "data (file).trainRows": "examples",
  evaluationRows: "rows",
  evaluationSeed: "1",
  evaluationShare: "share",
  explicitness: "share",
  fragmentTokens: "tokens",
  freshNames: "share",
  gamma: "1",
  iterations: "expansions",
  lambda: "1",
  learningRate: "1",
  longShare: "share",
  maxTools: "tools",
  maximumOverlap: "share",
  maximumRows: "examples",
  maximumTokens: "tokens",
  minimumValue: "value",
  mixedWork: "share",
  partTokens: "tokens",
  replayWeight: "weight",
  requestBudget: "requests",
  requestsInFlight: "requests",
  requestsPerMinute: "requests",
  rounds: "rounds",
  samples: "fragments",
  seed: "1",
  share: "share",
  skipShare: "share",
  simulationFragments: "fragments",
  simulationTemperature: "1",
  supervisedWeight: "weight",
  temperature: "1",
  threads: "threads",
  tokenBudget: "tokens",
  topP: "probability",
  trainRows: "rows",
  valueGap: "value",
  warmupShare: "share",
  weightDecay: "1",
  "explore.weights": "weight",
  "gates[].tokens": "tokens",
  "tokenizer.rows": "rows",
  batchTokens: "tokens",
  copyAccuracy: "share",
  copyShare: "share",
  decayShare: "share",
  embeddingDeviation: "1",
  feedForwardSize: "numbers",
  floor: "share",
  headCount: "heads",
  headSize: "numbers",
  hiddenSize: "numbers",
  layerCount: "layers",
  measureEvery: "tokens",
  measureRows: "rows",
  poolRows: "rows",
  ropeTheta: "1",
  tokens: "tokens",
  until: "share",
  vocabularySize: "tokens",
  warmupSteps: "steps",
};

/** Marks of alternatives: the key that names the kind. */
const discriminators = ["kind", "source"] as const;

/** The whole page. */
export function renderRecipePage(): string {
  const top = propertiesOf(z.toJSONSchema(recipeSchema, { io: "input" }), "");
  const groups = top.flatMap((key) => groupsOf(key));
  const single = top.filter((key) => groupsOf(key).length === 0);
  return `${[
    introduction,
    "## The top of a recipe",
    table(single),
    ...groups.flatMap(({ title, text, keys }) => [`## ${title}`, text, table(keys)]),
    ...pretrainPart(),
    "## Recipes that come with the package",
    recipeList(),
  ].join("\n\n")}\n`;
}

/** The keys of `itool pretrain`: the top ones first, then those of each part. */
function pretrainPart(): string[] {
  const schema = z.toJSONSchema(pretrainSettingsSchema, { io: "input" });
  const top = propertiesOf(schema, "").flatMap((key) =>
    key.schema.properties === undefined ? [key] : propertiesOf(key.schema, key.path),
  );
  const listed = ["phases", "gates"].flatMap((name) => {
    const items = propertyOf(schema, name)?.items;
    return typeof items === "object" && !Array.isArray(items) ? propertiesOf(items, `${name}[]`) : [];
  });
  return ["## Recipes of `itool pretrain`", pretrainIntroduction, table([...top, ...listed])];
}

const introduction = `<!-- Written by scripts/recipe-docs.ts from the schema; change the schema, then run the script. -->
# Recipes

A recipe is a YAML file with the settings of one run. \`itool run RECIPE\` runs it, \`itool plan RECIPE\` says what it will
take. Every key below may be left out unless its default is *required*. \`--set KEY=VALUE\` changes a key for one
run, e.g. \`--set warmup.epochs=1\`; the value is read as YAML. A key that does not exist is an error that names the nearest
one. The run directory's \`config.resolved.yaml\` has the recipe with every default written out.

Columns: *values* that are allowed; the *unit* of a number (\`1\`: it has none; \`share\`: a part of 1; \`value\`: Q
of the search, r + γV, or a mean outcome in [−1, 1]); the *default*; *special* values, among them the one that turns the key off.
Where the defaults come from is in [paper-index.md](paper-index.md).

\`engine: { kind: embedded }\` runs here, with the folder of a Llama, Qwen2 or Qwen3 model; \`tinker\` and \`openai\` on a server
([clusters.md](clusters.md)). \`hf:org/name\` is not fetched.`;

const pretrainIntroduction = `\`itool pretrain RECIPE\` makes a base model from nothing, on rows of the built-in world; its recipes have keys of their
own. \`phases[]\` and \`gates[]\` are keys of the items of a list.`;

interface Group {
  readonly title: string;
  readonly text: string;
  readonly keys: readonly Key[];
}

/** The section of a key that holds further keys; one section for each alternative; none for a plain key. */
function groupsOf({ path, schema, required }: Key): Group[] {
  const description = schema.description ?? "";
  const alternatives = alternativesOf(schema).filter((option) => option.properties !== undefined);
  if (schema.properties !== undefined) {
    return [{ title: `\`${path}\``, text: description, keys: propertiesOf(schema, path) }];
  }
  return alternatives.map((option) => {
    const name = kindOf(option);
    const said = required ? `${description} Required.` : `${description} Default: ${code(schema.default)}.`;
    const text = `${said} ${propertyOf(option, name.key)?.description ?? ""}`;
    const keys = propertiesOf(option, path, `${path} (${name.value})`);
    return { title: `\`${path}\` with \`${name.key}: ${name.value}\``, text, keys };
  });
}

function kindOf(option: Schema): { readonly key: string; readonly value: string } {
  for (const key of discriminators) {
    const value = propertyOf(option, key)?.const ?? propertyOf(option, key)?.enum?.[0];
    if (value !== undefined) return { key, value: String(value) };
  }
  throw new Error("An alternative of the recipe has no `kind` or `source`.");
}

/** The keys directly or deeply inside; `place` stands for the path in the table of units. */
function propertiesOf(schema: Schema, path: string, place = path): Key[] {
  const required = schema.required ?? [];
  return Object.keys(schema.properties ?? {}).flatMap((name) => {
    const inner = propertyOf(schema, name)!;
    const key = path === "" ? name : `${path}.${name}`;
    if (path !== "" && inner.properties !== undefined) return propertiesOf(inner, key);
    return [
      {
        path: key,
        place: place === path ? key : `${place}.${name}`,
        schema: inner,
        required: required.includes(name),
      },
    ];
  });
}

function propertyOf(schema: Schema, name: string): Schema | undefined {
  const found = schema.properties?.[name];
  return typeof found === "object" ? found : undefined;
}

function alternativesOf(schema: Schema): Schema[] {
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter((option) => typeof option === "object");
}

function table(keys: readonly Key[]): string {
  const rows = keys.map((key) => {
    const { meaning, special } = splitDescription(key.schema.description ?? "");
    const unit = unitOf(key);
    const standard = key.required ? "*required*" : code(key.schema.default);
    return `| \`${key.path}\` | ${valuesOf(key.schema)} | ${unit} | ${standard} | ${special} | ${meaning} |`;
  });
  return ["| key | values | unit | default | special | meaning |", "|---|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

/** Sentences that begin with a value say what that value does. */
function splitDescription(text: string): { readonly meaning: string; readonly special: string } {
  const sentences = text.split(/(?<=\.)\s+(?=[A-Z0-9[]|null)/);
  const isSpecial = (sentence: string): boolean => /^(?:null|\[\]|[\d.]+)\s/.test(sentence);
  const special = sentences.filter(isSpecial).map((sentence) => {
    const [value, ...rest] = sentence.replace(/\.$/, "").split(" ");
    return `\`${value}\` ${rest.join(" ")}`;
  });
  return {
    meaning: escapeBars(sentences.filter((sentence) => !isSpecial(sentence)).join(" ")),
    special: escapeBars(special.join("; ")),
  };
}

function unitOf({ path, place, schema }: Key): string {
  if (!isNumeric(schema)) return "";
  const parts = path.split(".");
  const unit = units[place] ?? units[path] ?? units[parts.slice(0, 2).join(".")] ?? units[parts.at(-1)!];
  if (unit === undefined) throw new Error(`scripts/recipe-docs.ts: ${place} is a number without a unit.`);
  return unit;
}

function isNumeric(schema: Schema): boolean {
  if (schema.type === "number" || schema.type === "integer") return true;
  return alternativesOf(schema).some(isNumeric);
}

/** The values that a key may have, for people. */
function valuesOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  if (schema.const !== undefined) return code(schema.const);
  const options = alternativesOf(schema);
  if (options.length > 0) return options.map(valuesOf).join(" or ");
  switch (schema.type) {
    case "integer":
      return `whole number${rangeOf(schema)}`;
    case "number":
      return `number${rangeOf(schema)}`;
    case "boolean":
      return "`true`, `false`";
    case "null":
      return "`null`";
    case "string":
      return "text";
    case "object":
      return schema.properties === undefined ? "name: number" : "keys below";
    case "array":
      return `list of ${typeof schema.items === "object" && !Array.isArray(schema.items) ? valuesOf(schema.items) : "values"}`;
    default:
      return "name: number";
  }
}

/** Bounds; those that only say "a safe integer" are left out. */
function rangeOf(schema: Schema): string {
  const low = bound(schema.minimum, "≥") ?? bound(schema.exclusiveMinimum, ">");
  const high = bound(schema.maximum, "≤") ?? bound(schema.exclusiveMaximum, "<");
  const range = [low, high].filter((text) => text !== undefined).join(", ");
  return range === "" ? "" : ` ${range}`;
}

function bound(value: number | boolean | undefined, sign: string): string | undefined {
  if (typeof value !== "number" || Math.abs(value) >= Number.MAX_SAFE_INTEGER) return undefined;
  return `${sign} ${value}`;
}

function code(value: unknown): string {
  if (value === undefined) return "";
  const text =
    typeof value === "string"
      ? value
      : JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ").replaceAll(":", ": ");
  return `\`${text}\``;
}

function escapeBars(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** Each file with the comment at its top. */
function recipeList(): string {
  const files = readdirSync(join(root, "recipes"))
    .filter((name) => name.endsWith(".yaml"))
    .toSorted();
  return files
    .map((name) => `- \`recipes/${name}\`: ${headOf(readFileSync(join(root, "recipes", name), "utf8"))}`)
    .join("\n");
}

function headOf(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s*/, ""))
    .join(" ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, recipePage), renderRecipePage());
  console.log(`${recipePage} written`);
}
