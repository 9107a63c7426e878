import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelError } from "../../../spec/index.js";
import type { WeightTensor } from "./loaded-weights.js";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "./safetensors.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-safetensors-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file whose header is `header` and whose data has `dataBytes` bytes. */
async function writeRaw(header: unknown, dataBytes: number, claimedLength?: bigint): Promise<string> {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = Buffer.alloc(8 + json.length + dataBytes);
  bytes.writeBigUInt64LE(claimedLength ?? BigInt(json.length));
  json.copy(bytes, 8);
  const file = join(folder, "raw.safetensors");
  await writeFile(file, bytes);
  return file;
}

function entry(start: number, end: number, shape: unknown = [(end - start) / 4], dtype = "F32"): unknown {
  return { dtype, shape, data_offsets: [start, end] };
}

const tensorArbitrary = fc
  .tuple(fc.array(fc.nat(4), { maxLength: 3 }), fc.infiniteStream(fc.float({ noNaN: true })))
  .map(([shape, values]): WeightTensor => {
    const size = shape.reduce((product, length) => product * length, 1);
    return { shape, data: Float32Array.from(values.take(size)) };
  });

describe("round trip", () => {
  it("returns every tensor bit for bit, and the metadata", async () => {
    const file = join(folder, "round.safetensors");
    const tensors = fc.dictionary(fc.string({ minLength: 1 }), tensorArbitrary, { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(tensors, async (record) => {
        const written = new Map(Object.entries(record));
        await writeSafetensors(file, written, "F32", { note: "é" });
        const read = await readSafetensors(file);
        expect(new Map([...read.tensors].sort())).toEqual(new Map([...written].sort()));
        expect(read.metadata).toEqual({ note: "é" });
      }),
      { numRuns: 30 },
    );
  });

  it("gives the same bytes whatever the order of insertion, aligned data, and leaves no other file", async () => {
    const a: WeightTensor = { shape: [2], data: new Float32Array([1, 2]) };
    const b: WeightTensor = { shape: [], data: new Float32Array([3]) };
    const inner = await mkdtemp(join(folder, "order-"));
    await writeSafetensors(
      join(inner, "1"),
      new Map([
        ["a", a],
        ["b", b],
      ]),
    );
    await writeSafetensors(
      join(inner, "2"),
      new Map([
        ["b", b],
        ["a", a],
      ]),
    );
    expect(await readFile(join(inner, "1"))).toEqual(await readFile(join(inner, "2")));
    const first = (await readSafetensorsHeader(join(inner, "1"))).entries.get("a");
    expect(first?.start).toBeDefined();
    expect(first!.start % 8).toBe(0);
    expect((await readdir(inner)).sort()).toEqual(["1", "2"]);
  });

  it.each(["F16", "BF16"] as const)("rounds to %s", async (format) => {
    const file = join(folder, "narrow.safetensors");
    await writeSafetensors(
      file,
      new Map([["w", { shape: [3], data: new Float32Array([1, -0.1, 0]) }]]),
      format,
    );
    const data = (await readSafetensors(file)).tensors.get("w")!.data;
    expect(data[0]).toBe(1);
    expect(data[1]).toBeCloseTo(-0.1, format === "F16" ? 4 : 3);
    expect((await readSafetensorsHeader(file)).entries.get("w")!.format).toBe(format);
  });

  it("refuses to write what the format cannot hold, and a shape that does not fit", async () => {
    const file = join(folder, "refused.safetensors");
    const large = new Map([["w", { shape: [1], data: new Float32Array([1e6]) }]]);
    await expect(writeSafetensors(file, large, "F16")).rejects.toThrow(/too large for F16/);
    const misfit = new Map([["w", { shape: [3], data: new Float32Array(2) }]]);
    await expect(writeSafetensors(file, misfit)).rejects.toThrow(/do not fit its shape/);
    await expect(readSafetensors(file)).rejects.toThrow(ModelError);
  });
});

describe("hostile files are ModelErrors", () => {
  it.each<[string, unknown, number, RegExp, bigint?]>([
    ["a header longer than the file", {}, 0, /claims/, 1_000_000n],
    ["a header of 2^63 bytes", {}, 0, /claims/, 1n << 63n],
    ["a header that is not JSON", "{oops", 0, /not a JSON object/],
    ["a header that is a list", [], 0, /not a JSON object/],
    ["an entry that is no object", { w: 3 }, 0, /not an object/],
    ["an integer dtype", { w: entry(0, 8, [1], "I64") }, 8, /dtype I64/],
    ["a missing dtype", { w: { shape: [1], data_offsets: [0, 4] } }, 4, /dtype undefined/],
    ["a negative size", { w: entry(0, 4, [-1]) }, 4, /shape/],
    ["a fractional size", { w: entry(0, 4, [0.5, 2]) }, 4, /shape/],
    ["a shape that is too large", { w: entry(0, 4, [2 ** 40, 2 ** 40]) }, 4, /do not fit its shape/],
    ["a shape that is too small", { w: entry(0, 8, [1]) }, 8, /do not fit its shape/],
    ["offsets past the end", { w: entry(0, 400) }, 4, /outside the data/],
    ["offsets in the wrong order", { w: { dtype: "F32", shape: [0], data_offsets: [4, 0] } }, 4, /outside/],
    ["offsets that are missing", { w: { dtype: "F32", shape: [1] } }, 4, /outside/],
    ["tensors that overlap", { a: entry(0, 8), b: entry(4, 12) }, 12, /overlaps/],
    ["a hole", { a: entry(0, 4), b: entry(8, 12) }, 12, /hole/],
    ["bytes after the last tensor", { a: entry(0, 4) }, 12, /belong to no tensor/],
    ["metadata that is no object", { __metadata__: "x" }, 0, /__metadata__/],
    ["metadata with a number", { __metadata__: { x: 1 } }, 0, /__metadata__/],
  ])("%s", async (_, header, dataBytes, message, claimed) => {
    const file = await writeRaw(header, dataBytes, claimed);
    const failure = await readSafetensors(file).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelError);
    expect(String(failure)).toMatch(message);
  });

  it("a file of 5 bytes, an empty file and a missing file", async () => {
    const file = join(folder, "short");
    for (const size of [5, 0]) {
      await writeFile(file, Buffer.alloc(size));
      await expect(readSafetensors(file)).rejects.toThrow(/shorter than the 8 bytes/);
    }
    await expect(readSafetensors(join(folder, "absent"))).rejects.toThrow(/Cannot open/);
  });

  it("any change of one byte in the header gives a ModelError or other tensors, never another error", async () => {
    const file = join(folder, "fuzz.safetensors");
    await writeSafetensors(file, new Map([["w", { shape: [2, 2], data: new Float32Array(4) }]]));
    const bytes = await readFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 17), fc.nat(255), async (position, value) => {
        const changed = Buffer.from(bytes);
        changed[position] = value;
        await writeFile(file, changed);
        const result = await readSafetensors(file).catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(ModelError);
      }),
      { numRuns: 200 },
    );
  });
});
