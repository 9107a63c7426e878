/** Python's rules; the expected values are what CPython 3.11 gives for the same expressions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equals } from "./equality.js";
import { PythonError } from "./error.js";
import { BUILTINS_ONLY, evaluate } from "./evaluate.js";
import { readJson, writeJson } from "./json-text.js";
import { floatText } from "./number-text.js";
import { parseExpression } from "./parse.js";
import { PythonRandom } from "./random.js";
import { repr } from "./repr.js";
import { unparse } from "./unparse.js";
import { ELLIPSIS, PythonDict, PythonSet, PythonTuple, type PythonValue } from "./value.js";

const value = (text: string): string => {
  try {
    return repr(evaluate(parseExpression(text), BUILTINS_ONLY));
  } catch (error) {
    if (error instanceof PythonError) return error.kind;
    throw error;
  }
};

describe("parseExpression and unparse", () => {
  it.each([
    ["f(a = 1,b=[ 1,2 ])", "f(a=1, b=[1, 2])"],
    ['"it\'s"', '"it\'s"'],
    ["'a' \"b\" r'\\c'", "'ab\\\\c'"],
    ["(a)+(b*c)", "a + b * c"],
    ["(a+b)*c", "(a + b) * c"],
    ["a**-b**c", "a ** (-b ** c)"],
    ["(1).real", "1 .real"],
    ["x[1:2,::3]", "x[1:2, ::3]"],
    ["not(a)", "not a"],
    ["lambda x,*y,z=1:x", "lambda x, *y, z=1: x"],
    ["[a for b in c if d]", "[a for b in c if d]"],
    ["{**a,'b':1}", "{**a, 'b': 1}"],
    ["a if b else c", "a if b else c"],
    ["0x_ff", "255"],
    ["1e400", "1e309"],
    ["f'{a!r:>{w}}'", "f'{a!r:>{w}}'"],
    ["\uff46(x=1)", "f(x=1)"],
    ["# note\n[f()]", "[f()]"],
    ["'\\N{BULLET}\\N{LATIN SMALL LETTER E WITH ACUTE}'", "'•é'"],
  ])("%s is %s", (text, printed) => expect(unparse(parseExpression(text))).toBe(printed));

  it.each([
    "f(a=1, 2)",
    "f(**a, *b)",
    "f(x for x in y, 1)",
    "[f()",
    "0777",
    "1_",
    "'a",
    "b'a' 'b'",
    "from",
    "f(from=1)",
    "a b",
    "(*a)",
    "f(\0)",
    "'\ud800'",
    "a\nb",
    "\\x",
    "'\\x4'",
    "lambda a=1, b: a",
    `${"(".repeat(200)}1${")".repeat(200)}`,
  ])("refuses %j", (text) => expect(() => parseExpression(text)).toThrow(PythonError));

  it("never throws anything else and always ends", () => {
    const characters = fc.constantFrom(..."()[]{}'\",:=.*+-/ \n\\#af019_xj<>!%&|^~@rub");
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 60 }), (text) => {
        try {
          const printed = unparse(parseExpression(text));
          expect(unparse(parseExpression(printed))).toBe(printed);
        } catch (error) {
          expect(error).toBeInstanceOf(PythonError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("evaluate", () => {
  it.each([
    ["7 // -2", "-4"],
    ["-7 % 3", "2"],
    ["7.5 % -2", "-0.5"],
    ["10 / 2", "5.0"],
    ["2 ** 100", "1267650600228229401496703205376"],
    ["2 ** -1", "0.5"],
    ["(-8) ** 0.5", "(1.7319121124709868e-16+2.8284271247461903j)"],
    ["0 ** -1", "ZeroDivisionError"],
    ["1 / 3", "0.3333333333333333"],
    ["10**30 / 3", "3.333333333333333e+29"],
    ["1 == 1.0 == True", "True"],
    ["[1, 2] + [3]", "[1, 2, 3]"],
    ["'ab' * 3", "'ababab'"],
    ["'a' + 1", "TypeError"],
    ["'%s is %d' % ('x', 5)", "'x is 5'"],
    ["round(2.675, 2)", "2.67"],
    ["round(2.5)", "2"],
    ["round(-1250, -2)", "-1200"],
    ["sum([0.1] * 10)", "0.9999999999999999"],
    ["max(3, 1.5)", "3"],
    ["int('12') + len('héllo')", "17"],
    ["{'a': [1, (2,)], 1: None}['a']", "[1, (2,)]"],
    ["'hello'[::-1]", "'olleh'"],
    ["'a,b'.split(',')", "['a', 'b']"],
    ["x + 1", "NameError"],
    ["open('/etc/passwd')", "FileNotFoundError"],
    ["__import__('os')", "NameError"],
    ["().__class__", "AttributeError"],
  ])("%s is %s", (text, result) => expect(value(text)).toBe(result));

  it.each(["9**9**9**9", "'a' * 10**12", "[0] * 10**12", "1 << 10**10", "[[0] * 10**5] * 10**7"])(
    "refuses to compute %s",
    (text) => {
      const start = performance.now();
      expect(value(text)).toBe("MemoryError");
      expect(performance.now() - start).toBeLessThan(5000);
    },
  );
});

describe("repr", () => {
  it.each<[number, string]>([
    [1e16, "1e+16"],
    [1e15, "1000000000000000.0"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-0, "-0.0"],
    [1.5e300, "1.5e+300"],
  ])("of a float: %d is %s", (number, text) => expect(floatText(number)).toBe(text));

  it("writes containers, quotation marks and what cannot be printed", () => {
    const dict = PythonDict.of([
      ["it's", new PythonTuple([1n])],
      [1.5, new PythonSet()],
      [null, ELLIPSIS],
    ]);
    expect(repr(dict)).toBe('{"it\'s": (1,), 1.5: set(), None: Ellipsis}');
    expect(repr("a\u00a0\u200b\t\\\"'")).toBe("'a\\xa0\\u200b\\t\\\\\"\\''");
  });

  it("stops at circles, and at values that stand for more than memory holds", () => {
    const list: PythonValue[] = [];
    list.push(list);
    expect(repr(list)).toBe("[[...]]");
    let shared: PythonValue = "x";
    for (let level = 0; level < 60; level++) shared = [shared, shared];
    expect(() => repr(shared)).toThrow(PythonError);
    expect(() => writeJson(shared)).toThrow(PythonError);
    expect(equals(shared, [shared, null])).toBe(false);
  });
});

describe("dict keys", () => {
  it("are equal across types of numbers, and never across kinds", () => {
    const dict = PythonDict.of([
      [1n, "one"],
      ["1", "text"],
      [new PythonTuple([1n, "a"]), "tuple"],
    ]);
    dict.set(true, "true");
    expect(repr(dict)).toBe("{1: 'true', '1': 'text', (1, 'a'): 'tuple'}");
    expect(dict.get(new PythonTuple([1, "a"]))).toBe("tuple");
    expect(() => dict.get([])).toThrow("unhashable type: 'list'");
    expect(dict.get("__proto__")).toBeUndefined();
  });
});

describe("JSON", () => {
  it("keeps integers and floats apart, and writes Python's separators and escapes", () => {
    const text = '{"a": [5, 5.0, -0.0, 1e3], "é": "\\u00e9\\n", "big": 123456789012345678901234567890}';
    expect(writeJson(readJson(text))).toBe(
      '{"a": [5, 5.0, -0.0, 1000.0], "\\u00e9": "\\u00e9\\n", "big": 123456789012345678901234567890}',
    );
  });

  it.each(["{", '{"a" 1}', "[1,]", "nul", '"\\x"', "[".repeat(1000)])("refuses %j", (text) =>
    expect(() => readJson(text)).toThrow(/no JSON/),
  );

  it("reads what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(JSON.parse(writeJson(readJson(JSON.stringify(json))))).toEqual(
          JSON.parse(JSON.stringify(json)),
        );
      }),
    );
  });
});

describe("PythonRandom", () => {
  it("draws CPython's numbers", () => {
    const random = new PythonRandom(200191n);
    expect([random.integer(10000, 99999), random.integer(10000, 99999)]).toEqual([67410, 41772]);
    expect(new PythonRandom(200191n).random()).toBe(0.43800645502214086);
    expect(new PythonRandom(200191n).uniform(-10, 40)).toBe(11.900322751107044);
    expect(new PythonRandom(141053n).bits(70)).toBe(new PythonRandom(-141053n).bits(70));
  });
});
