/** Model folders from anywhere: what is damaged or hostile is a ModelError, before any large memory is taken. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../method/index.js";
import { type JsonObject, type JsonValue, ModelError } from "../../../spec/index.js";
import type { WeightTensor } from "../weights/loaded-weights.js";
import { writeModelFolder } from "../weights/model-folder.js";
import { unpack } from "../weights/packed-weights.js";
import { baseModelBytes } from "./base-memory.js";
import { readDecoderConfig } from "./decoder-config.js";
import { decoderTensors } from "./decoder-tensors.js";
import { loadDecoder } from "./load-decoder.js";

const config: JsonObject = {
  architectures: ["Qwen3ForCausalLM"],
  vocab_size: 20,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  head_dim: 16,
  max_position_embeddings: 64,
  rope_parameters: { rope_type: "default", rope_theta: 100 },
  layer_types: ["full_attention"],
  tie_word_embeddings: true,
};
const tensors = new Map<string, WeightTensor>();
const files = new Map<string, Buffer>();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-hostile-"));
  const random = createRandom(2);
  for (const [name, shape] of decoderTensors(readDecoderConfig(config))) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    tensors.set(name, { shape, data: Float32Array.from({ length: size }, () => random.normal()) });
  }
  await writeModelFolder(folder, config, tensors, { shardBytes: 20_000 });
  for (const name of ["config.json", "model.safetensors.index.json", "model-00001-of-00003.safetensors"])
    files.set(name, await readFile(join(folder, name)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What comes of loading the folder with one file changed: a ModelError, or a decoder. */
async function loadWith(name: string, bytes: Uint8Array | string): Promise<Error | undefined> {
  await writeFile(join(folder, name), bytes);
  try {
    await loadDecoder(folder);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return error instanceof Error ? error : undefined;
  } finally {
    await writeFile(join(folder, name), files.get(name)!);
  }
}

const hostile = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, "", "../../etc/passwd", -1, 0, 1.5, 1e308, [], {}, [[]]),
  fc.constant<JsonValue>({ toString: 1, valueOf: 2, length: 3 }),
  fc.integer().map((value): JsonValue => value),
  fc.maxSafeInteger().map((value): JsonValue => [value, value]),
  fc.string().map((value): JsonValue => value),
);

/** The value with something at a place within it replaced, or removed. */
function damage(
  value: JsonValue,
  place: readonly number[],
  by: JsonValue | undefined,
): JsonValue | undefined {
  const [step, ...rest] = place;
  if (step === undefined || typeof value !== "object" || value === null) return by;
  const entries = Object.entries(value);
  if (entries.length === 0) return by;
  const at = step % entries.length;
  const changed = entries.map(([key, item], index) =>
    index === at ? ([key, damage(item, rest, by)] as const) : ([key, item] as const),
  );
  const kept = changed.filter((entry): entry is readonly [string, JsonValue] => entry[1] !== undefined);
  return Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept);
}

const place = fc.array(fc.nat(40), { minLength: 1, maxLength: 3 });

describe("loadDecoder", () => {
  it("loads the untouched folder, in both forms", async () => {
    const plain = await loadDecoder(folder);
    expect(plain.tensors).toEqual(tensors);
    const packed = await loadDecoder(folder, { baseBits: 4, blockSize: 16 });
    expect(
      [...packed.packed!.values()]
        .map(({ kind }) => kind)
        .sort()
        .slice(0, 2),
    ).toEqual(["bfloat16", "blocks"]);
    expect(packed.tensors.size + packed.packed!.size).toBe(tensors.size);
    for (const [name, matrix] of packed.packed!)
      expect(unpack(matrix).shape).toEqual(tensors.get(name)!.shape);
    const kept = [...packed.packed!.values()].reduce(
      (sum, matrix) =>
        sum +
        (matrix.kind === "blocks" ? matrix.codes.length + 4 * matrix.scales.length : 2 * matrix.bits.length),
      [...packed.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
    );
    expect(kept).toBe(baseModelBytes(config, { baseBits: 4, blockSize: 16 }));
  });

  it.each(["config.json", "model.safetensors.index.json"])("survives damage to %s", async (name) => {
    const whole: JsonValue = JSON.parse(files.get(name)!.toString());
    await fc.assert(
      fc.asyncProperty(place, fc.option(hostile, { nil: undefined }), async (at, by) => {
        await loadWith(name, JSON.stringify(damage(whole, at, by) ?? null));
      }),
      { numRuns: 100 },
    );
  });

  it("survives damage to the header of a shard", async () => {
    const name = "model-00001-of-00003.safetensors";
    const bytes = files.get(name)!;
    const length = Number(bytes.readBigUInt64LE(0));
    const header: JsonValue = JSON.parse(bytes.subarray(8, 8 + length).toString());
    await fc.assert(
      fc.asyncProperty(place, fc.option(hostile, { nil: undefined }), async (at, by) => {
        const json = Buffer.from(JSON.stringify(damage(header, at, by) ?? null));
        const prefix = Buffer.alloc(8);
        prefix.writeBigUInt64LE(BigInt(json.length));
        await loadWith(name, Buffer.concat([prefix, json, bytes.subarray(8 + length)]));
      }),
      { numRuns: 100 },
    );
  });

  it("refuses a shard that is cut anywhere, or claims any other length of its header", async () => {
    const name = "model-00001-of-00003.safetensors";
    const bytes = files.get(name)!;
    const length = bytes.readBigUInt64LE(0);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        async (end, claim) => {
          expect(await loadWith(name, bytes.subarray(0, end))).toBeInstanceOf(ModelError);
          const changed = Buffer.from(bytes);
          changed.writeBigUInt64LE(claim);
          if (claim !== length) expect(await loadWith(name, changed)).toBeInstanceOf(ModelError);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("survives random bytes in place of a shard", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await loadWith("model-00001-of-00003.safetensors", bytes)).toBeInstanceOf(ModelError);
      }),
      { numRuns: 40 },
    );
  });

  it("checks the config before it reads any weight", async () => {
    const refused = JSON.stringify({ ...config, quantization_config: { bits: 4 } });
    const failure = await loadWith("config.json", refused);
    expect(String(failure)).toMatch(/quantization_config/);
  });
});
