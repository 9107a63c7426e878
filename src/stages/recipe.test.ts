import { describe, expect, it } from "vitest";
import { ConfigError } from "../spec/index.js";
import { jsonSchemaOf, printSettings, type SettingsShape } from "./parse-settings.js";
import { parseRecipe, recipeSchema } from "./recipe.js";

const smallest = "name: a\nmodel: models/nano\ndata: { source: toolworld }\n";

function parse(text: string, ...overrides: string[]) {
  return parseRecipe({ file: "r.yaml", text, overrides });
}

describe("parseRecipe", () => {
  it("fills in the paper's values", () => {
    const recipe = parse(smallest);
    expect(recipe.adapter).toMatchObject({ train: "adapter", rank: 16, alpha: 32 });
    expect(recipe.warmup).toMatchObject({
      order: "easy-to-hard",
      epochs: 2,
      batchRows: 8,
      learningRate: 1e-4,
    });
    expect(recipe.rank.share).toBe(0.1);
    expect(recipe.explore).toMatchObject({
      samples: 3,
      iterations: 5,
      depthLimit: 3,
      temperature: 1.5,
      cPuct: 1,
    });
    expect(recipe.pair).toMatchObject({ valueGap: 0.1, minimumValue: -0.3, maximumOverlap: 0.95 });
    expect(recipe.prefer).toMatchObject({
      loss: "simpo",
      beta: null,
      gamma: 0.5,
      learningRate: 1e-6,
      epochs: 2,
    });
  });

  it("takes a file for the built-in world where its path is set", () => {
    const world = "name: a\nmodel: m\ndata: { source: toolworld, trainRows: 60 }\n";
    expect(parse(world, "data.path=x.jsonl").data).toMatchObject({
      source: "file",
      path: "x.jsonl",
      trainRows: 0,
    });
    expect(parse(world, "data.path=x.jsonl", "data.trainRows=9").data).toMatchObject({ trainRows: 9 });
    expect(parse(world, "data.path=x", "data.source=xlam").data).toMatchObject({
      source: "xlam",
      trainRows: 60,
    });
    const file = "name: a\nmodel: m\ndata: { source: file, path: y, trainRows: 7 }\n";
    expect(parse(file, "data.path=x").data).toMatchObject({ path: "x", trainRows: 7 });
  });

  it("reads the recipe that it prints", () => {
    const recipe = parse(smallest, "prefer.loss=ipo", "warmup.learningRate=3e-4");
    expect(parse(printSettings(recipe))).toEqual(recipe);
  });

  it.each([
    ["seed", "name: a\nmodel: m\nsed: 2\ndata: {source: toolworld}\n", 3],
    ["learningRate", `${smallest}warmup:\n  learning-rate: 1\n`, 5],
    ["iterations", `${smallest}explore:\n  samples: 2\n  iteration: 1\n`, 6],
  ])("names %s for a misspelling of it, and the line", (nearest, text, line) => {
    expect(() => parse(text)).toThrow(ConfigError);
    expect(() => parse(text)).toThrow(new RegExp(`line ${line}\\)\\. Did you mean ${nearest}\\?`));
  });

  it.each([
    [["data.source=toolace"], /data\.path/],
    [["data.source=bfcl"], /data/],
    [["rank.share=2"], /rank\.share/],
    [["rounds=1.5"], /rounds/],
    [["name=../up"], /name/],
    [["engine.kind=embedded", "engine.baseBits=8"], /engine\.baseBits/],
    [["engine.kind=embedded", "engine.blockSize=48"], /engine\.blockSize/],
    [["engine.kind=embedded", "engine.baseBits=4", "adapter.train=full"], /adapter\.train.*frozen/],
    [["prefer.loss=kto"], /prefer\.loss.*It is: The preference loss/],
    [["explore.weights.selfEvaluation=-1"], /explore\.weights\.selfEvaluation/],
  ])("refuses --set %j", (overrides, message) => {
    expect(() => parse(smallest, ...overrides)).toThrow(message);
  });
});

it("describes every setting", () => {
  const missing: string[] = [];
  const visit = (shape: SettingsShape, path: string): void => {
    for (const [key, field] of Object.entries(shape.properties ?? {})) {
      if (field.description === undefined) missing.push(`${path}${key}`);
      visit(field, `${path}${key}.`);
    }
    for (const option of [...(shape.oneOf ?? []), ...(shape.anyOf ?? [])]) visit(option, path);
  };
  visit(jsonSchemaOf(recipeSchema), "");
  expect(missing).toEqual([]);
});
