/**
 * The safetensors file format: tensors in, tensors out. Reading takes the header first and then each tensor by its range,
 * so memory holds one tensor's bytes beside the result. All values become float32.
 */
import { type FileHandle, open } from "node:fs/promises";
import { ModelError } from "../../../spec/index.js";
import { writeFileAtomically } from "./atomic.js";
import type { LazyTensor, WeightTensor } from "./loaded-weights.js";
import {
  FLOAT_BYTES,
  type FloatFormat,
  type Narrowed,
  narrowToBfloat16,
  narrowToFloat16,
  widenBfloat16,
  widenFloat16,
} from "./number-format.js";
import {
  damaged,
  parseHeader,
  readHeaderLength,
  type SafetensorsHeader,
  type TensorEntry,
} from "./safetensors-header.js";

/** One read or write call moves at most this much: below the 2 GB that the system calls take. */
const CHUNK_BYTES = 1 << 30;

/** Tensors of a file by name, and its metadata. */
export interface SafetensorsContent {
  readonly tensors: Map<string, WeightTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * All tensors of `file`, in float32.
 * @throws ModelError where the file is missing, damaged, or holds another dtype than F32, F16, BF16.
 */
export async function readSafetensors(file: string): Promise<SafetensorsContent> {
  return withFile(file, async (handle, size) => {
    const { entries, metadata } = await readHeader(handle, size, file);
    const tensors = new Map<string, WeightTensor>();
    for (const entry of entries.values()) {
      tensors.set(entry.name, { shape: entry.shape, data: await readTensor(handle, entry, file) });
    }
    return { tensors, metadata };
  });
}

/**
 * The tensors of `file` one after the other, in the order of its header and in float32: memory holds only what the caller keeps.
 * @throws ModelError as `readSafetensors`.
 */
export async function* streamSafetensors(file: string): AsyncGenerator<readonly [string, WeightTensor]> {
  const handle = await openFile(file);
  try {
    const { entries } = await readHeader(handle, (await handle.stat()).size, file);
    for (const entry of entries.values()) {
      yield [entry.name, { shape: entry.shape, data: await readTensor(handle, entry, file) }];
    }
  } finally {
    await handle.close();
  }
}

/**
 * The header alone: names, shapes and formats without the data.
 * @throws ModelError as `readSafetensors`.
 */
export async function readSafetensorsHeader(file: string): Promise<SafetensorsHeader> {
  return withFile(file, (handle, size) => readHeader(handle, size, file));
}

/** A tensor to write: in memory, or computed when its turn comes. */
export type WritableTensor = WeightTensor | LazyTensor;

/**
 * Writes `tensors` in order of name, atomically. The same tensors give the same bytes.
 * @param metadata Strings for the `__metadata__` entry. @default { format: "pt" }
 * @throws ModelError when a finite value is too large for the format. @throws StoreError when the disk refuses.
 */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, WritableTensor>,
  format: FloatFormat = "F32",
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  const sorted = [...tensors].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await writeFileAtomically(file, async (handle) => {
    await writeAll(handle, serializeHeader(sorted, format, metadata));
    for (const [name, tensor] of sorted) await writeAll(handle, encode(valuesOf(name, tensor), format, name));
  });
}

async function withFile<T>(file: string, read: (handle: FileHandle, size: number) => Promise<T>): Promise<T> {
  const handle = await openFile(file);
  try {
    return await read(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  return open(file, "r").catch((cause: unknown) => {
    throw new ModelError(
      `Cannot open ${file}. Check the path and that the file is readable.`,
      { file },
      { cause },
    );
  });
}

async function readHeader(handle: FileHandle, size: number, file: string): Promise<SafetensorsHeader> {
  const prefix = await readRange(handle, 0, Math.min(8, size), file);
  const length = readHeaderLength(prefix, size, file);
  return parseHeader(await readRange(handle, 8, 8 + length, file), size, file);
}

async function readTensor(handle: FileHandle, entry: TensorEntry, file: string): Promise<Float32Array> {
  const bytes = await readRange(handle, entry.start, entry.end, file);
  if (entry.format === "F32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return entry.format === "F16" ? widenFloat16(halves) : widenBfloat16(halves);
}

/** Bytes `[start, end)` in a buffer of their own. */
async function readRange(
  handle: FileHandle,
  start: number,
  end: number,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start);
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(CHUNK_BYTES, bytes.length - done);
    const { bytesRead } = await handle.read(bytes, done, length, start + done);
    if (bytesRead === 0) throw damaged(file, "it ended while being read", { position: start + done });
    done += bytesRead;
  }
  return bytes;
}

function serializeHeader(
  tensors: readonly (readonly [string, WritableTensor])[],
  format: FloatFormat,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: [string, unknown][] = [["__metadata__", metadata]];
  let offset = 0;
  for (const [name, { shape }] of tensors) {
    const end = offset + elementsOf(shape) * FLOAT_BYTES[format];
    header.push([name, { dtype: format, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, " ");
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(bytes, 8);
  return bytes;
}

function valuesOf(name: string, tensor: WritableTensor): Float32Array {
  const { shape } = tensor;
  const data = "data" in tensor ? tensor.data : tensor.read();
  if (elementsOf(shape) === data.length) return data;
  throw new ModelError(`Tensor ${name} has ${data.length} values, which do not fit its shape [${shape}].`, {
    tensor: name,
    shape,
    values: data.length,
  });
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function encode(data: Float32Array, format: FloatFormat, name: string): Uint8Array {
  if (format === "F32") return bytesOf(data);
  const narrowed: Narrowed = format === "F16" ? narrowToFloat16(data) : narrowToBfloat16(data);
  if (narrowed.overflows > 0) {
    const message = `${narrowed.overflows} values of tensor ${name} are too large for ${format}. Write F32 instead.`;
    throw new ModelError(message, { tensor: name, format, overflows: narrowed.overflows });
  }
  return bytesOf(narrowed.bits);
}

function bytesOf(array: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(CHUNK_BYTES, bytes.length - done));
    done += bytesWritten;
  }
}
