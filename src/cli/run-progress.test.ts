import { describe, expect, it } from "vitest";
import type { StageOutcome } from "../stages/stage-run.js";
import type { PlannedStage } from "./run-estimate.js";
import { RunEstimate } from "./run-estimate.js";
import { RunProgress } from "./run-progress.js";

const plan: readonly PlannedStage[] = [
  { stage: "base/evaluate", seconds: 10 },
  { stage: "warmup", seconds: 40 },
  { stage: "warmup/evaluate", seconds: 10 },
  { stage: "round-01/explore", seconds: 30 },
];

describe("RunEstimate", () => {
  it("expects nothing before something is done, but knows the shares", () => {
    const estimate = new RunEstimate(plan);
    expect(estimate.secondsAfter("base/evaluate")).toBeUndefined();
    expect(estimate.workAfter("base/evaluate")).toBe(8);
    expect(estimate.workAfter("prepare")).toBeUndefined();
  });

  it("expects stages of a kind to be alike, and others by all that is known", () => {
    const estimate = new RunEstimate(plan);
    estimate.finish("base/evaluate", 20);
    estimate.finish("warmup", 20);
    // Evaluations take twice their plan; all together take 40 s of 50.
    expect(estimate.secondsOf("warmup/evaluate")).toBe(20);
    expect(estimate.secondsOf("round-01/explore")).toBe(24);
    expect(estimate.secondsAfter("warmup/evaluate")).toBe(24);
    expect(estimate.secondsOf("compare")).toBe(0);
  });

  it("learns nothing from a stage without a time", () => {
    const estimate = new RunEstimate(plan);
    estimate.finish("base/evaluate");
    estimate.finish("warmup", 20);
    expect(estimate.secondsAfter("warmup/evaluate")).toBe(15);
  });
});

const names = ["prepare", "base/evaluate", "warmup", "warmup/evaluate", "round-01/explore"];

/** Follows a run in which the stages so far ended as told, up to the beginning of the next one. */
function follow(outcomes: readonly StageOutcome["kind"][], earlier: Record<string, number> = {}) {
  const clock = { now: 0 };
  const progress = new RunProgress({
    plan: () => plan,
    earlier: new Map(Object.entries(earlier)),
    now: () => clock.now,
  });
  for (const [index, kind] of outcomes.entries()) {
    const stage = names[index]!;
    progress.onEvent({ stage: "run", unit: "stages", done: index, total: names.length, note: stage });
    progress.onStage({ stage, kind });
    if (index < outcomes.length - 1) clock.now += 20_000;
  }
  return progress;
}

describe("RunProgress", () => {
  it("takes the run's own events, and no others", () => {
    const progress = follow([]);
    expect(progress.onEvent({ stage: "run", unit: "stages", done: 0, total: 5, note: "prepare" })).toBe(true);
    expect(progress.onEvent({ stage: "prepare", unit: "rows", done: 0, total: 5 })).toBe(false);
    expect(progress.beginning()).toEqual({ stage: "prepare", unit: "", done: 0, total: 0 });
  });

  it.each<[StageOutcome["kind"][], object]>([
    [["run"], { number: 1, count: 5 }],
    [["run", "run"], { number: 2, count: 5, workAfter: 8 }],
    // The evaluation took 20 s for 10.
    [["run", "run", "run"], { number: 3, count: 5, secondsOfStage: 80, secondsAfter: 80 }],
    [["run", "run", "run", "run"], { number: 4, count: 5, secondsOfStage: 20, secondsAfter: 24 }],
  ])("knows the place after %j", (outcomes, place) => expect(follow(outcomes).place()).toEqual(place));

  it("takes the times of earlier sittings for stages that were done before", () => {
    const earlier = { "base/evaluate": 5, warmup: 100 };
    const progress = follow(["skipped", "skipped", "continued", "run"], earlier);
    // warmup: 100 s before and 20 s now, for 40.
    expect(progress.place()).toMatchObject({ secondsOfStage: 5, secondsAfter: 75 });
  });

  it("shows no beginning of a stage that is skipped, and none after the end", () => {
    expect(follow(["run", "skipped"]).beginning()).toBeUndefined();
    const progress = follow(["run"]);
    progress.onEvent({ stage: "run", unit: "stages", done: 5, total: 5 });
    expect([progress.beginning(), progress.place()]).toEqual([undefined, undefined]);
  });
});
