/** The server's side of the protobuf messages, written from the published field numbers alone. */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { FakeDatum, FakePass } from "./fake-pass.js";

/** A decoded `ForwardBackwardRequest`. */
export function readPassRequest(bytes: Uint8Array): FakePass {
  const reader = new BinaryReader(bytes);
  const config: Record<string, number> = {};
  const data: FakeDatum[] = [];
  const pass = { modelId: "", sequence: 0, loss: "", forwardOnly: false };
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) pass.modelId = reader.string();
    else if (field === 2) pass.sequence = reader.int32();
    else if (field === 3) data.push(readDatum(new BinaryReader(reader.bytes())));
    else if (field === 4) pass.loss = reader.string();
    else if (field === 5) Object.assign(config, readConfigEntry(new BinaryReader(reader.bytes())));
    else if (field === 6) pass.forwardOnly = reader.bool();
    else reader.skip(wire);
  }
  return { ...pass, config, data };
}

function readConfigEntry(reader: BinaryReader): Record<string, number> {
  let key = "";
  let value = 0;
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    if (field === 1) key = reader.string();
    else value = reader.double();
  }
  return { [key]: value };
}

function readDatum(reader: BinaryReader): FakeDatum {
  let input: number[] = [];
  const tensors: Record<string, number[]> = {};
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    const part = new BinaryReader(reader.bytes());
    if (field === 1) input = readChunk(part);
    else Object.assign(tensors, readTensorEntry(part));
  }
  return { input, tensors };
}

/** Chunk{1: EncodedText{1: tokens}} */
function readChunk(reader: BinaryReader): number[] {
  reader.tag();
  const text = new BinaryReader(reader.bytes());
  text.tag();
  const bytes = text.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(4 * index, true));
}

function readTensorEntry(reader: BinaryReader): Record<string, number[]> {
  reader.tag();
  const name = reader.string();
  reader.tag();
  const tensor = new BinaryReader(reader.bytes());
  let dense = new Uint8Array();
  let dtype = 0;
  while (tensor.pos < tensor.len) {
    const [field, wire] = tensor.tag();
    if (field === 1) dense = new Uint8Array(tensor.bytes());
    else if (field === 3) dtype = tensor.int32();
    else tensor.skip(wire);
  }
  const view = new DataView(dense.buffer, dense.byteOffset, dense.byteLength);
  const width = dtype === 2 ? 8 : 4;
  const read = (index: number): number =>
    dtype === 2 ? Number(view.getBigInt64(index * width, true)) : view.getFloat32(index * width, true);
  return { [name]: Array.from({ length: dense.length / width }, (_, index) => read(index)) };
}

/** An encoded `ForwardBackwardOutput`. */
export function writePassResult(
  logprobs: readonly Float32Array[],
  metrics: Readonly<Record<string, number>>,
): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).string("scalar");
  const lengths = logprobs.map(({ byteLength }) => byteLength);
  const offsets = [0, ...lengths].map((_, index) =>
    lengths.slice(0, index).reduce((sum, length) => sum + length, 0),
  );
  const data = Buffer.concat(logprobs.map((row) => Buffer.from(new Uint8Array(row.slice().buffer))));
  const int64 = Buffer.alloc(8 * offsets.length);
  offsets.forEach((offset, index) => void int64.writeBigInt64LE(BigInt(offset), 8 * index));
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string("record");
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string("logprobs");
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).bytes(data);
  writer.tag(2, WireType.LengthDelimited).bytes(int64);
  writer.tag(3, WireType.Varint).int32(1);
  writer.join().join();
  writer.tag(3, WireType.Varint).int64(logprobs.length).join();
  for (const [name, value] of Object.entries(metrics)) {
    writer.tag(3, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.Bit64).double(value).join();
  }
  return writer.finish();
}

/** An encoded `SampleResponse`. */
export function writeSamples(
  samples: readonly {
    readonly stopped: boolean;
    readonly tokens: readonly number[];
    readonly logprobs: Float32Array;
  }[],
): Uint8Array {
  const writer = new BinaryWriter();
  for (const { stopped, tokens, logprobs } of samples) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int32(stopped ? 0 : 1);
    writer.tag(2, WireType.LengthDelimited).bytes(new Uint8Array(Int32Array.from(tokens).buffer));
    writer.tag(3, WireType.LengthDelimited).bytes(new Uint8Array(logprobs.slice().buffer));
    writer.join();
  }
  return writer.finish();
}
