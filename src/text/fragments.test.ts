import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trainTokenizer } from "./bpe-trainer.js";
import { firstFragmentEnd, fragmentSpans } from "./fragments.js";
import { createTokenizer } from "./tokenizer.js";

const pattern = "[^\\n]+|\\n";
const specialTokens = ["<|end|>"];
const stop = 0;
/** One token a byte. */
const bytes = createTokenizer(trainTokenizer({ texts: [], vocabularySize: 257, specialTokens, pattern }), {});
/** Tokens of several characters, many of them over boundaries. */
const texts = ['[f(a="x", b=2), g(c=3)]', '[f(a="x", b=2), g(c=3)]', "Yes. No. Yes. No."];
const merged = createTokenizer(trainTokenizer({ texts, vocabularySize: 290, specialTokens, pattern }), {});

/** The text with a bar at every fragment end but the last. */
function cut(text: string, toolNames: readonly string[] = [], tokenizer = bytes): string {
  const tokens = tokenizer.encode(text, { special: false });
  const spans = fragmentSpans(tokenizer, tokens, toolNames);
  return spans.map(({ start, end }) => tokenizer.decode(tokens.slice(start, end))).join("|");
}

describe("fragmentSpans", () => {
  it.each([
    '[f(|a=1,| b="x")|, g(|c=2)|]',
    "[f(|)]",
    "[f(|a=1,|)]",
    "[]",
    '[f(|a="x, (y)]",| b=\'it)\',| c="\\")")|]',
    '[f(|a="""x"),""",| b=r"\\d")|]',
    "[f(|a=[1, (2, 3)],| b={'k': [1, 2]})|]",
    "[f(|filter[status]=1,| b=2)|]",
    "[f(|place=Driver's Road,| b=2)|]",
    "\n [ f (| a = 1 ,| b = 2 )| , g(|)]",
    "[f(|1,| 2)|]",
    "[f(|a=1]| And so. |on.".replace(". |", ".| "),
    "[Note]| It rains.| Stay in.",
    "[f(|a=1)|]| Done.| Bye.",
    '[東京(|都="京,",| b=1)|]',
    "",
    "No.| It costs 3.50 in all!| Really?| Yes",
    'He said "no."| Then (yes.)| Ok.',
    "One\n|Two\n\n|- three".replaceAll("\n|", "|\n").replace("\n|\n", "|\n\n"),
    "1. First.|\n2. Second.",
    "はい。|いいえ！？|「そう。」|Ok。 so".replace("。 so", "。| so"),
    "**Note.**| See.",
  ])("%s", (marked) => expect(cut(marked.replaceAll("|", ""))).toBe(marked));

  it.each<[string, readonly string[]]>([
    ["[User Feed (Video) V2(|a=1)|]", ["User Feed (Video) V2"]],
    ["[get (x)(|a=1)|, get(|b=2)|]", ["get", "get (x)"]],
    ["[a, 'b'(|c=1)|]", ["a, 'b'"]],
    ["[/u/{id}/[x](|c=1)|]", ["/u/{id}/[x]"]],
    ["[東京 (市)(|c=1)|]", ["東京 (市)"]],
  ])("knows the names: %s", (marked, toolNames) =>
    expect(cut(marked.replaceAll("|", ""), toolNames)).toBe(marked),
  );

  it("gives a token that straddles a boundary to the earlier fragment", () => {
    const joined = cut('[f(a="x", b=2), g(c=3)]', [], merged);
    const fine = cut('[f(a="x", b=2), g(c=3)]');
    expect(joined).not.toBe(fine);
    expect(joined.replaceAll("|", "")).toBe(fine.replaceAll("|", ""));
  });

  it("gives the stop token to the last fragment", () => {
    const end = (text: string): unknown => {
      const tokens = [...bytes.encode(text), stop];
      return fragmentSpans(bytes, tokens).at(-1);
    };
    expect(end("[f(a=1)]")).toEqual({ start: 7, end: 9 });
    expect(end("Yes. No")).toEqual({ start: 4, end: 8 });
    expect(end("")).toEqual({ start: 0, end: 1 });
  });

  const unit = fc.constantFrom(
    ..."[](){}\"'\\,=. \n!",
    "f(",
    "a=",
    "é",
    "。",
    "” ",
    "get (x)(",
    "get",
    "r'",
    "<|end|>",
  );
  const anyText = fc.array(unit, { maxLength: 30 }).map((parts) => parts.join(""));
  const toolNames = ["get", "get (x)", "f(f"];

  it("covers all tokens without gaps, on any text", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(bytes, merged), (text, tokenizer) => {
        const tokens = tokenizer.encode(text);
        const spans = fragmentSpans(tokenizer, tokens, toolNames);
        expect(spans.map((span) => span.start)).toEqual(
          [0, ...spans.map((span) => span.end)].slice(0, spans.length),
        );
        expect(spans.at(-1)?.end ?? 0).toBe(tokens.length);
        expect(spans.every(({ start, end }) => start < end)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("cuts the beginning of a text as it cuts the whole", () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, length) => {
        const tokens = bytes.encode(text, { special: false });
        const whole = fragmentSpans(bytes, tokens, toolNames).map((span) => span.end);
        const part = fragmentSpans(bytes, tokens.slice(0, length % (tokens.length + 1)), toolNames);
        const ends = part.slice(0, -1).map((span) => span.end);
        expect(ends).toEqual(whole.slice(0, ends.length));
      }),
      { numRuns: 400 },
    );
  });

  it("is what firstFragmentEnd gives again and again", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(bytes, merged), (text, tokenizer) => {
        const tokens = [...tokenizer.encode(text, { special: false }), stop];
        const ends: number[] = [];
        for (let end = 0; end < tokens.length; ends.push(end))
          end += firstFragmentEnd(tokenizer, tokens.slice(0, end), tokens.slice(end), toolNames);
        expect(ends).toEqual(fragmentSpans(tokenizer, tokens, toolNames).map((span) => span.end));
      }),
      { numRuns: 300 },
    );
  });

  it.each(["[f(a='", "f(".repeat(9), "[".repeat(9), "。", "a. "])(
    "is linear in repetitions of %j",
    (part) => {
      const tokens = bytes.encode(part.repeat(Math.ceil(8_000 / part.length)));
      const started = performance.now();
      firstFragmentEnd(bytes, [], tokens, toolNames);
      expect(performance.now() - started).toBeLessThan(10_000);
    },
  );
});

