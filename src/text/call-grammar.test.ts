import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyLiteral, typed } from "../../test/support/literal-arbitrary.js";
import type { ToolCall } from "../spec/index.js";
import { attemptsCalls, parseCalls, printCalls } from "./call-grammar.js";

interface Golden {
  readonly calls: readonly [string, unknown][];
}

const golden = JSON.parse(
  readFileSync(new URL("./python-syntax.golden.json", import.meta.url), "utf8"),
) as Golden;
const toolace = path.resolve("../shared/tool-data/toolace/data.json");

const typedCalls = (calls: readonly ToolCall[]): [string, [string, unknown][]][] =>
  calls.map((call) => [call.name, call.arguments.map(({ name, value }) => [name, typed(value)])]);

function read(text: string, toolNames: readonly string[] = []): unknown {
  const parse = parseCalls(text, toolNames);
  return parse.ok ? typedCalls(parse.calls) : `${parse.rule}@${parse.position}`;
}

const plainName =
  /^(?!(?:and|as|for|if|in|is|or|not|from|class)$)[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*$/;

describe("parseCalls", () => {
  it("reads what CPython reads, and more only where names are no Python names", () => {
    const wrong = golden.calls.filter(([text, calls]) => {
      const ours = read(text);
      if (calls !== null) return !isDeepStrictEqual(ours, calls);
      return (
        Array.isArray(ours) &&
        JSON.stringify(ours).length > 0 &&
        allPlain(ours as ReturnType<typeof typedCalls>)
      );
    });
    expect(golden.calls.filter(([, calls]) => calls !== null).length).toBeGreaterThan(80);
    expect(wrong).toEqual([]);
  });

  it.each<[string, readonly string[], string, readonly string[]]>([
    ["[Market Trends API(a=1)]", [], "Market Trends API", ["a"]],
    ["[foo.bar-baz/v2(a=1)]", [], "foo.bar-baz/v2", ["a"]],
    [
      "[User Feed (Video Posts) V2(a=1)]",
      ["User Feed", "User Feed (Video Posts) V2"],
      "User Feed (Video Posts) V2",
      ["a"],
    ],
    ["[get(a=1)]", ["get", "get_weather"], "get", ["a"]],
    ["[get_weather(a=1)]", ["get", "get_weather"], "get_weather", ["a"]],
    ['[Who\'s, "there"?(a=1)]', ['Who\'s, "there"?'], 'Who\'s, "there"?', ["a"]],
    ["[/u/{id}/[x](a=1)]", ["/u/{id}/[x]"], "/u/{id}/[x]", ["a"]],
    ["[f (a=1)]", ["f"], "f", ["a"]],
    ["[東京.天気(都市=1)]", [], "東京.天気", ["都市"]],
    ["[f(from=1, class=2, in=3, True=4)]", [], "f", ["from", "class", "in", "True"]],
    [
      "[f(sort-by=1, $top=2, filter[status]=3, x y=4, 3d=5)]",
      [],
      "f",
      ["sort-by", "$top", "filter[status]", "x y", "3d"],
    ],
    ["[f(a = 1 , b= 2)]", [], "f", ["a", "b"]],
  ])("reads names as real tools have them: %s", (text, toolNames, name, names) => {
    const parse = parseCalls(text, toolNames);
    expect(parse.ok && parse.calls.map((call) => call.name)).toEqual([name]);
    expect(parse.ok && parse.calls[0]!.arguments.map((argument) => argument.name)).toEqual(names);
  });

  it.each([
    ["[]", 0],
    [" [ ] \n", 0],
    ["[f()]", 1],
    ["\n[f(), f()]\n", 2],
  ])("counts the calls of %j: %d", (text, count) => {
    const parse = parseCalls(text, []);
    expect(parse.ok && parse.calls.length).toBe(count);
  });

  it.each([
    ["", "not-a-list@0"],
    ["I cannot help.", "not-a-list@0"],
    ["f(a=1)", "not-a-list@0"],
    ["[f(a=1)", "unclosed@7"],
    ["[f(a=1", "unclosed@6"],
    ["[f(a", "unclosed@4"],
    ["[f(", "unclosed@3"],
    ["[", "unclosed@1"],
    ["[f(a=1), ", "unclosed@9"],
    ["[f]", "function-name@1"],
    ["[Note] see", "function-name@1"],
    ["[(a=1)]", "function-name@1"],
    ["[...(a=1)]", "function-name@1"],
    ["[f(1)]", "positional-argument@3"],
    ['[f("x")]', "positional-argument@3"],
    ["[f(a=1, [2])]", "positional-argument@8"],
    ["[f(a=1, b)]", "positional-argument@8"],
    ["[f(=1)]", "argument-name@3"],
    ["[f(a:1)]", "positional-argument@3"],
    ["[f(a=Los Angeles)]", "unquoted-value@5"],
    ["[f(a==1)]", "value@5"],
    ["[f(a=1 b=2)]", "separator@7"],
    ["[f(a=1) g(b=2)]", "separator@8"],
    ["[f(a=1)] and more", "trailing-text@9"],
    ["[f(a=1)]; g()", "trailing-text@8"],
    ["[f(a=[[1])]", "separator@9"],
    ["[f(a=0777)]", "number@5"],
  ])("refuses %j by rule and place: %s", (text, failure) => expect(read(text)).toBe(failure));

  it("gives the spans of calls and arguments", () => {
    const text = ' [ f(a = "x, )]", b=[1, 2]), g() ]';
    const parse = parseCalls(text, []);
    const spans = parse.ok
      ? parse.calls.flatMap((call) => [call.span!, ...call.arguments.map((part) => part.span!)])
      : [];
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual([
      'f(a = "x, )]", b=[1, 2])',
      'a = "x, )]"',
      "b=[1, 2]",
      "g()",
    ]);
  });

  it("never throws on any text", () => {
    const unit = fc.constantFrom(..."[](){}\"',:=\\ f1.\n", "f(", "a=", "get weather(", ")]");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        const text = parts.join("");
        expect(typeof parseCalls(text, ["get weather", "f(f"]).ok).toBe("boolean");
        expect(typeof attemptsCalls(text, ["get weather", "f(f"])).toBe("boolean");
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["calls", (size: number) => `[${"f(a=1),".repeat(size)}`],
    ["names without an end", (size: number) => `[${"f ".repeat(size)}`],
    ["argument names with brackets", (size: number) => `[f(${"a[".repeat(size)}`],
    ["commas", (size: number) => `[${",".repeat(size)}`],
    ["open brackets", (size: number) => `[f(a=${"[{(".repeat(size)}`],
  ])("is linear in %s", (_, make) => {
    const started = performance.now();
    parseCalls(make(100_000), ["f f f"]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

function allPlain(calls: ReturnType<typeof typedCalls>): boolean {
  return calls.every(
    ([name, args]) => plainName.test(name) && args.every(([argument]) => plainName.test(argument)),
  );
}

describe("printCalls", () => {
  const toolNames = ["f", "f.g", "Market Trends API", "User Feed (Video) V2", "a, 'b'", "/u/{id}"];
  const argument = fc.record({
    name: fc.constantFrom("a", "from", "sort-by", "x y", "$top"),
    value: anyLiteral,
  });
  const call = fc.record({
    name: fc.constantFrom(...toolNames),
    arguments: fc.array(argument, { maxLength: 3 }),
  });

  it("is read back as the same calls", () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 3 }), (calls) => {
        expect(read(printCalls(calls), toolNames)).toEqual(typedCalls(calls));
      }),
      { numRuns: 500 },
    );
  });

  it("writes calls as ToolACE does", () => {
    const text = '[get_weather(city="Oslo", days=3, at=5.0), stop()]';
    const parse = parseCalls(text, []);
    expect(parse.ok && printCalls(parse.calls)).toBe(text);
  });
});

describe("attemptsCalls", () => {
  it.each<[string, boolean]>([
    ["[f(a=1)]", true],
    ["[f(a=", true],
    ["[ unknown thing(", true],
    ["[unknown()", true],
    ["[unknown( a =", true],
    ["[unknown(a", true],
    ["[get weather(5)", true],
    ["[Note (see below)] Nothing fits.", false],
    ["[docs](https://example.org)", false],
    ["Sure: [get weather(city='x')]", true],
    ["Sure: get weather(city='x')", false],
    ["[Note] nothing fits.", false],
    ["I cannot do that (sorry).", false],
    ["", false],
    ["[]", false],
  ])("%j: %s", (text, attempt) => expect(attemptsCalls(text, ["get weather"])).toBe(attempt));
});

describe.skipIf(!existsSync(toolace))("ToolACE (skipped: no shared/tool-data)", () => {
  const turns = existsSync(toolace) ? callTurns() : [];

  it("parses every call turn of the standard rows, names known, and prints it back to the same values", () => {
    const failures = turns.filter(({ text, names }) => {
      const parse = parseCalls(text, names);
      if (!parse.ok || parse.calls.some((call) => !names.includes(call.name))) return true;
      return !isDeepStrictEqual(read(printCalls(parse.calls), names), typedCalls(parse.calls));
    });
    expect(turns.length).toBe(1247);
    expect(failures).toEqual([]);
  });
});

interface Turn {
  readonly text: string;
  readonly names: readonly string[];
}

/** Assistant turns of the standard rows that begin with a bracket, and the names of the row's tools. */
function callTurns(): Turn[] {
  const rows = JSON.parse(readFileSync(toolace, "utf8")) as {
    readonly system: string;
    readonly conversations: readonly { readonly from: string; readonly value: string }[];
  }[];
  return rows.flatMap(({ system, conversations }) => {
    const list = /(?:invoke|列表):\n(\[.*\])(?:\.? ?\nShould|。\n如果)/s.exec(system);
    if (list === null) return [];
    const names = (JSON.parse(list[1]!) as { readonly name: string }[]).map((tool) => tool.name);
    const turns = conversations.filter((turn) => turn.from === "assistant" && turn.value.startsWith("["));
    return turns.map((turn) => ({ text: turn.value, names }));
  });
}
