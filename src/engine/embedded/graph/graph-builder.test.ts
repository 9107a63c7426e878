import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { floatTensor } from "../onnx/tensor.js";
import { GraphBuilder } from "./graph-builder.js";

describe("GraphBuilder", () => {
  it("runs with inputs of symbolic size, inline constants and attributes of every kind", async () => {
    const graph = new GraphBuilder("test");
    const x = graph.input("x", "float32", ["rows", 2]);
    const w = graph.stored("w", floatTensor([1, 2, 3, 4], [2, 2]));
    const product = graph.emit("Gemm", [x, w], { attributes: { alpha: { float: 0.5 }, transB: { int: 1 } } });
    const shape = graph.integers([-1]);
    graph.output("y", graph.emit("Reshape", [product, shape]));
    const session = await InferenceSession.create(graph.build());
    const result = await session.run({ x: new Tensor("float32", [1, 1, 2, 0], [2, 2]) });
    expect(Array.from(result.y!.data as Float32Array)).toEqual([1.5, 3.5, 1, 3]);
    await session.release();
  });

  it("reads external data from a buffer", async () => {
    const graph = new GraphBuilder("test");
    const x = graph.input("x", "float32", [2]);
    const w = graph.stored("w", { type: "float32", shape: [2], location: "weights", offset: 4, length: 8 });
    graph.output("y", graph.emit("Add", [x, w]));
    const data = new Uint8Array(Float32Array.of(9, 10, 20, 9).buffer);
    const session = await InferenceSession.create(graph.build(), {
      externalData: [{ path: "weights", data }],
    });
    const result = await session.run({ x: new Tensor("float32", [1, 2], [2]) });
    expect(Array.from(result.y!.data as Float32Array)).toEqual([11, 22]);
    await session.release();
  });

  it("leaves out optional inputs, returns several results and gives the same bytes for the same calls", async () => {
    const make = (): Uint8Array<ArrayBuffer> => {
      const graph = new GraphBuilder("test");
      const x = graph.input("x", "float32", [3]);
      const clipped = graph.emit("Clip", [x, null, graph.floats([1.5], [])]);
      const [values, indices] = graph.emitMany("TopK", [clipped, graph.integers([1])], ["float32", "int64"], {
        attributes: { axis: { int: 0 } },
      });
      graph.output("values", values!);
      graph.output("indices", indices!);
      return graph.build();
    };
    const session = await InferenceSession.create(make());
    const result = await session.run({ x: new Tensor("float32", [-1, 2, 1], [3]) });
    expect(result.values!.data).toEqual(Float32Array.of(1.5));
    expect(result.indices!.data).toEqual(BigInt64Array.of(1n));
    expect(make()).toEqual(make());
    await session.release();
  });
});
