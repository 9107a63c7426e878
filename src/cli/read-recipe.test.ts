import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "./package-root.js";
import { packageRecipes, readPretrainRecipe, readRecipe } from "./read-recipe.js";

const pretraining = "recipes/nano-base.yaml";
const recipes = packageRecipes();

function read(path: string, ...overrides: string[]): Promise<{ readonly name: string }> {
  return path === pretraining ? readPretrainRecipe(path, overrides) : readRecipe(path, overrides);
}

describe("the recipes that come with the package", () => {
  it("are found", () => {
    expect(recipes).toEqual(
      ["llama-3.1-8b-paper", "nano-base", "nano", "smoke", "toolace"].map((name) => `recipes/${name}.yaml`),
    );
  });

  it.each(recipes)("%s is a recipe, named like its file", async (path) => {
    expect(`recipes/${(await read(path)).name}.yaml`).toBe(path);
  });

  it.each(recipes)("%s: every misspelt key is an error that names the nearest", async (path) => {
    const text = readFileSync(join(packageRoot(), path), "utf8");
    for (const key of keysOf(parse(text))) {
      const last = key.slice(key.lastIndexOf(".") + 1);
      const misspelt = `${key.slice(0, key.length - last.length)}${swapLetters(last)}`;
      const message = `unknown key ${misspelt} (--set ${misspelt}=1). Did you mean ${last}?`;
      await expect(read(path, `${misspelt}=1`), misspelt).rejects.toMatchObject({
        name: "ConfigError",
        message,
      });
    }
  });
});

it("the paper's recipe has the values that the paper, MCTS-DPO and the authors' scripts give", async () => {
  const { warmup, rank, explore, pair, prefer, ...recipe } = await readRecipe(
    "recipes/llama-3.1-8b-paper.yaml",
    [],
  );
  expect(recipe.model).toBe("meta-llama/Llama-3.1-8B-Instruct");
  expect(recipe.prompt.contextLength).toBe(4096);
  expect(recipe.adapter).toMatchObject({ train: "adapter", rank: 16 });
  expect(recipe.adapter.targets).toHaveLength(7);
  const training = { epochs: 2, batchRows: 8, schedule: "cosine", warmupShare: 0.1 };
  expect(warmup).toMatchObject({ ...training, order: "easy-to-hard", learningRate: 1e-4 });
  expect(rank.share).toBe(0.1);
  expect(explore).toMatchObject({ samples: 3, iterations: 5, depthLimit: 3, temperature: 1.5 });
  expect(explore).toMatchObject({ cPuct: 1, lambda: 1, weights: { selfEvaluation: 1 } });
  expect(pair).toMatchObject({ valueGap: 0.1, minimumValue: -0.3, maximumOverlap: 0.95, maximumPairs: 4000 });
  expect(prefer).toMatchObject({ ...training, loss: "simpo", beta: 2.5, gamma: 0.5, learningRate: 1e-6 });
});

/** All keys at the top and the first of each section, as paths; those of one or two letters are left out. */
function keysOf(recipe: unknown): string[] {
  return fieldsOf(recipe).flatMap(([key, inner]) => [
    key,
    ...fieldsOf(inner)
      .slice(0, 1)
      .map(([nested]) => `${key}.${nested}`),
  ]);
}

function fieldsOf(value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).filter(([key]) => key.length > 2);
}

/** `anme` for `name`. */
function swapLetters(word: string): string {
  const index = [...word].findIndex((letter, place) => place > 0 && letter !== word[place - 1]);
  return `${word.slice(0, index - 1)}${word[index]}${word[index - 1]}${word.slice(index + 1)}`;
}

describe("readRecipe", () => {
  it.each([
    ["toolace", /Cannot read the recipe toolace\. Did you mean recipes\/toolace\.yaml\?/],
    ["recipes/nanno.yaml", /Did you mean recipes\/nano\.yaml\?/],
    ["mine.yml", /that come with itool are recipes\/llama-3\.1-8b-paper\.yaml, .*recipes\/toolace\.yaml\./],
    [pretraining, /is a recipe of `itool pretrain`/],
    ["recipes", /Cannot read the recipe recipes/],
  ])("of %s says what to do", (path, message) => expect(readRecipe(path, [])).rejects.toThrow(message));

  it("applies the overrides", async () => {
    expect((await readRecipe("recipes/nano.yaml", ["seed=5", "warmup.epochs=3"])).warmup.epochs).toBe(3);
  });
});

it("readPretrainRecipe refuses a recipe of a run", () =>
  expect(readPretrainRecipe("recipes/smoke.yaml", [])).rejects.toThrow(/not a recipe of `itool pretrain`/));
