/**
 * Makes a small base model from nothing: tokenizer, fresh weights, and pre-training on rows of the built-in world
 * whose names exist nowhere else, so that copying from the prompt is the only way to be right.
 *
 * Outside the paper, which starts from a pre-trained model; the findings behind the settings are in `docs/log.md`.
 * Only response tokens are in the loss. Every state that matters is in a checkpoint — weights, optimiser, place in the
 * stream — and the stream is a pure function of the settings, so a run that was killed goes on to the same bytes.
 * Gates stop a run whose copying does not come: copying is what a hopeless run never learns.
 */
import { loadModelFolder, padHeads, writeModelFolder } from "../engine/index.js";
import { objectives } from "../method/index.js";
import { CancelledError, type Engine, type Policy, type StepRecord, type Store } from "../spec/index.js";
import { loadRenderContext } from "../store/index.js";
import type { RenderContext } from "../text/index.js";
import type { StagePorts } from "./ports.js";
import { phaseAt, readPool, type StreamPosition, type TrainingBatch } from "./pretrain-data.js";
import { measurePretraining, type PretrainMeasure } from "./pretrain-measure.js";
import { createCompanions, writeFreshModel } from "./pretrain-model.js";
import { type PretrainPhase, type PretrainSettings, pretrainLearningRate } from "./pretrain-settings.js";

/** What the stage needs of the world. */
export interface PretrainPorts extends StagePorts {
  /** Jinja source of the model's chat template. */
  readonly chatTemplate: string;
  openEngine(folder: string): Promise<Engine>;
}

/** How a run ended. `stopped` names the gate that was missed. */
export interface PretrainResult {
  readonly tokens: number;
  readonly steps: number;
  readonly measure: PretrainMeasure;
  readonly stopped?: string;
}

/** Where a run stands; written beside every checkpoint. */
interface PretrainState {
  readonly step: number;
  readonly tokens: number;
  readonly position: StreamPosition;
  readonly measuredTokens: number;
  readonly gatesPassed: number;
}

const START: PretrainState = {
  step: 0,
  tokens: 0,
  position: { nextRow: 0, tooLong: 0 },
  measuredTokens: 0,
  gatesPassed: 0,
};
const FRESH = "fresh";
const COMPANIONS = "tokenizer";
const TRAINED = "trained";
const MODEL = "model";
const STATE = "checkpoint.json";
const METRICS = "metrics.jsonl";
const MEASURES = "measures.jsonl";

/**
 * Runs, or goes on with, a pre-training run in the store's directory. The model is left in `model/`, ordinary Llama
 * weights with tokenizer and chat template; `metrics.jsonl` has a line a step and `measures.jsonl` a line a measurement.
 *
 * @throws CancelledError after a checkpoint when the signal fires.
 */
export async function pretrain(settings: PretrainSettings, ports: PretrainPorts): Promise<PretrainResult> {
  if (!(await ports.store.exists(FRESH))) await createFreshModel(settings, ports);
  const fresh = ports.store.path(FRESH);
  const context = await loadRenderContext(fresh);
  const engine = await ports.openEngine(fresh);
  try {
    const policy = await engine.createPolicy({ train: "full" });
    const run = new PretrainRun(settings, ports, context, policy);
    const result = await run.toEnd(await restore(ports.store, policy));
    if (result.stopped === undefined) await writeModel(policy, ports.store);
    return result;
  } finally {
    await engine.close();
  }
}

/** The tokenizer first, then the weights with the tokenizer's files beside them: the folder is whole or not there. */
async function createFreshModel(
  settings: PretrainSettings,
  { store, chatTemplate }: PretrainPorts,
): Promise<void> {
  for (const [name, text] of Object.entries(createCompanions(settings, chatTemplate))) {
    await store.writeText(`${COMPANIONS}/${name}`, text);
  }
  await writeFreshModel(settings, store.path(FRESH), store.path(COMPANIONS));
}

/** The trained weights as a folder that other loaders read as well. */
async function writeModel(policy: Policy, store: Store): Promise<void> {
  const trained = store.path(TRAINED);
  await policy.exportModel(trained);
  const { config, tensors } = padHeads(await loadModelFolder(trained));
  await writeModelFolder(store.path(MODEL), config, tensors, { companionsFrom: trained });
  await store.remove(TRAINED);
}

async function restore(store: Store, policy: Policy): Promise<PretrainState> {
  if (!(await store.exists(STATE))) return START;
  const saved: { folder: string; state: PretrainState } = JSON.parse(await store.readText(STATE));
  await policy.load(store.path(saved.folder));
  await cutLog(store, METRICS, (row: StepRecord) => row.step <= saved.state.step);
  await cutLog(store, MEASURES, (row: PretrainMeasure) => row.tokens <= saved.state.tokens);
  return saved.state;
}