describe("firstFragmentEnd", () => {
  it.each([
    ["", "[f(a=1)]", 3],
    ["[f(", "a=1, b=2)", 4],
    ["[f(a=", '"x, y", b', 7],
    ["[f(a='(", "b', c=1)", 3],
    ["[f(a=1)", "]", 1],
    ["[get (x", ")(a=1)]", 2],
    ["Yes", ". No.", 1],
    ["Yes.", " No. Oh.", 4],
    ["", "no end here", 11],
    ["x", "", 0],
  ])("after %j, of %j: %d", (prefix, fresh, count) =>
    expect(firstFragmentEnd(bytes, bytes.encode(prefix), bytes.encode(fresh), ["get", "get (x)"])).toBe(
      count,
    ),
  );

  it("takes the stop token along", () => {
    expect(firstFragmentEnd(bytes, bytes.encode("[f()"), [...bytes.encode("]"), stop])).toBe(2);
    expect(firstFragmentEnd(bytes, bytes.encode("[f()]"), [stop])).toBe(1);
  });
});

const toolace = path.resolve("../shared/tool-data/toolace/data.json");

describe.skipIf(!existsSync(toolace))("ToolACE (skipped: no shared/tool-data)", () => {
  it("cuts call turns at least twice, and only after brackets and commas", () => {
    const rows = JSON.parse(readFileSync(toolace, "utf8")) as {
      readonly conversations: readonly { readonly from: string; readonly value: string }[];
    }[];
    const turns = rows
      .slice(0, 300)
      .flatMap((row) => row.conversations.filter((turn) => turn.from === "assistant"));
    const calls = turns.map((turn) => turn.value).filter((value) => /^\[[\w.]+\(\w+=.*\)\]$/.test(value));
    const fragments = calls.map((call) => cut(call).split("|"));
    expect(calls.length).toBeGreaterThan(40);
    expect(fragments.every((parts) => parts.length >= 3 && parts.at(-1) === "]")).toBe(true);
    expect(fragments.flat().filter((part) => !/[(,)\]]$/.test(part))).toEqual([]);
  });
});
