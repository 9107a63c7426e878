/**
 * Data: from a source to the rows of the run. Everything that is read is either an example of one side or a rejection
 * with its reason; rows that do not fit the model's context are set aside like damaged ones.
 */
import { z } from "zod";
import type { Example, Rejection } from "../spec/index.js";
import { runPaths, writeDocument } from "../store/index.js";
import { fitsContext } from "../tasks/fits-context.js";
import type { RenderContext } from "../text/index.js";
import { type Channel, createChannel } from "./channel.js";
import { type DataSettings, limitsOf, readSource, type SourceItem } from "./data-source.js";
import { createTally, type DataRecord, type FittedItem } from "./data-tally.js";
import { type StagePorts, stopIfAsked } from "./ports.js";

/** Settings of the preparation beside those of the source. */
export const prepareSettingsSchema = z.strictObject({
  maximumTokens: z
    .int()
    .min(0)
    .default(0)
    .describe(
      "Longest example in tokens, prompt and gold response; longer ones are set aside. 0 is the model's context.",
    ),
});

export type PrepareSettings = z.infer<typeof prepareSettingsSchema>;

/** What the preparation works on. */
export interface PrepareInputs {
  readonly data: DataSettings;
  readonly context: RenderContext;
  readonly seed: number;
}

/** Writes `data/train.jsonl`, `data/evaluation.jsonl`, `data/rejections.jsonl` and `data/summary.json`. */
export async function prepare(
  settings: PrepareSettings,
  inputs: PrepareInputs,
  ports: StagePorts,
): Promise<DataRecord> {
  const { store } = ports;
  const outlets = {
    train: createChannel<Example>(),
    evaluation: createChannel<Example>(),
    rejections: createChannel<Rejection>(),
  };
  const writing = [
    store.writeRows(runPaths.train, outlets.train),
    store.writeRows(runPaths.evaluationRows, outlets.evaluation),
    store.writeRows(runPaths.rejections, outlets.rejections),
  ];
  const reading = distribute(readFitted(settings, inputs), outlets, inputs, ports);
  const failure = (await Promise.allSettled([...writing, reading])).find(isRejected);
  if (failure !== undefined) throw failure.reason;
  const summary = await reading;
  await writeDocument(store, runPaths.dataSummary, summary);
  return summary;
}

/** The counts that `prepare` would write, without writing anything: for planning. */
export async function countData(settings: PrepareSettings, inputs: PrepareInputs): Promise<DataRecord> {
  const tally = createTally(nameOf(inputs.data));
  for await (const item of readFitted(settings, inputs)) tally.add(item);
  return tally.record();
}

interface Outlets {
  readonly train: Channel<Example>;
  readonly evaluation: Channel<Example>;
  readonly rejections: Channel<Rejection>;
}

/** One pass over the source feeds the three files; when one of them fails, reading stops. */
async function distribute(
  items: AsyncIterable<FittedItem>,
  outlets: Outlets,
  inputs: PrepareInputs,
  ports: StagePorts,
): Promise<DataRecord> {
  const tally = createTally(nameOf(inputs.data));
  let cause: unknown;
  try {
    for await (const item of items) {
      tally.add(item);
      if (item.kind === "rejection") await outlets.rejections.push(item.rejection);
      else await outlets[item.side].push(item.example);
      if (tally.count() % 500 === 0) report(tally.count(), 0, ports);
    }
    report(tally.count(), tally.count(), ports);
    return tally.record();
  } catch (failure) {
    cause = failure;
    throw failure;
  } finally {
    for (const outlet of Object.values(outlets)) outlet.end(cause);
  }
}

function nameOf(data: DataSettings): string {
  return data.source === "toolworld" ? "toolworld" : data.path;
}

/** How many examples the rows will give is known at the end only. */
function report(done: number, total: number, ports: StagePorts): void {
  ports.onProgress?.({ stage: "prepare", unit: "examples", done, total });
  stopIfAsked(ports, "prepare");
}

function isRejected(result: PromiseSettledResult<unknown>): result is PromiseRejectedResult {
  return result.status === "rejected";
}

/** The items of the source, those that do not fit turned into rejections. */
async function* readFitted(settings: PrepareSettings, inputs: PrepareInputs): AsyncGenerator<FittedItem> {
  const { contextLength } = inputs.context;
  const limit = Math.min(settings.maximumTokens || contextLength, contextLength);
  const context = { ...inputs.context, contextLength: limit };
  const left = limitsOf(inputs.data);
  for await (const item of readSource(inputs.data, inputs.seed)) {
    if (left.train === 0 && left.evaluation === 0) return;
    if (item.kind === "example" && left[item.side] === 0) continue;
    const fitted = fitItem(item, context);
    if (fitted.kind === "example") left[fitted.side] -= 1;
    yield fitted;
  }
}

function fitItem(item: SourceItem, context: RenderContext): FittedItem {
  if (item.kind === "rejection") return item;
  const fit = fitsContext(item.example, context);
  if (!fit.ok) return { kind: "rejection", rejection: fit.rejection };
  return { ...item, tokens: fit.rendered.tokens.length, promptTokens: fit.rendered.promptLength };
}
