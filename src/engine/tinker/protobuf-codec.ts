/**
 * The two messages of the API that newer servers want in protobuf, by their field numbers (package `tinker_public`):
 * passes and their results, and the results of sampling. Reads JSON answers as well, because servers may give either.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ServerError } from "../../spec/index.js";
import type { HttpAnswer } from "../remote/http.js";
import type { Codec, Datum, EncodedPass, PassRequest, PassResult, ServerSample } from "./codec.js";
import { isProtobuf } from "./futures.js";
import { jsonCodec } from "./json-codec.js";

const MEDIA_TYPE = "application/x-protobuf";

/** The codec. */
export const protobufCodec: Codec = {
  accept: `${MEDIA_TYPE}, application/json`,
  encodePass,
  sizeOf: ({ input, floats }) => input.length * (4 + 8 + 4 * Object.keys(floats).length),
  decodePass: (answer) => (isProtobuf(answer) ? guarded(answer, readPass) : jsonCodec.decodePass(answer)),
  decodeSamples: (answer) =>
    isProtobuf(answer) ? guarded(answer, readSamples) : jsonCodec.decodeSamples(answer),
};

/** Numbers of the enumeration `DType`. */
const FLOAT32 = 1;
const INT64 = 2;

function encodePass(request: PassRequest): EncodedPass {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).string(request.modelId);
  writer.tag(2, WireType.Varint).int32(request.sequenceNumber);
  for (const datum of request.data) message(writer, 3, () => writeDatum(writer, datum));
  writer.tag(4, WireType.LengthDelimited).string(request.loss);
  for (const [name, value] of Object.entries(request.lossConfig ?? {})) {
    message(writer, 5, () => {
      writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.Bit64).double(value);
    });
  }
  if (request.forwardOnly) writer.tag(6, WireType.Varint).bool(true);
  return { path: "forward_backward", body: new Uint8Array(writer.finish()), contentType: MEDIA_TYPE };
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function writeDatum(writer: BinaryWriter, { input, targets, floats }: Datum): void {
  // Datum.model_input → Chunk.encoded_text → EncodedText.tokens
  message(writer, 1, () =>
    message(writer, 1, () => {
      writer.tag(1, WireType.LengthDelimited).bytes(bytesOf(Int32Array.from(input)));
    }),
  );
  const tokens = BigInt64Array.from(targets, BigInt);
  writeTensor(writer, "target_tokens", bytesOf(tokens), INT64, targets.length);
  for (const [name, values] of Object.entries(floats)) {
    writeTensor(writer, name, bytesOf(values), FLOAT32, values.length);
  }
}

/** One entry of the map `loss_fn_inputs`. */
function writeTensor(
  writer: BinaryWriter,
  name: string,
  dense: Uint8Array,
  dtype: number,
  length: number,
): void {
  message(writer, 2, () => {
    writer.tag(1, WireType.LengthDelimited).string(name);
    message(writer, 2, () => {
      writer.tag(1, WireType.LengthDelimited).bytes(dense).tag(3, WireType.Varint).int32(dtype);
      message(writer, 4, () => writer.int64(length));
    });
  });
}

/** The bytes in little-endian order, as every machine that Node runs on keeps them. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function guarded<T>({ bytes }: HttpAnswer, read: (reader: BinaryReader) => T): T {
  try {
    return read(new BinaryReader(bytes));
  } catch (cause) {
    if (cause instanceof ServerError) throw cause;
    const message = "A result of the server is not the protobuf that the API says.";
    throw new ServerError(message, { bytes: bytes.length }, { cause });
  }
}

/** Calls `visit` for every field; a field that it does not read (it returns false) is skipped. */
function eachField(reader: BinaryReader, end: number, visit: (field: number) => boolean): void {
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (!visit(field)) reader.skip(wireType);
  }
}

/** Reads an embedded message. */
function embedded(reader: BinaryReader, visit: (field: number) => boolean): true {
  const length = reader.uint32();
  eachField(reader, reader.pos + length, visit);
  return true;
}

/** ForwardBackwardOutput: the field `logprobs` of its records, and its metrics. */
function readPass(reader: BinaryReader): PassResult {
  const logprobs: Float32Array[] = [];
  const metrics: Record<string, number> = {};
  eachField(reader, reader.len, (field) => {
    if (field === 2) return readRecord(reader, logprobs);
    if (field === 3) return readMetric(reader, metrics);
    return false;
  });
  return { logprobs, metrics };
}

/** ArrayRecord: a map of batched tensors, each with the rows of several datums. */
function readRecord(reader: BinaryReader, logprobs: Float32Array[]): true {
  return embedded(reader, (field) => {
    if (field !== 2) return false;
    let name = "";
    let rows: Float32Array[] = [];
    embedded(reader, (part) => {
      if (part === 1) name = reader.string();
      else if (part === 2) rows = readRows(reader);
      return part === 1 || part === 2;
    });
    if (name === "logprobs") logprobs.push(...rows);
    return true;
  });
}

/** BatchedTensor: rows of float32 by their byte offsets. */
function readRows(reader: BinaryReader): Float32Array[] {
  let data: Uint8Array = new Uint8Array();
  let offsets = new BigInt64Array();
  let dtype = FLOAT32;
  embedded(reader, (field) => {
    if (field === 1) data = reader.bytes();
    else if (field === 2) offsets = new BigInt64Array(aligned(reader.bytes()));
    else if (field === 3) dtype = reader.int32();
    return field >= 1 && field <= 3;
  });
  if (dtype !== FLOAT32)
    throw new ServerError(`The server's log-probabilities have type ${dtype}, not float32.`, { dtype });
  return Array.from({ length: Math.max(0, offsets.length - 1) }, (_, row) =>
    floatsOf(data.subarray(Number(offsets[row]), Number(offsets[row + 1]))),
  );
}

function readMetric(reader: BinaryReader, metrics: Record<string, number>): true {
  let name = "";
  let value = 0;
  embedded(reader, (field) => {
    if (field === 1) name = reader.string();
    else if (field === 2) value = reader.double();
    return field === 1 || field === 2;
  });
  Object.defineProperty(metrics, name, { value, enumerable: true, configurable: true, writable: true });
  return true;
}

function readSamples(reader: BinaryReader): readonly ServerSample[] {
  const samples: ServerSample[] = [];
  eachField(reader, reader.len, (field) => {
    if (field !== 1) return false;
    let stopped = true;
    let tokens: readonly number[] = [];
    let logprobs: Float32Array | undefined;
    embedded(reader, (part) => {
      if (part === 1) stopped = reader.int32() === 0;
      else if (part === 2) tokens = Array.from(new Int32Array(aligned(reader.bytes())));
      else if (part === 3) logprobs = floatsOf(reader.bytes());
      return part >= 1 && part <= 3;
    });
    samples.push({ stopped, tokens, logprobs });
    return true;
  });
  return samples;
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(aligned(bytes));
}

/** A copy at the start of its own buffer: typed arrays of wider numbers need it. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}