/** Drops the lines that were written after the checkpoint: they will be written again. */
async function cutLog<Row>(store: Store, file: string, keep: (row: Row) => boolean): Promise<void> {
  if (!(await store.exists(file))) return;
  const rows: Row[] = [];
  for (const line of (await store.readText(file)).split("\n")) {
    if (line === "") continue;
    const row: Row = JSON.parse(line);
    if (keep(row)) rows.push(row);
  }
  await store.writeRows(file, rows);
}

/** One run under way. */
class PretrainRun {
  constructor(
    private readonly settings: PretrainSettings,
    private readonly ports: PretrainPorts,
    private readonly context: RenderContext,
    private readonly policy: Policy,
  ) {}

  async toEnd(start: PretrainState): Promise<PretrainResult> {
    let state = start;
    let saved = start.tokens;
    let measure: PretrainMeasure | undefined;
    while (state.tokens < this.settings.tokens) {
      state = await this.trainPool(state);
      const due = state.tokens - state.measuredTokens >= this.settings.measureEvery;
      if (due || state.tokens >= this.settings.tokens) {
        measure = await this.measure(state);
        state = { ...state, measuredTokens: state.tokens };
        const missed = this.missedGate(state, measure);
        if (missed !== undefined) return { ...summary(state), measure, stopped: missed };
      }
      const stop = this.ports.signal?.aborted === true;
      if (stop || state.tokens - saved >= this.settings.checkpointEvery) {
        await this.checkpoint(state);
        saved = state.tokens;
      }
      if (stop)
        throw new CancelledError("Pre-training was interrupted after a checkpoint; run it again to go on.");
    }
    await this.checkpoint(state);
    return { ...summary(state), measure: measure ?? (await this.measure(state)) };
  }

  /** Trains on one pool. Steps are queued ahead, so that the engine never waits for the next batch. */
  private async trainPool(state: PretrainState): Promise<PretrainState> {
    const phase = this.phase(state);
    const { batches, position } = readPool(this.context, state.position, { ...this.settings, phase });
    let { step, tokens } = state;
    const records = batches.map((batch) => {
      step++;
      tokens += paddedTokens(batch);
      return this.trainBatch(batch, step, pretrainLearningRate(this.settings, step, tokens));
    });
    for (const record of await Promise.all(records)) await this.ports.store.appendRow(METRICS, record);
    const last = await records.at(-1)!;
    this.ports.onProgress?.({
      stage: "pretrain",
      unit: "tokens",
      done: Math.min(tokens, this.settings.tokens),
      total: this.settings.tokens,
      note: `step ${step}, loss ${last.loss.toFixed(3)}`,
    });
    return { ...state, step, tokens, position };
  }

  private phase(state: PretrainState): PretrainPhase {
    return phaseAt(this.settings.phases, state.tokens / this.settings.tokens);
  }

  private async trainBatch(batch: TrainingBatch, step: number, learningRate: number): Promise<StepRecord> {
    const { beta2, weightDecay, clipNorm } = this.settings;
    const objective = objectives.supervised({ masks: batch.map((sequence) => sequence.mask) });
    const [{ loss, tokens }, { gradientNorm }] = await Promise.all([
      this.policy.accumulate(
        batch.map((sequence) => sequence.tokens),
        objective,
      ),
      this.policy.step({ learningRate, beta2, weightDecay, clipNorm }),
    ]);
    return { kind: "step", stage: "pretrain", step, loss, learningRate, gradientNorm, tokens, metrics: {} };
  }

  private async measure(state: PretrainState): Promise<PretrainMeasure> {
    const measure = await measurePretraining(this.policy, this.context, {
      seed: this.settings.seed,
      rows: this.settings.measureRows,
      tokens: state.tokens,
    });
    await this.ports.store.appendRow(MEASURES, measure);
    return measure;
  }

  /** The gate that this measurement should have passed and did not, in words. */
  private missedGate(state: PretrainState, measure: PretrainMeasure): string | undefined {
    const missed = this.settings.gates.find(
      (gate) => state.tokens >= gate.tokens && measure.copyAccuracy < gate.copyAccuracy,
    );
    if (missed === undefined) return undefined;
    return `copy accuracy ${measure.copyAccuracy.toFixed(3)} after ${state.tokens} tokens; the gate at ${missed.tokens} tokens asks for ${missed.copyAccuracy}`;
  }

  /** Weights first, then the file that names them: a kill between the two leaves the checkpoint before. */
  private async checkpoint(state: PretrainState): Promise<void> {
    const { store } = this.ports;
    const folder = `checkpoints/step-${String(state.step).padStart(7, "0")}`;
    await this.policy.save(store.path(folder));
    const before: { folder: string } | undefined = (await store.exists(STATE))
      ? JSON.parse(await store.readText(STATE))
      : undefined;
    await store.writeText(STATE, `${JSON.stringify({ folder, state })}\n`);
    if (before !== undefined && before.folder !== folder) await store.remove(before.folder);
  }
}

function summary(state: PretrainState): { tokens: number; steps: number } {
  return { tokens: state.tokens, steps: state.step };
}

function paddedTokens(batch: TrainingBatch): number {
  return batch.length * Math.max(...batch.map((sequence) => sequence.tokens.length));
}
