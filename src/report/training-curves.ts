/** Optimiser steps → curves, one set for each stage, in one pass. */
import type { StepRecord } from "../spec/index.js";
import { type CurveBuilder, createCurveBuilder } from "./curve.js";
import type { StageCurves } from "./report-data.js";

interface StageCollector {
  steps: number;
  tokens: number;
  lastStep: number;
  readonly builders: Map<string, CurveBuilder>;
}

/**
 * The curves of every stage, in the order in which stages first appear. A step at or before the last one of its stage
 * (a log that a resumed run has written again) is left out: the run is deterministic, so it says the same.
 */
export async function collectCurves(
  steps: Iterable<StepRecord> | AsyncIterable<StepRecord>,
): Promise<readonly StageCurves[]> {
  const stages = new Map<string, StageCollector>();
  for await (const record of steps) {
    const stage = stages.get(record.stage) ?? { steps: 0, tokens: 0, lastStep: 0, builders: new Map() };
    stages.set(record.stage, stage);
    if (record.step > stage.lastStep) addStep(stage, record);
  }
  return [...stages].map(([stage, collector]) => toStageCurves(stage, collector));
}

function addStep(stage: StageCollector, record: StepRecord): void {
  stage.steps++;
  stage.tokens += record.tokens;
  stage.lastStep = record.step;
  const values = {
    ...record.metrics,
    loss: record.loss,
    gradientNorm: record.gradientNorm,
    learningRate: record.learningRate,
  };
  for (const [metric, value] of Object.entries(values)) {
    const builder = stage.builders.get(metric) ?? createCurveBuilder();
    stage.builders.set(metric, builder);
    builder.add(record.step, value);
  }
}

function toStageCurves(stage: string, collector: StageCollector): StageCurves {
  const curves = [...collector.builders]
    .sort(([left], [right]) => rank(left) - rank(right) || (left < right ? -1 : 1))
    .map(([metric, builder]) => builder.build(metric));
  return { stage, steps: collector.steps, tokens: collector.tokens, curves };
}

function rank(metric: string): number {
  const place = ["loss", "", "gradientNorm", "learningRate"].indexOf(metric);
  return place === -1 ? 1 : place;
}
