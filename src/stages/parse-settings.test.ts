import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigError } from "../spec/index.js";
import { nearestKey } from "./nearest-key.js";
import { jsonSchemaOf, parseSettings, printSettings } from "./parse-settings.js";

const schema = z.strictObject({
  name: z.string(),
  rounds: z.int().min(0).default(2).describe("Rounds of the loop."),
  warmup: z
    .strictObject({ learningRate: z.number().default(1e-4), epochs: z.int().default(2) })
    .prefault({})
    .describe("Supervised training."),
  data: z.discriminatedUnion("source", [
    z.strictObject({ source: z.literal("world"), rows: z.int().default(10) }),
    z.strictObject({ source: z.literal("file"), path: z.string() }),
  ]),
});

const text = "name: a\nrounds: 1\ndata:\n  source: file\n  path: rows.json\n";

function parse(yaml: string, ...overrides: string[]) {
  return parseSettings(schema, { file: "r.yaml", text: yaml, overrides });
}

function failure(yaml: string, ...overrides: string[]): ConfigError {
  try {
    parse(yaml, ...overrides);
  } catch (cause) {
    if (cause instanceof ConfigError) return cause;
    throw cause;
  }
  throw new Error("nothing was thrown");
}

describe("parseSettings", () => {
  it("fills in every default", () => {
    expect(parse(text)).toEqual({
      name: "a",
      rounds: 1,
      warmup: { learningRate: 1e-4, epochs: 2 },
      data: { source: "file", path: "rows.json" },
    });
  });

  it("reads what it prints", () => {
    const settings = parse(text);
    expect(parse(printSettings(settings))).toEqual(settings);
  });

  it.each([
    ["rounds=3", { rounds: 3 }],
    ["warmup.learningRate=2e-5", { warmup: { learningRate: 2e-5, epochs: 2 } }],
    ["name=7", { name: "7" }],
    ["data.path=a=b.json", { data: { source: "file", path: "a=b.json" } }],
    ["data={source: world}", { data: { source: "world", rows: 10 } }],
  ])("applies --set %s", (override, expected) => {
    expect(parse(text, override)).toMatchObject(expected);
  });

  it("applies overrides in order, the last one counts", () => {
    expect(parse(text, "rounds=3", "rounds=4").rounds).toBe(4);
  });

  it.each([
    [`${text}round: 2\n`, [], /unknown key round \(r\.yaml, line 6\)\. Did you mean rounds\?/],
    [
      `${text}warmup:\n  learning_rate: 1\n`,
      [],
      /unknown key warmup\.learning_rate \(r\.yaml, line 7\)\. Did you mean learningRate\?/,
    ],
    [
      `${text}zebra: 2\n`,
      [],
      /unknown key zebra \(r\.yaml, line 6\)\. Known here: data, name, rounds, warmup\./,
    ],
    [text, ["warmup.epoch=1"], /unknown key warmup\.epoch \(--set warmup\.epoch=1\)\. Did you mean epochs\?/],
    [
      "name: a\ndata:\n  source: file\n  pth: x\n  path: y\n",
      [],
      /unknown key data\.pth \(r\.yaml, line 4\)\. Did you mean path\?/,
    ],
    [text, ["rounds=many"], /^rounds: .*\(--set rounds=many\)\. It is: Rounds of the loop\./],
    ["name: a\nrounds: -1\ndata: {source: world}\n", [], /^rounds: .*\(r\.yaml, line 2\)/],
    ["name: a\n", [], /^data: .*\(r\.yaml\)/],
    ["name: [a\n", [], /r\.yaml, line \d+: .*Correct the YAML/],
    ["name: a\nname: b\n", [], /r\.yaml, line 2: .*unique/],
    ["- a\n", [], /the recipe: .*expected object/],
    ["", [], /name: /],
    [text, ["rounds"], /--set rounds: write key=value/],
    [text, ["rounds=[1"], /--set rounds=\[1: the value is not YAML/],
  ])("names what is wrong in %j with %j", (yaml, overrides, message) => {
    expect(failure(yaml, ...overrides).message).toMatch(message);
  });

  it("survives keys that are special to JavaScript", () => {
    expect(failure(text, "__proto__.rounds=9").message).toMatch(/unknown key __proto__/);
    expect(Reflect.get({}, "rounds")).toBeUndefined();
  });
});

it("describes every field for editors", () => {
  expect(jsonSchemaOf(schema).properties?.rounds).toMatchObject({
    type: "integer",
    default: 2,
    description: "Rounds of the loop.",
  });
});

describe("nearestKey", () => {
  it.each([
    ["learning_rate", "learningRate"],
    ["leanringRate", "learningRate"],
    ["epoch", "epochs"],
    ["seeed", "seed"],
    ["zebra", undefined],
    ["", undefined],
  ])("of %j is %j", (name, expected) => {
    expect(nearestKey(name, ["learningRate", "epochs", "seed", "rounds"])).toBe(expected);
  });

  it("of anything among nothing is nothing", () => {
    expect(nearestKey("a", [])).toBeUndefined();
  });
});
