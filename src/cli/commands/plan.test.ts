import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedTerminal } from "../../../test/support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../../../test/support/cli-run.js";
import { type PlanOptions, planRecipe, renderPlan } from "./plan.js";

const toolace = resolve("../shared/tool-data/toolace/data.json");
let workspace: TinyWorkspace;

beforeAll(async () => {
  workspace = await createTinyWorkspace();
}, 120_000);
afterAll(() => workspace.remove());

function plan(options: Partial<PlanOptions> = {}) {
  const given = { recipe: workspace.recipe, overrides: [] };
  return planRecipe({ ...given, ...options }, recordedTerminal().terminal, workspace.load);
}

describe("itool plan", () => {
  it("counts the data with the model's own tokens", async () => {
    const planned = await plan();
    expect(planned.exactTokens).toBe(true);
    expect(planned.plan.data.train.examples).toBeGreaterThan(0);
    expect(planned.speedSource).toBe("none");
    expect(renderPlan(planned)).toMatch(/round-01\/explore[\s\S]*No times: name a speed with --speed/);
  });

  it("gives times by --speed", async () => {
    const planned = await plan({ tokensPerSecond: 100 });
    expect(planned.speeds).toEqual({ train: 100, score: 300, sample: 100 });
    const warmup = planned.plan.stages.find(({ stage }) => stage === "warmup")!;
    expect(warmup.seconds).toBeCloseTo(warmup.trainedTokens / 100);
    expect(renderPlan(planned)).toMatch(/│ +time │/);
    expect(renderPlan(planned)).toContain("Times by speeds from --speed: 300 scored, 100 trained");
  });

  it("counts requests and tokens of an engine on a server, against the budget", async () => {
    const engine = (budget: number) =>
      `engine={kind: tinker, url: "http://localhost:1", tokenBudget: ${budget}}`;
    const planned = await plan({ overrides: [engine(1)] });
    const warmup = planned.plan.stages.find(({ stage }) => stage === "warmup")!;
    expect(warmup.requests).toBe(3 * warmup.steps);
    const requests = planned.plan.stages.reduce((sum, stage) => sum + stage.requests, 0);
    expect(planned.plan.total.requests).toBe(requests);
    expect(renderPlan(planned)).toMatch(
      /│ +requests │[\s\S]*of 1 \(engine.tokenBudget\) may stop the run before its end/,
    );
    expect(renderPlan(await plan({ overrides: [engine(1e12)] }))).toMatch(/tokenBudget\) covers it/);
    expect(renderPlan(await plan({ overrides: [engine(0)] }))).toMatch(/No budget: set one with/);
    expect(renderPlan(await plan())).not.toMatch(/requests/);
  });

  it("tells the cost by the prices given, against a budget of money", async () => {
    const prices = "{read: 100, trained: 300, written: 500}";
    const engine = `engine={kind: tinker, url: "http://localhost:1", costBudget: 0.01, prices: ${prices}}`;
    const planned = await plan({ overrides: [engine] });
    const { scoredTokens, trainedTokens, sampledTokens } = planned.plan.total;
    const cost = (100 * (scoredTokens + trainedTokens) + 300 * trainedTokens + 500 * sampledTokens) / 1e6;
    expect(renderPlan(planned)).toContain(`sampled it costs at most ${cost.toFixed(2)}.`);
    expect(renderPlan(planned)).toMatch(/engine.costBudget\) may stop the run/);
    const unpriced = 'engine={kind: tinker, url: "http://localhost:1"}';
    expect(renderPlan(await plan({ overrides: [unpriced] }))).toMatch(/No cost: name the prices/);
  });

  it("measures an embedded model that is at hand", async () => {
    const planned = await plan({ overrides: ["engine={kind: embedded}"] });
    expect(planned.speedSource).toBe("measured");
    const { score, train, sample } = planned.speeds!;
    for (const speed of [score, train, sample]) expect(speed).toBeGreaterThan(0);
    expect(planned.plan.total.seconds).toBeGreaterThan(0);
    expect(renderPlan(planned)).toMatch(/measured here just now[\s\S]*Memory: about \d+\.\d GiB\./);
  });

  it("knows how the base is kept", async () => {
    const engine = "engine={kind: embedded, baseBits: 4, recompute: true}";
    const planned = await plan({ overrides: [engine], tokensPerSecond: 100 });
    const { kept, float32 } = planned.baseBytes!;
    expect(kept / float32).toBeLessThan(0.35);
    expect(renderPlan(planned)).toMatch(/at rest: \d\.\d\d GiB \(4 bits in blocks of 64; .*layer by layer/);
  });

  it("estimates the tokens of a model that is not here, and says so", async () => {
    const planned = await plan({ overrides: ["model=org/far", "engine={kind: embedded}"] });
    expect(planned.exactTokens).toBe(false);
    expect(renderPlan(planned)).toMatch(
      /org\/far is not at hand: a token is taken as 4 characters\.\n.*--set model=FOLDER/,
    );
  });

  it("says what is missing before it counts", () =>
    expect(plan({ recipe: "recipes/toolace.yaml" })).rejects.toThrow(/data\.path is data\.json/));

  it.skipIf(!existsSync(toolace))(
    "plans the paper's run on real rows (skipped: no shared/tool-data)",
    async () => {
      const recipe = "recipes/llama-3.1-8b-paper.yaml";
      const planned = await plan({ recipe, overrides: [`data.path=${toolace}`] });
      const { stages, data } = planned.plan;
      expect(data.train.examples).toBeGreaterThan(1000);
      expect(stages.filter(({ stage }) => stage.endsWith("/explore"))).toHaveLength(planned.recipe.rounds);
      const hard = Math.ceil(0.1 * data.train.examples);
      expect(stages.find(({ stage }) => stage === "round-01/explore")!.rows).toBe(hard);
    },
  );
});
