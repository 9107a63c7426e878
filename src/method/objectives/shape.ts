/** The check that all objectives share: an objective belongs to one batch, and is called with that batch's numbers. */
import { InputError } from "../../spec/index.js";

/** @throws InputError unless there is one array for each length, of that length. */
export function requireShape(logprobs: readonly Float32Array[], lengths: readonly number[]): void {
  if (logprobs.length !== lengths.length) {
    throw new InputError(
      `The objective was made for ${lengths.length} sequences and called with ${logprobs.length}; make one for each batch.`,
      { expected: lengths.length, received: logprobs.length },
    );
  }
  const row = lengths.findIndex((length, index) => logprobs[index]!.length !== length);
  if (row < 0) return;
  const received = logprobs[row]!.length;
  throw new InputError(
    `Sequence ${row}: the objective expects ${lengths[row]} log-probabilities (tokens − 1) and was given ${received}.`,
    { row, expected: lengths[row], received },
  );
}
