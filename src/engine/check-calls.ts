/** Checks of the arguments of a policy's calls, the same for every engine. All failures are InputErrors that name the place. */
import {
  InputError,
  type ModelInfo,
  NumericError,
  type Objective,
  type ObjectiveResult,
  type SampleRequest,
} from "../spec/index.js";

/**
 * Every sequence has 1 to `contextLength` token ids of the vocabulary.
 * @throws InputError
 */
export function checkSequences(sequences: readonly (readonly number[])[], model: ModelInfo): void {
  for (const [index, tokens] of sequences.entries()) checkTokens(tokens, `sequence ${index}`, model);
}

/**
 * Every request has a usable prompt and settings in range. A prompt may fill the context: its samples are then empty.
 * @throws InputError
 */
export function checkRequests(requests: readonly SampleRequest[], model: ModelInfo): void {
  for (const [index, request] of requests.entries()) {
    const place = `request ${index}`;
    checkTokens(request.prompt, `the prompt of ${place}`, model);
    checkIds(request.stop, `the stop tokens of ${place}`, model);
    checkCount(request.n, "n", place);
    checkCount(request.maxTokens, "maxTokens", place);
    check(
      Number.isFinite(request.temperature) && request.temperature >= 0,
      "temperature",
      request.temperature,
      "≥ 0",
      place,
    );
    check(request.topP > 0 && request.topP <= 1, "topP", request.topP, "in (0, 1]", place);
    check(Number.isFinite(request.seed), "seed", request.seed, "a finite number", place);
  }
}

/**
 * The objective's result on these log-probabilities, checked.
 * @throws InputError for gradients of another shape. @throws NumericError for a loss that is not finite.
 */
export function evaluateObjective(objective: Objective, logprobs: readonly Float32Array[]): ObjectiveResult {
  const result = objective(logprobs);
  const [given, wanted] = [result.gradients, logprobs].map((arrays) => arrays.map(({ length }) => length));
  if (String(given) !== String(wanted)) {
    const message = `The objective returned gradients of lengths [${given}] for log-probabilities of lengths [${wanted}]. They must agree.`;
    throw new InputError(message, { gradients: given, logprobs: wanted });
  }
  if (Number.isFinite(result.loss)) return result;
  throw new NumericError(`The loss is ${result.loss}: training has diverged. Lower the learning rate.`, {
    loss: String(result.loss),
  });
}

function checkTokens(tokens: readonly number[], place: string, model: ModelInfo): void {
  if (tokens.length === 0)
    throw new InputError(`Of ${place}: it is empty. Pass at least one token.`, { place });
  if (tokens.length > model.contextLength) {
    const message = `Of ${place}: it has ${tokens.length} tokens, but the model's context is ${model.contextLength}. Shorten it.`;
    throw new InputError(message, { place, tokens: tokens.length, contextLength: model.contextLength });
  }
  checkIds(tokens, place, model);
}

function checkIds(tokens: readonly number[], place: string, model: ModelInfo): void {
  const position = tokens.findIndex((id) => !(Number.isInteger(id) && id >= 0 && id < model.vocabularySize));
  if (position === -1) return;
  const id = tokens[position];
  const message = `Of ${place}: token ${position} is ${id}, not an id in 0 … ${model.vocabularySize - 1}. Use the model's own tokenizer.`;
  throw new InputError(message, { place, position, id, vocabularySize: model.vocabularySize });
}

function checkCount(value: number, field: string, place: string): void {
  check(Number.isSafeInteger(value) && value >= 1, field, value, "an integer ≥ 1", place);
}

function check(valid: boolean, field: string, value: number, expected: string, place: string): void {
  if (valid) return;
  throw new InputError(`Of ${place}: ${field} is ${value}, but must be ${expected}.`, {
    place,
    field,
    value,
  });
}
