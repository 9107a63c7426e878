import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesOf } from "../../../test/pipeline/bytes-of.js";
import { recordedTerminal } from "../../../test/support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../../../test/support/cli-run.js";
import { ConfigError } from "../../spec/index.js";
import { runRecipe } from "./run.js";
import { runStage, type StageName, type StageOptions } from "./stage.js";

let workspace: TinyWorkspace;
let whole: string;
let alone: string;
const { signal } = new AbortController();

beforeAll(async () => {
  workspace = await createTinyWorkspace();
  whole = join(workspace.folder, "whole");
  alone = join(workspace.folder, "alone");
  const options = { recipe: workspace.recipe, overrides: ["evaluate.policies=[]"], out: whole, signal };
  await runRecipe(options, recordedTerminal().terminal, workspace.load);
}, 120_000);
afterAll(() => workspace.remove());

async function stage(name: StageName, options: Partial<StageOptions>) {
  const { terminal, console } = recordedTerminal();
  const given = { recipe: workspace.recipe, overrides: [], out: alone, signal };
  const written = await runStage(name, { ...given, ...options }, terminal, workspace.load);
  return { written, stderr: console.text("stderr") };
}

const inWhole = (path: string) => join(whole, path);
const hard = "round-01/hard/examples.jsonl";
const trees = "round-01/trees/trees.jsonl";
const pairs = "round-01/pairs/pairs.jsonl";

describe("the stages one by one", () => {
  it("write the same bytes as the whole run", async () => {
    const { written } = await stage("warmup", { examples: inWhole("data/train.jsonl") });
    expect(written).toEqual([join(alone, "warmup/adapter")]);
    const adapter = join(alone, "warmup/adapter");
    await stage("rank", { examples: join(alone, "data/train.jsonl"), adapter });
    await stage("explore", { hard: join(alone, hard), adapter });
    await stage("pair", { trees: join(alone, trees) });
    await stage("prefer", { pairs: join(alone, pairs), hard: join(alone, hard), adapter });
    const expected = await bytesOf(whole);
    const found = await bytesOf(alone);
    for (const name of [hard, trees, pairs, "round-01/prefer/perplexity.jsonl"]) {
      expect(found.get(name) === expected.get(name), name).toBe(true);
    }
    for (const [name, bytes] of expected) {
      if (/adapter\//.test(name)) expect(found.get(name) === bytes, name).toBe(true);
    }
  }, 60_000);

  it("are not done twice, and again with other settings", async () => {
    const input = { trees: join(alone, trees) };
    expect((await stage("pair", input)).stderr).toBe("round-01/pair: done before\n");
    const other = await stage("pair", { ...input, overrides: ["pair.valueGap=1.5"] });
    expect(other.stderr).toMatch(/^round-01\/pair: done again, because its settings are different now\n/);
    expect((await readFile(join(alone, pairs), "utf8")).length).toBeLessThan(
      (await readFile(inWhole(pairs), "utf8")).length,
    );
  });

  it("prefer scores the hard rows itself where there was no ranking", async () => {
    const out = join(workspace.folder, "prefer");
    const adapter = inWhole("warmup/adapter");
    await stage("prefer", { out, pairs: inWhole(pairs), hard: inWhole(hard), adapter });
    const scored = (await readFile(join(out, "round-01/prefer/perplexity.jsonl"), "utf8")).trim().split("\n");
    for (const row of scored.map((line) => JSON.parse(line))) {
      expect(row.before).toBeGreaterThan(0);
      expect(row.after).not.toBe(row.before);
    }
    await rm(out, { recursive: true });
  });
});

describe("a stage refuses", () => {
  it.each<[string, StageName, () => Partial<StageOptions>, RegExp]>([
    ["a missing option", "prefer", () => ({ pairs: inWhole(pairs) }), /itool prefer needs --hard FILE/],
    ["a missing file", "rank", () => ({ examples: "nowhere" }), /--examples is nowhere.*data\/train\.jsonl/],
    [
      "a missing adapter",
      "explore",
      () => ({ hard: inWhole(hard), adapter: "nowhere" }),
      /--adapter is nowhere.*warmup\/adapter/,
    ],
    [
      "the directory of a whole run",
      "pair",
      () => ({ trees: inWhole(trees), out: whole }),
      /which is the directory of a whole run\. Give another/,
    ],
  ])("%s", async (_, name, options, message) => {
    await expect(stage(name, options())).rejects.toThrow(ConfigError);
    await expect(stage(name, options())).rejects.toThrow(message);
  });
});
