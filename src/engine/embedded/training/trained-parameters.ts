/** The weights under training with their pending gradient and optimiser state, each in one flat array. */
import { InputError, NumericError, type StepOptions, type StepResult } from "../../../spec/index.js";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { type AdamWState, adamWStep, completeStepOptions, norm, type ParameterRange } from "./adamw.js";
import { type FlatEntry, type FlatLayout, flatLayout, flatViews } from "./flat-tensors.js";

/** Optimiser state as it is saved. */
export interface OptimizerState {
  /** Steps taken. */
  readonly step: number;
  /** `first.<name>` and `second.<name>` of each trained weight: running means of the gradient and of its square. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
}

/** Trained weights by name, and what training them needs. */
export class TrainedParameters {
  /** Live views: they change with every step. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly #layout: FlatLayout;
  readonly #entries: ReadonlyMap<string, FlatEntry>;
  readonly #ranges: readonly ParameterRange[];
  readonly #values: Float32Array;
  readonly #gradient: Float32Array;
  readonly #state: AdamWState;
  /** Weights whose gradient is not known to be zero. */
  readonly #touched = new Set<string>();
  #pending = false;

  /** Copies the initial values: the given tensors are left alone. */
  constructor(initial: ReadonlyMap<string, WeightTensor>) {
    this.#layout = flatLayout([...initial].map(([name, { shape }]) => [name, shape] as const));
    this.#entries = new Map(this.#layout.entries.map((entry) => [entry.name, entry]));
    this.#ranges = this.#layout.entries.map(({ offset, size, shape }) => ({
      offset,
      size,
      decays: shape.length > 1,
    }));
    const flat = (): Float32Array => new Float32Array(this.#layout.length);
    this.#values = flat();
    this.#gradient = flat();
    this.#state = { step: 0, first: flat(), second: flat() };
    this.tensors = flatViews(this.#layout, this.#values);
    copyInto(this.tensors, initial);
  }

  /** The pending gradient of each weight: live views. */
  get gradients(): Map<string, WeightTensor> {
    return flatViews(this.#layout, this.#gradient);
  }

  /** There is a pending gradient from now on, and be it zero. Adding to it says the same. */
  begin(): void {
    this.#pending = true;
  }

  /** Adds to the pending gradient of a weight. */
  addGradient(name: string, data: Float32Array): void {
    const { offset, size } = this.#entry(name);
    this.begin();
    const target = this.#gradient.subarray(offset, offset + size);
    if (!this.#touched.has(name)) target.set(data);
    else for (let i = 0; i < size; i += 1) target[i]! += data[i]!;
    this.#touched.add(name);
  }

  /** Adds row i of `data` to the pending gradient of row `rows[i]` of a matrix; further rows of `data` are left out. */
  addRowGradients(name: string, rows: Int32Array, data: Float32Array): void {
    const { offset, shape } = this.#entry(name);
    const width = shape[1]!;
    this.begin();
    this.#touched.add(name);
    for (let i = 0; i < rows.length; i += 1) {
      const start = offset + rows[i]! * width;
      const source = i * width;
      for (let column = 0; column < width; column += 1) {
        this.#gradient[start + column]! += data[source + column]!;
      }
    }
  }

  /** Forgets the pending gradient. */
  dropGradient(): void {
    this.#gradient.fill(0);
    this.#touched.clear();
    this.#pending = false;
  }

  /**
   * One AdamW step with the pending gradient, which is then cleared.
   * @throws InputError when nothing was accumulated. @throws NumericError when the gradient is not finite; it is dropped, the weights stay.
   */
  step(options: StepOptions): StepResult {
    if (!this.#pending)
      throw new InputError("There is no pending gradient to step with: call accumulate first.");
    const settings = completeStepOptions(options);
    const gradientNorm = norm(this.#gradient);
    if (!Number.isFinite(gradientNorm)) {
      this.dropGradient();
      const message =
        "The gradient is not finite; it was dropped and the weights are unchanged. Lower the learning rate.";
      throw new NumericError(message, { gradientNorm: String(gradientNorm) });
    }
    const clips = settings.clipNorm > 0 && gradientNorm > settings.clipNorm;
    const gradientScale = clips ? settings.clipNorm / gradientNorm : 1;
    adamWStep(this.#values, this.#gradient, this.#state, this.#ranges, { ...settings, gradientScale });
    this.dropGradient();
    return { gradientNorm };
  }

  /** The optimiser's state: live views. */
  optimizerState(): OptimizerState {
    return { step: this.#state.step, tensors: this.#momentTensors() };
  }

  /**
   * Restores weights and optimiser; drops the pending gradient. Nothing changes unless everything fits.
   * @throws InputError naming the first tensor that is missing or has another size.
   */
  restore(tensors: ReadonlyMap<string, WeightTensor>, optimizer: OptimizerState): void {
    const moments = this.#momentTensors();
    checkFits(this.tensors, tensors);
    checkFits(moments, optimizer.tensors);
    copyInto(this.tensors, tensors);
    copyInto(moments, optimizer.tensors);
    this.#state.step = optimizer.step;
    this.dropGradient();
  }

  #momentTensors(): Map<string, WeightTensor> {
    const named = (prefix: string, data: Float32Array): [string, WeightTensor][] =>
      [...flatViews(this.#layout, data)].map(([name, tensor]) => [`${prefix}.${name}`, tensor]);
    return new Map([...named("first", this.#state.first), ...named("second", this.#state.second)]);
  }

  #entry(name: string): FlatEntry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`${name} is not trained.`);
    return entry;
  }
}

function checkFits(
  targets: ReadonlyMap<string, WeightTensor>,
  sources: ReadonlyMap<string, WeightTensor>,
): void {
  for (const [name, target] of targets) {
    const source = sources.get(name);
    if (source?.data.length === target.data.length) continue;
    const found =
      source === undefined ? "is missing" : `has shape [${source.shape}] instead of [${target.shape}]`;
    throw new InputError(`Saved training state does not belong to this policy: ${name} ${found}.`, {
      tensor: name,
    });
  }
}

function copyInto(
  targets: ReadonlyMap<string, WeightTensor>,
  sources: ReadonlyMap<string, WeightTensor>,
): void {
  checkFits(targets, sources);
  for (const [name, target] of targets) target.data.set(sources.get(name)!.data);
}
