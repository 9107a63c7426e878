/**
 * The header of a safetensors file: 8 bytes of little-endian length, then JSON `name → {dtype, shape, data_offsets}`,
 * then the data. The file is untrusted: every number in it is checked against the size of the file before anything is
 * allocated, and the tensors must cover the data exactly, without holes and without overlap, as the format demands.
 */
import { type JsonObject, type JsonValue, ModelError } from "../../../spec/index.js";
import { FLOAT_BYTES, type FloatFormat } from "./number-format.js";

/** The format's own limit on the JSON. */
const MAX_HEADER_BYTES = 100_000_000;

/** Where one tensor lies in its file. */
export interface TensorEntry {
  readonly name: string;
  readonly format: FloatFormat;
  readonly shape: readonly number[];
  /** Offsets in bytes from the start of the file. */
  readonly start: number;
  readonly end: number;
}

/** What the header says. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** `__metadata__`: strings only. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Length in bytes of the JSON, from the first 8 bytes.
 * @throws ModelError where it is larger than the file or than the format allows.
 */
export function readHeaderLength(prefix: Uint8Array, fileSize: number, file: string): number {
  const length =
    prefix.length < 8 ? undefined : new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length === undefined)
    throw damaged(file, "it is shorter than the 8 bytes that a header starts with", { fileSize });
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, fileSize - 8))) {
    throw damaged(file, `its header claims ${length} bytes`, { headerBytes: String(length), fileSize });
  }
  return Number(length);
}

/**
 * The checked header.
 * @throws ModelError naming the file, the tensor and the rule that is broken.
 */
export function parseHeader(json: Uint8Array, fileSize: number, file: string): SafetensorsHeader {
  const root = parseJson(json, file);
  const dataStart = 8 + json.length;
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(root)) {
    if (name !== "__metadata__") entries.set(name, parseEntry(name, value, dataStart, fileSize, file));
  }
  checkCoverage([...entries.values()], dataStart, fileSize, file);
  return { entries, metadata: parseMetadata(root.__metadata__, file) };
}

/** A ModelError about a file that does not hold what it must. */
export function damaged(
  file: string,
  problem: string,
  facts: Readonly<Record<string, unknown>> = {},
): ModelError {
  return new ModelError(`${file} is not a usable safetensors file: ${problem}. Fetch or write it again.`, {
    file,
    ...facts,
  });
}

function parseJson(json: Uint8Array, file: string): JsonObject {
  try {
    const value: JsonValue = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
    if (isObject(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
  }
  throw damaged(file, "its header is not a JSON object");
}

function parseEntry(
  name: string,
  value: JsonValue,
  dataStart: number,
  fileSize: number,
  file: string,
): TensorEntry {
  if (!isObject(value)) throw damaged(file, `the entry of tensor ${name} is not an object`, { tensor: name });
  const format = parseFormat(name, value.dtype, file);
  const shape = parseIntegers(value.shape);
  const offsets = parseIntegers(value.data_offsets);
  if (shape === undefined)
    throw damaged(file, `the shape of tensor ${name} is not a list of sizes`, { tensor: name });
  if (offsets?.length !== 2 || offsets[0]! > offsets[1]! || offsets[1]! > fileSize - dataStart) {
    throw damaged(file, `the offsets of tensor ${name} lie outside the data`, {
      tensor: name,
      offsets,
      fileSize,
    });
  }
  const bytes = offsets[1]! - offsets[0]!;
  if (shape.reduce((product, size) => product * size, FLOAT_BYTES[format]) !== bytes) {
    throw damaged(file, `tensor ${name} has ${bytes} bytes, which do not fit its shape`, {
      tensor: name,
      shape,
      format,
    });
  }
  return { name, format, shape, start: dataStart + offsets[0]!, end: dataStart + offsets[1]! };
}

function parseFormat(name: string, value: JsonValue | undefined, file: string): FloatFormat {
  if (value === "F32" || value === "F16" || value === "BF16") return value;
  const facts = { file, tensor: name, dtype: value };
  const message = `Tensor ${name} in ${file} has dtype ${typeof value === "string" ? value : JSON.stringify(value)}. Convert it to F32, F16 or BF16.`;
  throw new ModelError(message, facts);
}

/** Non-negative safe integers, or `undefined`. */
function parseIntegers(value: JsonValue | undefined): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.filter((item) => typeof item === "number" && Number.isSafeInteger(item) && item >= 0);
  return numbers.length === value.length ? numbers : undefined;
}

function checkCoverage(
  entries: readonly TensorEntry[],
  dataStart: number,
  fileSize: number,
  file: string,
): void {
  let position = dataStart;
  for (const entry of entries.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (entry.start !== position) {
      const problem = entry.start < position ? "overlaps the one before it" : "leaves a hole before it";
      throw damaged(file, `tensor ${entry.name} ${problem}`, { tensor: entry.name });
    }
    position = entry.end;
  }
  if (position !== fileSize)
    throw damaged(file, `${fileSize - position} bytes belong to no tensor`, { fileSize });
}

function parseMetadata(value: JsonValue | undefined, file: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw damaged(file, "its __metadata__ is not an object");
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw damaged(file, `its __metadata__ field ${key} is not a string`);
    metadata[key] = text;
  }
  return metadata;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
