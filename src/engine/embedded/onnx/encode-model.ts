/**
 * Writes a model in the ONNX file format. The messages are written by field number over a protobuf writer, without
 * generated code: the numbers beside each message are those of onnx.proto3.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Attribute, Model, ModelNode, ValueInfo } from "./model.js";
import { type Dimension, elementTypes, type StoredTensor } from "./tensor.js";

/** Version of the ONNX operations that all graphs of this engine use. */
export const opsetVersion = 21;
const irVersion = 10;
const externalLocation = 1;
const attributeTypes = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

/**
 * The bytes of the model (ModelProto), ready for `InferenceSession.create`.
 * A protobuf holds at most 2 GB: large weights belong in external tensors or in inputs.
 */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writeInteger(writer, 1, irVersion);
  writeText(writer, 2, "itool");
  writeMessage(writer, 7, (graph) => writeGraph(graph, model));
  writeOpset(writer, "", opsetVersion);
  writeOpset(writer, "com.microsoft", 1);
  return new Uint8Array(writer.finish());
}

function writeOpset(writer: BinaryWriter, domain: string, version: number): void {
  writeMessage(writer, 8, (opset) => {
    writeText(opset, 1, domain);
    writeInteger(opset, 2, version);
  });
}

function writeGraph(writer: BinaryWriter, model: Model): void {
  for (const node of model.nodes) writeMessage(writer, 1, (message) => writeNode(message, node));
  writeText(writer, 2, model.name);
  for (const [name, tensor] of model.tensors) {
    writeMessage(writer, 5, (message) => writeTensor(message, name, tensor));
  }
  for (const input of model.inputs) writeMessage(writer, 11, (message) => writeValueInfo(message, input));
  for (const output of model.outputs) writeMessage(writer, 12, (message) => writeValueInfo(message, output));
}

function writeNode(writer: BinaryWriter, node: ModelNode): void {
  for (const input of node.inputs) writeText(writer, 1, input);
  for (const output of node.outputs) writeText(writer, 2, output);
  writeText(writer, 4, node.operation);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writeMessage(writer, 5, (message) => writeAttribute(message, name, attribute));
  }
  if (node.domain !== "") writeText(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  writeText(writer, 1, name);
  if ("float" in attribute) {
    writer.tag(2, WireType.Bit32).float(attribute.float);
    writeInteger(writer, 20, attributeTypes.float);
  } else if ("int" in attribute) {
    writeInteger(writer, 3, attribute.int);
    writeInteger(writer, 20, attributeTypes.int);
  } else if ("string" in attribute) {
    writeText(writer, 4, attribute.string);
    writeInteger(writer, 20, attributeTypes.string);
  } else if ("floats" in attribute) {
    for (const value of attribute.floats) writer.tag(7, WireType.Bit32).float(value);
    writeInteger(writer, 20, attributeTypes.floats);
  } else {
    for (const value of attribute.ints) writeInteger(writer, 8, value);
    writeInteger(writer, 20, attributeTypes.ints);
  }
}

function writeTensor(writer: BinaryWriter, name: string, tensor: StoredTensor): void {
  for (const size of tensor.shape) writeInteger(writer, 1, size);
  writeInteger(writer, 2, elementTypes[tensor.type]);
  writeText(writer, 8, name);
  if ("bytes" in tensor) {
    writer.tag(9, WireType.LengthDelimited).bytes(tensor.bytes);
    return;
  }
  writeEntry(writer, "location", tensor.location);
  writeEntry(writer, "offset", String(tensor.offset));
  writeEntry(writer, "length", String(tensor.length));
  writeInteger(writer, 14, externalLocation);
}

function writeEntry(writer: BinaryWriter, key: string, value: string): void {
  writeMessage(writer, 13, (entry) => {
    writeText(entry, 1, key);
    writeText(entry, 2, value);
  });
}

function writeValueInfo(writer: BinaryWriter, value: ValueInfo): void {
  writeText(writer, 1, value.name);
  writeMessage(writer, 2, (type) => {
    writeMessage(type, 1, (tensorType) => {
      writeInteger(tensorType, 1, elementTypes[value.type]);
      const shape = value.shape;
      if (shape !== undefined) writeMessage(tensorType, 2, (message) => writeShape(message, shape));
    });
  });
}

function writeShape(writer: BinaryWriter, shape: readonly Dimension[]): void {
  for (const dimension of shape) {
    writeMessage(writer, 1, (message) => {
      if (typeof dimension === "number") writeInteger(message, 1, dimension);
      else writeText(message, 2, dimension);
    });
  }
}

function writeMessage(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function writeInteger(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function writeText(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}
