import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { byteLevelAlphabet, Tokenizer as RustTokenizer } from "tokenizers";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../spec/index.js";
import { ConfigError } from "../spec/index.js";
import { trainTokenizer } from "./bpe-trainer.js";
import { createTokenizer } from "./tokenizer.js";

const pattern = " ?[a-z]+|[A-Z][a-z]*|[0-9]|[^\\sA-Za-z0-9]+|\\s";
const specialTokens = ["<|start|>", "<|end|>", "<|pad|>"];
const texts = Array.from({ length: 300 }, (_, index) => sentence(index));
const file = trainTokenizer({ texts, vocabularySize: 500, specialTokens, pattern });
const model = file.model as { readonly vocab: Record<string, number>; readonly merges: [string, string][] };

/** A call with words of few letters in many combinations, some bytes beyond ASCII; different for every index. */
function sentence(index: number): string {
  const word = (step: number): string => ((index + 3) ** 2 * step * 7919).toString(36).replace(/[0-9]/g, "e");
  return `${word(1)} ${word(2)}_${word(3)}(São="東京 ${word(4)} ${index * 37}") ${"a".repeat(index % 7)}.`;
}

/** The merges that the Rust library's own trainer learns with the same pre-tokenizer, down to pairs that occur once. */
function rustMerges(split: string, lines: readonly string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "itool-bpe-"));
  const [input, output] = [path.join(folder, "texts.txt"), path.join(folder, "tokenizer.json")];
  const empty = trainTokenizer({ texts: [], vocabularySize: 256, specialTokens: [], pattern: split });
  const untrained = { ...empty, model: { type: "BPE", vocab: {}, merges: [] } };
  try {
    writeFileSync(input, lines.join(""));
    const tokenizer = RustTokenizer.fromString(JSON.stringify(untrained));
    tokenizer.train([input]);
    tokenizer.save(output);
    return mergesOf(JSON.parse(readFileSync(output, "utf8")) as JsonObject);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mergesOf(tokenizerJson: JsonObject): string[] {
  return (tokenizerJson.model as { readonly merges: [string, string][] }).merges.map((merge) =>
    merge.join(" "),
  );
}

describe("trainTokenizer", () => {
  it("puts special tokens first, then all bytes, then one id per merge", () => {
    const tokens = Object.keys(model.vocab).toSorted((a, b) => model.vocab[a]! - model.vocab[b]!);
    const alphabet = tokens.slice(3, 259);
    expect(tokens.map((token) => model.vocab[token])).toEqual(Array.from({ length: 500 }, (_, id) => id));
    expect(tokens.slice(0, 3)).toEqual(specialTokens);
    expect(alphabet).toEqual(byteLevelAlphabet().toSorted());
    expect(file.added_tokens).toMatchObject(
      specialTokens.map((content, id) => ({ id, content, special: true })),
    );
  });

  it("learns the merges of the Rust trainer, in its order", () => {
    const lines = texts.map((text) => `${text}\n`);
    const ours = mergesOf(trainTokenizer({ texts: lines, vocabularySize: 500, specialTokens, pattern }));
    expect(ours.length).toBeGreaterThan(100);
    expect(ours).toEqual(rustMerges(pattern, lines).slice(0, ours.length));
  });

  it("agrees with the Rust trainer on random texts of few letters, where ties and repeats abound", () => {
    const line = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), minLength: 1, maxLength: 40 });
    const options = { vocabularySize: 400, specialTokens: [], pattern: "[^ ]+" };
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (texts) => {
        const lines = texts.map((text) => `${text}\n`);
        const ours = mergesOf(trainTokenizer({ ...options, texts: lines }));
        expect(ours).toEqual(rustMerges(options.pattern, lines).slice(0, ours.length));
      }),
      { numRuns: 60 },
    );
  });

  it("gives a prefix of the merges for a smaller vocabulary", () => {
    const smaller = trainTokenizer({ texts, vocabularySize: 400, specialTokens, pattern });
    expect(mergesOf(smaller)).toEqual(mergesOf(file).slice(0, 400 - 259));
  });

  it("is encoded and decoded by the Rust library exactly as by ours", async () => {
    const rust = RustTokenizer.fromString(JSON.stringify(file));
    const ours = createTokenizer(file, {});
    const unit = fc.constantFrom(
      "the",
      " the",
      "book_flight",
      "aaa",
      "A",
      "é",
      "東",
      "🙂",
      "<|end|>",
      "<|",
      "7",
      "\n",
      " ",
      "\u00a0",
    );
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.array(unit, { maxLength: 12 }).map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (input) => {
        const expected = (await rust.encode(input, null, { addSpecialTokens: false })).getIds();
        expect(ours.encode(input)).toEqual(expected);
        if (expected.length > 0) expect(await rust.decode(expected, false)).toBe(input);
      }),
      { numRuns: 300 },
    );
  });

  it("never merges across pieces nor across special tokens", () => {
    const twice = ["ab cd<|end|>xy", "ab cd<|end|>xy"];
    const merges = mergesOf(
      trainTokenizer({ texts: twice, vocabularySize: 300, specialTokens, pattern: "[a-z]+| " }),
    );
    expect(merges.toSorted()).toEqual(["a b", "c d", "x y"]);
  });

  it("stops where no pair occurs twice", () => {
    const once = trainTokenizer({ texts: ["abcdef"], vocabularySize: 999, specialTokens: [], pattern });
    expect(mergesOf(once)).toEqual([]);
  });

  it.each([
    ["a vocabulary below the bytes", { vocabularySize: 258 }],
    ["a repeated special token", { specialTokens: ["<|a|>", "<|a|>"] }],
    ["an empty special token", { specialTokens: [""] }],
    ["a broken pattern", { pattern: "(" }],
  ])("refuses %s", (_, change) =>
    expect(() => trainTokenizer({ texts, vocabularySize: 300, specialTokens, pattern, ...change })).toThrow(
      ConfigError,
    ),
  );
});
