/**
 * How fast a model computes on this machine, measured on a few rows of the run: one batch of each kind of work after a
 * first one that is not counted (engines prepare themselves on their first call). Nothing is written.
 */
import { objectives } from "../method/index.js";
import type { Policy } from "../spec/index.js";
import type { BaseModel } from "../stages/base-model.js";
import { readSource } from "../stages/data-source.js";
import type { Speeds } from "../stages/plan.js";
import type { Recipe } from "../stages/recipe.js";
import { checkLength, type RenderContext, type RenderedExample, renderExample } from "../text/index.js";

/** Speeds, and the memory that the process needed for them. */
export interface MeasuredSpeeds extends Speeds {
  /** Largest memory of the process so far, in bytes. */
  readonly peakBytes: number;
}

/** Rows of a measurement at most, and seconds that each kind of work may take. */
const LIMITS = { rows: 16, seconds: 1, samples: 4, sampledTokens: 24 } as const;

/** The speeds of a model on the first training rows of a recipe; `undefined` where it has no row that fits. */
export async function measureSpeeds(recipe: Recipe, model: BaseModel): Promise<MeasuredSpeeds | undefined> {
  const rows = await firstRows(recipe, model.context);
  if (rows.length === 0) return undefined;
  const engine = await model.openEngine();
  try {
    const { rank, alpha, targets, train } = recipe.adapter;
    const policy = await engine.createPolicy(
      train === "full" ? { train } : { adapter: { rank, alpha, targets }, train },
    );
    const score = await speedOf(rows, (part) => scoreRows(policy, part));
    const trained = await speedOf(rows, (part) => trainRows(policy, part));
    const sample = await speedOf(rows, (part) => sampleRows(policy, part), score);
    // maxRSS is in kilobytes.
    return { score, train: trained, sample, peakBytes: process.resourceUsage().maxRSS * 1024 };
  } finally {
    await engine.close();
  }
}

async function firstRows(recipe: Recipe, context: RenderContext): Promise<RenderedExample[]> {
  const rows: RenderedExample[] = [];
  for await (const item of readSource(recipe.data, recipe.seed)) {
    if (item.kind !== "example" || item.side !== "train") continue;
    const rendered = renderExample(context, item.example);
    if (checkLength(context, rendered.tokens.length).ok) rows.push(rendered);
    if (rows.length === LIMITS.rows) break;
  }
  return rows;
}

/** Tokens that count for the speed, and tokens that were only read on the way. */
interface Work {
  readonly tokens: number;
  readonly read: number;
}

/**
 * Tokens a second of `work`: tried on one row, then measured on as many as fit the time.
 *
 * @param readSpeed Tokens a second of what is only read, which the plan counts by itself.
 */
async function speedOf(
  rows: readonly RenderedExample[],
  work: (rows: readonly RenderedExample[]) => Promise<Work>,
  readSpeed = Number.POSITIVE_INFINITY,
): Promise<number> {
  const one = await measured(rows.slice(0, 1), work, readSpeed);
  const count = Math.min(rows.length, Math.floor(LIMITS.seconds / one.seconds));
  return count <= 1 ? one.speed : (await measured(rows.slice(0, count), work, readSpeed)).speed;
}

/** The second of two times: engines prepare themselves for a new shape. */
async function measured(
  rows: readonly RenderedExample[],
  work: (rows: readonly RenderedExample[]) => Promise<Work>,
  readSpeed: number,
): Promise<{ speed: number; seconds: number }> {
  await work(rows);
  const start = performance.now();
  const { tokens, read } = await work(rows);
  const seconds = Math.max(1e-6, (performance.now() - start) / 1000);
  // The two measurements are not of one moment: what is left may not become nothing.
  const own = Math.max(seconds - read / readSpeed, seconds / 4);
  return { speed: tokens / own, seconds };
}

async function scoreRows(policy: Policy, rows: readonly RenderedExample[]): Promise<Work> {
  await policy.score(rows.map(({ tokens }) => tokens));
  return { tokens: tokensOf(rows), read: 0 };
}

/** A step with learning rate 0: the work of a step, and no change. */
async function trainRows(policy: Policy, rows: readonly RenderedExample[]): Promise<Work> {
  const objective = objectives.supervised({ masks: rows.map(({ mask }) => mask) });
  await policy.accumulate(
    rows.map(({ tokens }) => tokens),
    objective,
  );
  await policy.step({ learningRate: 0 });
  return { tokens: tokensOf(rows), read: 0 };
}

async function sampleRows(policy: Policy, rows: readonly RenderedExample[]): Promise<Work> {
  const samples = await policy.sample(
    rows.map(({ tokens, promptLength }) => ({
      prompt: tokens.slice(0, promptLength),
      n: LIMITS.samples,
      maxTokens: LIMITS.sampledTokens,
      temperature: 1,
      topP: 1,
      stop: [],
      seed: 0,
    })),
  );
  const tokens = samples.flat().reduce((sum, sample) => sum + sample.tokens.length, 0);
  return { tokens, read: rows.reduce((sum, { promptLength }) => sum + promptLength, 0) };
}

function tokensOf(rows: readonly RenderedExample[]): number {
  return rows.reduce((sum, { tokens }) => sum + tokens.length, 0);
}
