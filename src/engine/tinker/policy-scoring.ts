/** Scores of whole sequences by passes that only read, and the server's rows put in the places of their sequences. */
import { type CallOptions, NumericError } from "../../spec/index.js";
import { throwIfAborted } from "../remote/pause.js";
import type { ModelHolder } from "./model-holder.js";
import { scoringPass } from "./passes.js";

/** Token ids, a row a sequence. */
export type Sequences = readonly (readonly number[])[];

/** log p of every token but the first, under the model as it is. @throws NumericError for what is no number */
export async function scoreSequences(
  holder: ModelHolder,
  sequences: Sequences,
  { signal, onProgress }: CallOptions = {},
): Promise<Float32Array[]> {
  throwIfAborted(signal);
  const scored = sequences.filter(({ length }) => length > 1);
  if (scored.length === 0) return spread(sequences, []);
  let done = sequences.length - scored.length;
  const onChunk = (data: number): void => {
    done += data;
    onProgress?.(done, sequences.length);
  };
  const { logprobs } = await holder.use((model) => model.forward(scoringPass(scored), signal, onChunk));
  return spread(sequences, logprobs);
}

/** The server's rows in the places of their sequences, and nothing for sequences of one token. @throws NumericError for what is no number */
export function spread(sequences: Sequences, rows: readonly Float32Array[]): Float32Array[] {
  let next = 0;
  return sequences.map((tokens, sequence) => {
    const row = tokens.length > 1 ? rows[next++] : new Float32Array();
    if (row?.length !== tokens.length - 1 || row.some(Number.isNaN))
      throw unusable(sequence, tokens.length - 1, row);
    return row;
  });
}

function unusable(sequence: number, wanted: number, row: Float32Array | undefined): NumericError {
  const token = row?.findIndex(Number.isNaN) ?? -1;
  const what =
    row?.length === wanted
      ? `no number for token ${token + 1}`
      : `${row?.length ?? 0} log-probabilities instead of ${wanted}`;
  const message = `For sequence ${sequence} the server gave ${what}. The ids may be outside its vocabulary, or training has diverged.`;
  return new NumericError(message, { sequence, wanted, given: row?.length ?? 0 });
}
