/** Held against what CPython, NLTK and rank_bm25 gave for the same inputs (`python.golden.json`). */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { processorMilliseconds } from "../../../../test/support/processor-time.js";
import { createBm25 } from "../retrieval/bm25.js";
import { treebankWords } from "../retrieval/treebank-words.js";
import { type DateFormat, printDate, readDate, readLenientDate } from "./date.js";
import { PythonError } from "./error.js";
import { parsePythonJson } from "./json.js";
import { pythonRepr } from "./print.js";
import { readInteger, strip, zeroFill } from "./text.js";
import { type PythonValue, pythonEqual } from "./value.js";

const pair = <T extends z.ZodType>(second: T) => z.tuple([z.string(), second]);
const dates = z.array(pair(z.object({ ok: z.string().optional(), error: z.string().optional() })));
const golden = z
  .object({
    date: dates,
    "date-time": dates,
    "month-day": dates,
    repr: z.array(pair(z.string())),
    strip: z.array(pair(z.string())),
    integer: z.array(pair(z.string().nullable())),
    zfill: z.array(pair(z.string())),
    words: z.array(pair(z.array(z.string()))),
    bm25: z.object({ documents: z.array(z.string()), queries: z.array(pair(z.array(z.number()))) }),
  })
  .parse(JSON.parse(readFileSync(new URL("../python.golden.json", import.meta.url), "utf8")));

function value(text: string): PythonValue {
  const parsed = parsePythonJson(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

function dateOf(text: string, format: DateFormat): { ok?: string; error?: string } {
  try {
    return { ok: printDate(readDate(text, format), format) };
  } catch (error) {
    if (error instanceof PythonError) return { error: error.message };
    throw error;
  }
}

describe("dates", () => {
  it.each(["date", "date-time", "month-day"] as const)("reads %s as strptime does", (format) => {
    expect(golden[format].map(([text]) => [text, dateOf(text, format)])).toEqual(golden[format]);
  });

  it("pads a short year, and only of a text of three parts", () => {
    expect(readLenientDate(" 23-04-05\u00a0", "date").year).toBe(23);
    expect(() => readLenientDate("04-05", "date")).toThrow(/does not match/);
    expect(readLenientDate("4-5", "month-day").day).toBe(5);
  });
});

describe("texts and values", () => {
  it("writes values as repr does", () => {
    expect(golden.repr.map(([json]) => [json, pythonRepr(value(json))])).toEqual(golden.repr);
  });

  it("strips, fills and reads integers as str does", () => {
    expect(golden.strip.map(([text]) => [text, strip(text)])).toEqual(golden.strip);
    expect(golden.zfill.map(([text]) => [text, zeroFill(text, 4)])).toEqual(golden.zfill);
    expect(golden.integer.map(([text]) => [text, readInteger(text)?.toString() ?? null])).toEqual(
      golden.integer,
    );
  });

  it("reads no integer of more than 4300 digits", () => {
    expect(readInteger("9".repeat(4300))).toBe(BigInt("9".repeat(4300)));
    expect(readInteger("9".repeat(4301))).toBeUndefined();
  });

  it("reads JSON with the order of its keys and the kinds of its numbers", () => {
    expect(
      pythonRepr(value('{"10": 1, "2": 1.0, "b": 1e2, "__proto__": [-0.0, 12345678901234567890]}')),
    ).toBe("{'10': 1, '2': 1.0, 'b': 100.0, '__proto__': [-0.0, 12345678901234567890]}");
    expect(parsePythonJson("[".repeat(100_000)).ok).toBe(false);
    expect(parsePythonJson("{'a': 1}").ok).toBe(false);
  });

  it("reads what JSON.parse reads, for any value", () => {
    const plain = (item: PythonValue): unknown => {
      if (Array.isArray(item)) return item.map(plain);
      if (item instanceof Map)
        return Object.fromEntries([...item].map(([key, part]) => [String(key), plain(part)]));
      return typeof item === "bigint" ? Number(item) : item;
    };
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const text = JSON.stringify(json, undefined, 1);
        expect(plain(value(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each<[string, string, boolean]>([
    ["1", "1.0", true],
    ["1", "true", true],
    ["0", "false", true],
    ["1", "2", false],
    ["9007199254740993", "9007199254740992.0", false],
    ['"1"', "1", false],
    ["null", "false", false],
    ['{"a": 1, "b": 2}', '{"b": 2.0, "a": 1}', true],
    ['{"a": 1}', '{"a": 1, "b": null}', false],
    ["[1, 2]", "[2, 1]", false],
    ["[]", "{}", false],
    ['""', "null", false],
  ])("compares %s and %s: %s", (one, other, equal) => {
    expect(pythonEqual(value(one), value(other))).toBe(equal);
    expect(pythonEqual(value(other), value(one))).toBe(equal);
  });
});

describe("retrieval", () => {
  it("cuts words as NLTK does", () => {
    expect(golden.words.map(([text]) => [text, treebankWords(text)])).toEqual(golden.words);
  });

  it("scores as rank_bm25 does", () => {
    const score = createBm25(golden.bm25.documents.map((text) => text.split(" ")));
    for (const [query, scores] of golden.bm25.queries) {
      const ours = score(query.split(" "));
      expect(ours.map((one, index) => Math.abs(one - scores[index]!) < 1e-12)).toEqual(
        scores.map(() => true),
      );
    }
  });

  it("stays linear in a long query", () => {
    const spent = processorMilliseconds(() => {
      for (const unit of [". ", ".  )", "'", "` ", "(x) "]) treebankWords(unit.repeat(50_000));
    });
    expect(spent).toBeLessThan(5_000);
  });
});
