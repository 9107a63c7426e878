/**
 * A model small enough to be checked by hand, with a real gradient: logits(prefix) = script(prefix) + W[last token], where
 * W is a [V, V] table, zero at first, plus (alpha / rank) · B · A where there is an adapter. Computed in double precision.
 */
import { ConfigError, ModelError, NumericError } from "../../spec/index.js";
import { TrainedParameters } from "../embedded/training/trained-parameters.js";
import { mergeFactors } from "../embedded/weights/adapter-weights.js";
import type { WeightTensor } from "../embedded/weights/loaded-weights.js";
import type { LoraAdapter, LoraFactors } from "../embedded/weights/peft-adapter.js";

/** The one linear of the model, as an adapter's folder names it. */
export const bigramModule = "model.bigram_proj";
/** Its weight. */
export const bigramWeight = `${bigramModule}.weight`;

/** What the model is made of. */
export interface BigramModelOptions {
  readonly vocabularySize: number;
  readonly script: (prefix: readonly number[]) => ArrayLike<number>;
  /** [V, V] */
  readonly table: WeightTensor;
  readonly adapter: LoraAdapter | undefined;
  readonly train: "adapter" | "full" | "none";
}

/** The toy model with its weights under training. */
export class BigramModel {
  readonly parameters: TrainedParameters | undefined;
  readonly #options: BigramModelOptions;
  readonly #table: WeightTensor;
  readonly #factors: LoraFactors | undefined;
  /** W with the adapter; made anew after each change. */
  #merged: WeightTensor | undefined;

  /** @throws ConfigError where an adapter is to be trained and there is none. @throws ModelError where it does not fit. */
  constructor(options: BigramModelOptions) {
    this.#options = options;
    const factors = factorsOf(options);
    const adapter = new Map(
      factors === undefined ? [] : [["a", factors.a] as const, ["b", factors.b] as const],
    );
    const trained = { adapter, full: new Map([[bigramWeight, options.table]]), none: new Map() }[
      options.train
    ];
    if (options.train === "adapter" && factors === undefined) {
      throw new ConfigError(
        "An adapter is to be trained, but the policy has none. Give adapter options or a folder.",
      );
    }
    this.parameters = trained.size > 0 ? new TrainedParameters(trained) : undefined;
    const current = this.parameters?.tensors;
    this.#table = current?.get(bigramWeight) ?? options.table;
    this.#factors = factors && { a: current?.get("a") ?? factors.a, b: current?.get("b") ?? factors.b };
  }

  /** The adapter with its current weights. */
  get adapter(): LoraAdapter | undefined {
    if (this.#options.adapter === undefined || this.#factors === undefined) return undefined;
    return { ...this.#options.adapter, modules: new Map([[bigramModule, this.#factors]]) };
  }

  /** W, the adapter added. */
  mergedTable(): WeightTensor {
    const { adapter } = this.#options;
    if (adapter === undefined || this.#factors === undefined) return this.#table;
    this.#merged ??= mergeFactors(this.#table, this.#factors, adapter.alpha / adapter.rank);
    return this.#merged;
  }

  /** To be called after the weights changed. */
  weightsChanged(): void {
    this.#merged = undefined;
  }

  /** log p of every token after the prefix. @throws NumericError where it is not a distribution. */
  logDistribution(prefix: readonly number[]): Float64Array {
    const { vocabularySize, script } = this.#options;
    const base = script(prefix);
    if (base.length !== vocabularySize) {
      const message = `The script returned ${base.length} logits for a vocabulary of ${vocabularySize}.`;
      throw new ModelError(message, { logits: base.length, vocabularySize });
    }
    const row = prefix.at(-1)! * vocabularySize;
    const table = this.mergedTable().data;
    const logits = Float64Array.from(
      { length: vocabularySize },
      (_, token) => base[token]! + table[row + token]!,
    );
    return normalised(logits);
  }

  /** log p(x_t | x_<t): T − 1 numbers. */
  score(sequence: readonly number[]): Float32Array {
    return Float32Array.from({ length: sequence.length - 1 }, (_, index) => {
      return this.logDistribution(sequence.slice(0, index + 1))[sequence[index + 1]!]!;
    });
  }

  /** Adds Σ_t gradient_t · ∂logp_t/∂θ to the pending gradient; ∂logp/∂logit_j = 1[j = x_t] − p_j. */
  backward(sequence: readonly number[], gradient: Float32Array): void {
    const { vocabularySize } = this.#options;
    for (let index = 0; index < gradient.length; index++) {
      const weight = gradient[index]!;
      if (weight === 0) continue;
      const logs = this.logDistribution(sequence.slice(0, index + 1));
      const byLogit = new Float32Array(vocabularySize);
      for (let token = 0; token < vocabularySize; token++) byLogit[token] = -weight * Math.exp(logs[token]!);
      byLogit[sequence[index + 1]!]! += weight;
      this.#addRow(sequence[index]!, byLogit);
    }
  }

  /** Adds to the gradient of one row of W; with W = s · B A: ∂B[row] = s · A g and ∂A = s · B[row]ᵀ gᵀ. */
  #addRow(row: number, byLogit: Float32Array): void {
    const { adapter, train, vocabularySize } = this.#options;
    if (train === "full") this.parameters?.addRowGradients(bigramWeight, Int32Array.of(row), byLogit);
    if (train !== "adapter" || adapter === undefined || this.#factors === undefined) return;
    const { a, b } = this.#factors;
    const scale = adapter.alpha / adapter.rank;
    const rowOfB = new Float32Array(adapter.rank);
    const wholeA = new Float32Array(a.data.length);
    for (let index = 0; index < adapter.rank; index++) {
      const factor = scale * b.data[row * adapter.rank + index]!;
      for (let token = 0; token < vocabularySize; token++) {
        rowOfB[index]! += scale * a.data[index * vocabularySize + token]! * byLogit[token]!;
        wholeA[index * vocabularySize + token] = factor * byLogit[token]!;
      }
    }
    this.parameters?.addRowGradients("b", Int32Array.of(row), rowOfB);
    this.parameters?.addGradient("a", wholeA);
  }
}

function factorsOf({ adapter, vocabularySize }: BigramModelOptions): LoraFactors | undefined {
  if (adapter === undefined) return undefined;
  const factors = adapter.modules.get(bigramModule);
  if (factors?.a.shape[1] === vocabularySize && factors.b.shape[0] === vocabularySize) return factors;
  throw new ModelError(`The adapter does not fit a scripted model of ${vocabularySize} tokens.`, {
    modules: [...adapter.modules.keys()],
  });
}

/** Log-softmax. */
function normalised(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  if (!(Number.isFinite(largest) && Number.isFinite(total))) {
    throw new NumericError("The logits are not finite: the script or the trained weights are damaged.");
  }
  return logits.map((value) => value - largest - Math.log(total));
}
