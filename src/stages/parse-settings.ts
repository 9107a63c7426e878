/**
 * From the text of a recipe and `--set` overrides to checked settings. Every complaint names the key, its line, and what
 * to do; a misspelt key is never ignored. Pure: reading the file is the caller's.
 */
import { type Document, LineCounter, parseDocument, parse as parseYaml, stringify } from "yaml";
import { z } from "zod";
import { ConfigError } from "../spec/index.js";
import { nearestKey } from "./nearest-key.js";

/** A recipe's text and what was asked on the command line. */
export interface RecipeSource {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly text: string;
  /** `a.b=c`, applied in order; c is read as YAML. */
  readonly overrides?: readonly string[];
}

/**
 * The settings that a YAML text describes, with every default filled in.
 *
 * @throws ConfigError for text that is not YAML, an unknown key (naming the nearest), a value out of range, or an
 * override that is not `key=value`
 */
export function parseSettings<T>(schema: z.ZodType<T>, source: RecipeSource): T {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    const [what] = problem.message.split(" at line");
    throw new ConfigError(`${source.file}, line ${line}: ${what}. Correct the YAML.`, {
      file: source.file,
      line,
    });
  }
  const shape = jsonSchemaOf(schema);
  const overrides = (source.overrides ?? []).map((text) => parseOverride(text, shape));
  const result = schema.safeParse(applyOverrides(document.toJS() ?? {}, overrides));
  if (result.success) return result.data;
  const place = (path: readonly PropertyKey[]) => placeOf(path, { source, document, lines, overrides });
  throw settingsError(result.error.issues[0]!, shape, place);
}

/** The settings as YAML, every default written out: `config.resolved.yaml`. Reading it gives the same settings. */
export function printSettings(settings: unknown): string {
  return stringify(settings, { lineWidth: 110 });
}

/** The JSON Schema of what a user may write: for messages, help and editors. */
export function jsonSchemaOf(schema: z.ZodType): SettingsShape {
  return shapeSchema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

/** The parts of JSON Schema that settings use. */
export interface SettingsShape {
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SettingsShape>> | undefined;
  readonly anyOf?: readonly SettingsShape[] | undefined;
  readonly oneOf?: readonly SettingsShape[] | undefined;
}

const shapeSchema: z.ZodType<SettingsShape> = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  get properties() {
    return z.record(z.string(), shapeSchema).optional();
  },
  get anyOf() {
    return z.array(shapeSchema).optional();
  },
  get oneOf() {
    return z.array(shapeSchema).optional();
  },
});

interface Override {
  readonly text: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Text stays text where the setting is one, so that `--set name=7` needs no quotes. */
function parseOverride(text: string, shape: SettingsShape): Override {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new ConfigError(`--set ${text}: write key=value, e.g. --set warmup.epochs=1.`, { override: text });
  }
  const path = text.slice(0, equals).trim().split(".");
  const written = text.slice(equals + 1);
  const kinds = shapesAt(shape, path)
    .flatMap(alternatives)
    .flatMap((found) => found.type);
  if (kinds.length > 0 && kinds.every((kind) => kind === "string")) return { text, path, value: written };
  try {
    return { text, path, value: parseYaml(written) };
  } catch (cause) {
    const message = `--set ${text}: the value is not YAML. Quote it, e.g. --set 'key="value"'.`;
    throw new ConfigError(message, { override: text }, { cause });
  }
}

function applyOverrides(settings: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce((current, { path, value }) => replaceAt(current, path, value), settings);
}

function replaceAt(settings: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const fields = isFields(settings) ? settings : {};
  return Object.fromEntries([
    ...Object.entries(fields).filter(([name]) => name !== key),
    [key, replaceAt(fields[key], rest, value)],
  ]);
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schemas of a key: several where the settings have alternatives; none where there is no such key. */
function shapesAt(shape: SettingsShape, path: readonly PropertyKey[]): readonly SettingsShape[] {
  return path.reduce<readonly SettingsShape[]>(
    (shapes, key) => shapes.flatMap(alternatives).flatMap((found) => found.properties?.[String(key)] ?? []),
    [shape],
  );
}

function alternatives(shape: SettingsShape): readonly SettingsShape[] {
  const inner = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
  return inner.length === 0 ? [shape] : inner.flatMap(alternatives);
}

interface PlaceInputs {
  readonly source: RecipeSource;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly overrides: readonly Override[];
}

/** Where a key was written: the override, or the file and line, or the file where it is missing. */
function placeOf(path: readonly PropertyKey[], inputs: PlaceInputs): string {
  const names = path.map(String);
  const override = inputs.overrides.findLast(
    (candidate) => names.length > 0 && candidate.path.every((name, index) => names[index] === name),
  );
  if (override !== undefined) return `--set ${override.text}`;
  const line = lineOf(names, inputs);
  return line === undefined ? inputs.source.file : `${inputs.source.file}, line ${line}`;
}

function lineOf(path: readonly string[], { document, lines }: PlaceInputs): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true) ?? document.contents;
  const pair = isPairList(parent) ? parent.items.find((item) => String(item.key) === path.at(-1)) : undefined;
  const node = pair?.key ?? document.getIn(path, true);
  return hasRange(node) ? lines.linePos(node.range[0]).line : undefined;
}

function isPairList(value: unknown): value is { readonly items: readonly { readonly key: unknown }[] } {
  if (typeof value !== "object" || value === null || !("items" in value)) return false;
  return (
    Array.isArray(value.items) &&
    value.items.every((item) => item !== null && typeof item === "object" && "key" in item)
  );
}

function hasRange(value: unknown): value is { readonly range: readonly [number, number, number] } {
  return typeof value === "object" && value !== null && "range" in value && Array.isArray(value.range);
}

/** The complaint about one issue, in three parts: what, where, what to do. */
function settingsError(
  issue: z.core.$ZodIssue,
  shape: SettingsShape,
  place: (path: readonly PropertyKey[]) => string,
): ConfigError {
  if (issue.code !== "unrecognized_keys") {
    const key = issue.path.map(String).join(".") || "the recipe";
    const message = `${key}: ${issue.message} (${place(issue.path)}).${hintOf(shape, issue.path)}`;
    return new ConfigError(message, { key, rule: issue.code });
  }
  const path = [...issue.path, issue.keys[0]!];
  const key = path.map(String).join(".");
  const known = shapesAt(shape, issue.path)
    .flatMap(alternatives)
    .flatMap((found) => Object.keys(found.properties ?? {}));
  const nearest = nearestKey(issue.keys[0]!, known);
  const fix =
    nearest === undefined
      ? `Known here: ${[...new Set(known)].sort().join(", ")}`
      : `Did you mean ${nearest}?`;
  return new ConfigError(`unknown key ${key} (${place(path)}). ${fix}${nearest === undefined ? "." : ""}`, {
    key,
    ...(nearest === undefined ? {} : { nearest }),
  });
}

/** What the setting is, from its description. */
function hintOf(shape: SettingsShape, path: readonly PropertyKey[]): string {
  const description = shapesAt(shape, path).find((found) => found.description !== undefined)?.description;
  return description === undefined ? "" : ` It is: ${description}`;
}
