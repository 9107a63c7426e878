/** `metrics.jsonl`: the optimiser steps of all training stages in one log, kept as an undisturbed run would write it. */
import type { JsonValue, StepRecord, Store } from "../spec/index.js";
import { rowParser, runPaths, stepSchema } from "../store/index.js";

const log = runPaths.metrics;

/** How many records of the stage are in the log without a gap. */
export async function countSteps(store: Store, stage: string): Promise<number> {
  let count = 0;
  for await (const { record } of readSteps(store)) {
    if (record.stage === stage && record.step === count + 1) count += 1;
  }
  return count;
}

/** Drops the stage's records after `last`; those of other stages stay. 0 drops all. */
export async function cutSteps(store: Store, stage: string, last: number): Promise<void> {
  const stays = ({ record }: LoggedStep) => record.stage !== stage || record.step <= last;
  for await (const step of readSteps(store)) {
    if (stays(step)) continue;
    await store.writeRows(log, select(store, stays));
    return;
  }
}

/** Puts the records into the order of the stages; those of other stages (an earlier recipe's) come last. */
export async function orderSteps(store: Store, stages: readonly string[]): Promise<void> {
  const placeOf = ({ record }: LoggedStep) =>
    stages.includes(record.stage) ? stages.indexOf(record.stage) : stages.length;
  let last = 0;
  let ordered = true;
  for await (const step of readSteps(store)) {
    ordered &&= placeOf(step) >= last;
    last = placeOf(step);
  }
  const inOrder = async function* () {
    for (let place = 0; place <= stages.length; place += 1)
      yield* select(store, (step) => placeOf(step) === place);
  };
  if (!ordered) await store.writeRows(log, inOrder());
}

async function* select(store: Store, wanted: (step: LoggedStep) => boolean): AsyncGenerator<JsonValue> {
  for await (const step of readSteps(store)) if (wanted(step)) yield step.value;
}

/** A row as it is written, and what it says. */
interface LoggedStep {
  readonly value: JsonValue;
  readonly record: StepRecord;
}

async function* readSteps(store: Store): AsyncGenerator<LoggedStep> {
  if (!(await store.exists(log))) return;
  const parse = rowParser(stepSchema, log);
  yield* store.readRows(log, (value, row) => ({ value, record: parse(value, row) }));
}
