import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../spec/index.js";
import { InputError, ModelError } from "../spec/index.js";
import { trainTokenizer } from "./bpe-trainer.js";
import { createTokenizer } from "./tokenizer.js";

interface TokenizerCases {
  readonly encode: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
}

const folders = ["llama", "qwen3"].map((name) => path.resolve("../shared/numerics", name));
const present = folders.every((folder) => existsSync(folder));
const read = <T>(folder: string, file: string): T =>
  JSON.parse(readFileSync(path.join(folder, file), "utf8")) as T;

const trained = trainTokenizer({
  texts: ["the cat sat on the mat, the cat sat", '[call(city="Oslo")]<|end|>[call(city="Rome")]'],
  vocabularySize: 300,
  specialTokens: ["<|start|>", "<|end|>"],
  pattern: " ?[A-Za-z]+|[0-9]|[^\\sA-Za-z0-9]+|\\s",
});
const tokenizer = createTokenizer(trained, {});
const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom("<|end|>", "<|", "|>", "the", " cat", "é", "東", "🙂", "\n"), { maxLength: 8 })
    .map((x) => x.join("")),
);

describe.skipIf(!present)("files of shared/numerics (skipped where they are absent)", () => {
  it.each(folders)("ids and texts are those of the Rust tokenizer: %s", (folder) => {
    const model = createTokenizer(read(folder, "tokenizer.json"), read(folder, "tokenizer_config.json"));
    for (const { text, ids, decoded } of read<TokenizerCases>(folder, "expected-tokenizer.json").encode) {
      expect(model.encode(text)).toEqual(ids);
      expect(model.decode(ids)).toBe(decoded);
    }
  });
});

describe("createTokenizer", () => {
  it("gives the text back, bytes included, with and without special tokens", () => {
    fc.assert(
      fc.property(text, fc.boolean(), (input, special) => {
        const ids = tokenizer.encode(input, { special });
        expect(tokenizer.decode(ids)).toBe(input);
        expect(ids.flatMap((id) => [...tokenizer.bytes(id)])).toEqual(utf8(input));
      }),
    );
  });

  it("never makes a special token of text that is encoded as plain", () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(tokenizer.encode(input, { special: false }).filter((id) => id < 2)).toEqual([]);
      }),
    );
    expect(tokenizer.encode("<|end|>")).toEqual([1]);
  });

  it("keeps a special token out of plain text even where merges lead to it", () => {
    const plain = trainTokenizer({
      texts: ["ab ab ab"],
      vocabularySize: 257,
      specialTokens: [],
      pattern: "." + "+",
    });
    const special: JsonObject = {
      ...plain,
      added_tokens: [{ id: 256, content: "ab", special: true }],
    };
    const risky = createTokenizer(special, {});
    expect(risky.encode("ab")).toEqual([256]);
    expect(risky.decode(risky.encode("xabx", { special: false }))).toBe("xabx");
    expect(risky.encode("xabx", { special: false })).not.toContain(256);
  });

  it.each([
    ["a byte order mark", "\ufeffa", "\ufeffa"],
    ["an unpaired surrogate", "a\ud800b", "a\ufffdb"],
    ["nothing", "", ""],
  ])("handles %s", (_, input, output) => expect(tokenizer.decode(tokenizer.encode(input))).toBe(output));

  it("decodes a part of a character to U+FFFD and its bytes exactly", () => {
    const ids = tokenizer.encode("é");
    expect(ids).toHaveLength(2);
    expect(tokenizer.decode(ids.slice(0, 1))).toBe("\ufffd");
    expect([...tokenizer.bytes(ids[0]!)]).toEqual([0xc3]);
  });

  it("knows its size, its special tokens and ids by content", () => {
    expect(tokenizer.vocabularySize).toBe(
      Object.keys((trained.model as JsonObject).vocab as JsonObject).length,
    );
    expect(tokenizer.specialTokens).toEqual(["<|start|>", "<|end|>"]);
    expect(["<|end|>", "Ġcat", "no such token", ""].map(tokenizer.tokenId)).toEqual([
      1,
      expect.any(Number),
      undefined,
      undefined,
    ]);
  });

  it("has no bytes for ids that a model pads its vocabulary with, and refuses what is no id", () => {
    expect(tokenizer.decode([tokenizer.vocabularySize + 5])).toBe("");
    expect(() => tokenizer.decode([-1])).toThrow(InputError);
    expect(() => tokenizer.bytes(0.5)).toThrow(InputError);
  });

  it.each([
    ["no model", {}],
    ["a WordPiece model", { model: { type: "WordPiece", vocab: {} }, added_tokens: [], decoder: null }],
    ["a decoder that is not byte-level", { ...trained, decoder: { type: "Metaspace" } }],
    ["an id that is no number", { ...trained, added_tokens: [{ id: "1", content: "x" }] }],
  ])("refuses %s with a ModelError", (_, file) =>
    expect(() => createTokenizer(file as JsonObject, {})).toThrow(ModelError),
  );
});
