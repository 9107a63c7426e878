/**
 * Runs stages one after the other, each only where the run directory does not hold its result yet. A stage is skipped
 * when its manifest fits, continued when a kill stopped it, and done again when what it was made of has changed.
 */
import { z } from "zod";
import type { Store } from "../spec/index.js";
import {
  hashAll,
  hashValue,
  markComplete,
  markStarted,
  readStageState,
  runPaths,
  type StageKey,
  startedPath,
} from "../store/index.js";
import { type StagePorts, stopIfAsked } from "./ports.js";
import { cutSteps } from "./step-log.js";

/** One stage of a run, with its settings and files bound. */
export interface StageRun {
  /** E.g. `warmup` or `round-01/rank`. */
  readonly name: string;
  /** Everything besides files that the result depends on. */
  readonly settings: unknown;
  /** Files and folders of the run that it reads; they exist when its turn comes. */
  readonly inputs: readonly string[];
  /** Hashes of what it reads from outside the run, by name, e.g. `model`. */
  readonly external: Readonly<Record<string, string>>;
  /** Files and folders that it writes. */
  readonly outputs: readonly string[];
  /** What it leaves while under way and needs no more when it is complete. */
  readonly temporary: readonly string[];
  run(ports: StagePorts): Promise<void>;
}

/** How a stage went. */
export interface StageOutcome {
  readonly stage: string;
  /** `skipped`: it was complete. `continued`: it was under way. `redone`: it was complete with other settings or inputs. */
  readonly kind: "skipped" | "run" | "continued" | "redone";
  /** Why it was redone, for people. */
  readonly reason?: string;
}

/** Told when a stage begins or is skipped. */
export type StageListener = (outcome: StageOutcome) => void;

/** One line of `timings.jsonl`: a stretch of work on a stage. A stage that was stopped and continued has several. */
export interface StageTime {
  readonly stage: string;
  readonly seconds: number;
}

export const stageTimeSchema: z.ZodType<StageTime> = z.strictObject({
  stage: z.string(),
  seconds: z.number(),
});

/** A clock in milliseconds; the only use of time is the log of durations. */
export type Clock = () => number;

/** Runs what is missing. @throws whatever a stage throws; the stages before it stay complete */
export async function runStages(
  stages: readonly StageRun[],
  ports: StagePorts,
  onStage: StageListener = () => undefined,
  clock: Clock = () => performance.now(),
): Promise<readonly StageOutcome[]> {
  const outcomes: StageOutcome[] = [];
  for (const [index, stage] of stages.entries()) {
    stopIfAsked(ports, stage.name);
    ports.onProgress?.({ stage: "run", unit: "stages", done: index, total: stages.length, note: stage.name });
    outcomes.push(await runStage(stage, ports, onStage, clock));
  }
  ports.onProgress?.({ stage: "run", unit: "stages", done: stages.length, total: stages.length });
  return outcomes;
}

async function runStage(
  stage: StageRun,
  ports: StagePorts,
  onStage: StageListener,
  clock: Clock,
): Promise<StageOutcome> {
  const { store } = ports;
  const key = await keyOf(stage, store);
  const state = await readStageState(store, key);
  const outcome = outcomeOf(stage, state);
  onStage(outcome);
  if (state.kind === "complete") {
    await tidy(stage, store);
    return outcome;
  }
  if (state.kind === "absent") {
    await clear(stage, store);
    await markStarted(store, key);
  }
  await timed(stage, ports, clock);
  await markComplete(store, key, stage.outputs);
  await tidy(stage, store);
  return outcome;
}

/** Runs the stage and logs how long it took; a failure to log never hides why the stage failed. */
async function timed(stage: StageRun, ports: StagePorts, clock: Clock): Promise<void> {
  const start = clock();
  const log = () => {
    const time: StageTime = { stage: stage.name, seconds: (clock() - start) / 1000 };
    return ports.store.appendRow(runPaths.timings, time);
  };
  try {
    await stage.run(ports);
  } catch (cause) {
    await log().catch(() => undefined);
    throw cause;
  }
  await log();
}

/** Removes what a complete stage needs no more; done again at every start, for a kill may come in between. */
async function tidy(stage: StageRun, store: Store): Promise<void> {
  for (const path of [startedPath(stage.name), ...stage.temporary]) {
    if (await store.exists(path)) await store.remove(path);
  }
}

async function keyOf(stage: StageRun, store: Store): Promise<StageKey> {
  const inputs = { ...(await hashAll(store, stage.inputs)), ...stage.external };
  return { stage: stage.name, settings: hashValue(stage.settings), inputs };
}

function outcomeOf(stage: StageRun, state: Awaited<ReturnType<typeof readStageState>>): StageOutcome {
  if (state.kind === "complete") return { stage: stage.name, kind: "skipped" };
  if (state.kind === "under-way") return { stage: stage.name, kind: "continued" };
  if (state.reason === undefined) return { stage: stage.name, kind: "run" };
  return { stage: stage.name, kind: "redone", reason: state.reason };
}

/** Nothing of an earlier try is left when a stage begins anew. */
async function clear(stage: StageRun, store: Store): Promise<void> {
  for (const path of [...stage.outputs, ...stage.temporary]) await store.remove(path);
  await cutSteps(store, stage.name, 0);
}
