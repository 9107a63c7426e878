/**
 * The inner loop of AdamW as a WebAssembly function on four numbers at a time: some three times as fast as the same
 * loop in JavaScript, which has to widen every number to double precision. The module is assembled here, instruction by
 * instruction (WebAssembly core specification 2.0, chapter 5), and works on chunks copied into a memory of its own, so
 * the arrays may have any size.
 */

/** The numbers of one step that are the same for all parameters. */
export interface AdamWConstants {
  /** Factor on the gradient. */
  readonly gradientScale: number;
  readonly beta1: number;
  readonly beta2: number;
  /** 1 − lr · wd. */
  readonly keep: number;
  /** lr / (1 − β₁^t). */
  readonly stepSize: number;
  /** 1 / √(1 − β₂^t). */
  readonly secondScale: number;
  readonly eps: number;
}

/** The arrays of a step, equally long; all but the gradient are changed. */
export interface AdamWArrays {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The few parts of the WebAssembly interface that are used: TypeScript declares it only for browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
}

/** Numbers in a chunk: four of them fit a core's cache. A multiple of 4. */
const chunk = 8192;
const regions = { parameters: 0, gradient: chunk * 4, first: chunk * 8, second: chunk * 12 } as const;
const constantNames = [
  "gradientScale",
  "beta1",
  "gain1",
  "beta2",
  "gain2",
  "keep",
  "stepSize",
  "secondScale",
  "eps",
] as const;
type ConstantName = (typeof constantNames)[number];

/**
 * m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← keep · θ − stepSize · m / (√v · secondScale + ε), with
 * g = gradientScale · gradient, in float32, for the numbers from `start` to `end`.
 */
export function adamWUpdate(
  arrays: AdamWArrays,
  start: number,
  end: number,
  constants: AdamWConstants,
): void {
  const { views, update } = loadKernel();
  const all = { ...constants, gain1: 1 - constants.beta1, gain2: 1 - constants.beta2 };
  const values = constantNames.map((name) => all[name]);
  for (let from = start; from < end; from += chunk) {
    const to = Math.min(from + chunk, end);
    for (const name of ["parameters", "gradient", "first", "second"] as const) {
      views[name].set(arrays[name].subarray(from, to));
    }
    update(4 * (to - from), ...values);
    for (const name of ["parameters", "first", "second"] as const) {
      arrays[name].set(views[name].subarray(0, to - from), from);
    }
  }
}

interface Kernel {
  readonly views: AdamWArrays;
  /** @param bytes Length of the chunk in bytes; up to three numbers beyond it are computed for nothing. */
  readonly update: (bytes: number, ...constants: number[]) => void;
}

let kernel: Kernel | undefined;

function loadKernel(): Kernel {
  if (kernel !== undefined) return kernel;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembleModule()));
  const { update, memory } = exports;
  if (typeof update !== "function" || !(memory instanceof WebAssembly.Memory)) {
    throw new TypeError("The AdamW module does not export what it should.");
  }
  const view = (offset: number): Float32Array => new Float32Array(memory.buffer, offset, chunk);
  const views = {
    parameters: view(regions.parameters),
    gradient: view(regions.gradient),
    first: view(regions.first),
    second: view(regions.second),
  };
  kernel = { views, update: (bytes, ...constants) => void update(bytes, ...constants) };
  return kernel;
}

/** Codes of the instructions and types used. */
const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  branchIf: [0x0d],
  branch: [0x0c],
  get: [0x20],
  set: [0x21],
  constant: [0x41],
  greaterOrEqual: [0x4f],
  addInteger: [0x6a],
  load: [0xfd, 0x00],
  store: [0xfd, 0x0b],
  splat: [0xfd, 0x13],
  squareRoot: [0xfd, 0xe3, 0x01],
  add: [0xfd, 0xe4, 0x01],
  subtract: [0xfd, 0xe5, 0x01],
  multiply: [0xfd, 0xe6, 0x01],
  divide: [0xfd, 0xe7, 0x01],
} as const;
const i32 = 0x7f;
const f32 = 0x7d;
const v128 = 0x7b;

/** Parameters 0 (bytes) and 1 … 9 (constants); then the vectors of the constants, the offset, and g, m, v. */
const firstVector = 1 + constantNames.length;
const offset = firstVector + constantNames.length;
const gradient = offset + 1;
const mean = offset + 2;
const square = offset + 3;

function assembleModule(): Uint8Array {
  const parameters = [i32, ...constantNames.map(() => f32)];
  const pages = Math.ceil((16 * chunk) / 65536);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, ...sized(parameters), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...text("update"), 0, 0, ...text("memory"), 2, 0]),
    ...section(10, [1, ...sized(assembleUpdate())]),
  ]);
}

function assembleUpdate(): number[] {
  const locals = [3, constantNames.length, v128, 1, i32, 3, v128];
  const spread = constantNames.flatMap((_, index) => [
    ...get(1 + index),
    ...op.splat,
    ...set(firstVector + index),
  ]);
  const finished = [...get(offset), ...get(0), ...op.greaterOrEqual, ...op.branchIf, 1];
  const advance = [...get(offset), ...op.constant, 16, ...op.addInteger, ...set(offset), ...op.branch, 0];
  const loop = [...op.loop, ...finished, ...assembleFour(), ...advance, ...op.end];
  return [...locals, ...spread, ...op.block, ...loop, ...op.end, ...op.end];
}

/** The update of four numbers at the offset. */
function assembleFour(): number[] {
  const average = (old: number[], keep: ConstantName, value: number[], gain: ConstantName): number[] =>
    binary(op.add, binary(op.multiply, old, vector(keep)), binary(op.multiply, value, vector(gain)));
  const squared = binary(op.multiply, get(gradient), get(gradient));
  const root = [...get(square), ...op.squareRoot];
  const denominator = binary(op.add, binary(op.multiply, root, vector("secondScale")), vector("eps"));
  const step = binary(op.divide, binary(op.multiply, get(mean), vector("stepSize")), denominator);
  const kept = binary(op.multiply, load(regions.parameters), vector("keep"));
  return [
    ...binary(op.multiply, load(regions.gradient), vector("gradientScale")),
    ...set(gradient),
    ...average(load(regions.first), "beta1", get(gradient), "gain1"),
    ...set(mean),
    ...average(load(regions.second), "beta2", squared, "gain2"),
    ...set(square),
    ...store(regions.first, get(mean)),
    ...store(regions.second, get(square)),
    ...store(regions.parameters, binary(op.subtract, kept, step)),
  ];
}

function vector(name: ConstantName): number[] {
  return get(firstVector + constantNames.indexOf(name));
}

function binary(operation: readonly number[], left: readonly number[], right: readonly number[]): number[] {
  return [...left, ...right, ...operation];
}

function load(region: number): number[] {
  return [...get(offset), ...op.load, 4, ...unsigned(region)];
}

function store(region: number, value: readonly number[]): number[] {
  return [...get(offset), ...value, ...op.store, 4, ...unsigned(region)];
}

function get(local: number): number[] {
  return [...op.get, ...unsigned(local)];
}

function set(local: number): number[] {
  return [...op.set, ...unsigned(local)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

/** A vector of bytes with its length before it. */
function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function text(name: string): number[] {
  return sized([...Buffer.from(name, "utf8")]);
}

/** LEB128: seven bits a byte, the lowest first. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
