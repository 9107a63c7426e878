import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Deficiency, Example, GoldCall, Literal, SchemaType, Tool } from "../spec/index.js";
import { deficiencyOrder, gradeResponse } from "./deficiency.js";

const parameter = (name: string, type: SchemaType, required = true) => ({
  name,
  schema: { types: [type] },
  required,
});
const tools: readonly Tool[] = [
  {
    name: "book",
    description: "",
    parameters: [
      parameter("city", "string"),
      parameter("guests", "integer"),
      parameter("price", "number", false),
      parameter("notes", "string", false),
      { name: "dates", schema: { types: ["array"], items: { types: ["number"] } }, required: false },
    ],
  },
  { name: "cancel", description: "", parameters: [parameter("id", "integer")] },
  { name: "now", description: "", parameters: [] },
];
const text = (value: string): Literal => ({ kind: "string", value });
const integer = (value: number): Literal => ({ kind: "integer", value: BigInt(value) });
const float = (value: number): Literal => ({ kind: "float", value });
const call = (name: string, args: Record<string, Literal[]>, optional: readonly string[] = []): GoldCall => ({
  name,
  arguments: Object.entries(args).map(([key, allowed]) => ({
    name: key,
    allowed,
    optional: optional.includes(key),
  })),
});
type Facts = Pick<Example, "tools" | "gold">;
const wants = (...calls: GoldCall[]): Facts => ({ tools, gold: { kind: "calls", calls } });
const wantsText: Facts = { tools, gold: { kind: "text" } };

const booking = call(
  "book",
  { city: [text("Oslo"), text("Oslo, Norway")], guests: [integer(2)], price: [float(5)] },
  ["price"],
);
const cancelling = call("cancel", { id: [integer(7)] });
const levels = (response: string, example: Facts) =>
  Object.values(gradeResponse({ text: response, example }).agreement);

describe("gradeResponse of a right response", () => {
  it.each([
    ["[book(city='Oslo', guests=2)]", wants(booking)],
    ["[book(guests=2, city='Oslo, Norway')]", wants(booking)],
    ['[ book( city = "Oslo" , guests = 2, price=5.0 ) ]', wants(booking)],
    ["[book(city='Oslo', guests=2, price=5)]", wants(booking)],
    ["[cancel(id=7), book(city='Oslo', guests=2)]", wants(booking, cancelling)],
    ["[cancel(id=7), cancel(id=7)]", wants(cancelling, cancelling)],
    ["[now()]", wants(call("now", {}))],
    [
      "[book(city='Oslo', guests=2, dates=[1, 2.0])]",
      wants(
        call("book", {
          city: [text("Oslo")],
          guests: [integer(2)],
          dates: [{ kind: "list", items: [float(1), integer(2)] }],
        }),
      ),
    ],
    ["[other(x='1')]", wants(call("other", { x: [text("1")] }))],
    ["[cancel(id='seven')]", wants(call("cancel", { id: [text("seven")] }))],
    ["Which city, please?", wantsText],
    ["[]", wantsText],
    ["Call cancel(id) yourself.", wantsText],
  ])("%s", (response, example) => {
    expect(gradeResponse({ text: response, example })).toEqual({
      correct: true,
      agreement: { functionName: 1, argumentName: 1, argumentType: 1, argumentValue: 1 },
      deficiencies: [],
    });
  });
});

describe("gradeResponse of a wrong response", () => {
  const cases: [string, Facts, Deficiency[], string | undefined, number[]][] = [
    ["[cancel(id=7)]", wants(booking), ["function-name"], "book", [0, 0, 0, 0]],
    ["[book(city='Bergen', guests=2)]", wants(booking), ["argument-value"], "book", [1, 1, 1, 0.5]],
    ["[book(city='oslo', guests=2)]", wants(booking), ["argument-value"], "book", [1, 1, 1, 0.5]],
    ["[book(city='Oslo', guests='2')]", wants(booking), ["argument-type"], "book", [1, 1, 0.5, 0.5]],
    ["[book(city='Oslo', guests=2.0)]", wants(booking), ["argument-type"], "book", [1, 1, 0.5, 0.5]],
    [
      "[cancel(id=True)]",
      wants(call("cancel", { id: [integer(1)] })),
      ["argument-type"],
      "cancel",
      [1, 1, 0, 0],
    ],
    ["[book(city='Oslo')]", wants(booking), ["argument-count"], "book", [1, 0.5, 0.5, 0.5]],
    [
      "[book(city='Oslo', guests=2, notes='x')]",
      wants(booking),
      ["argument-count"],
      "book",
      [1, 2 / 3, 2 / 3, 2 / 3],
    ],
    ["[book(city='Oslo', people=2)]", wants(booking), ["argument-name"], "book", [1, 1 / 3, 1 / 3, 1 / 3]],
    [
      "[book(city='Oslo', guests=2, pets=1)]",
      wants(booking),
      ["argument-count", "argument-name"],
      "book",
      [1, 2 / 3, 2 / 3, 2 / 3],
    ],
    [
      "[book(city='Oslo', city='Oslo', guests=2)]",
      wants(booking),
      ["argument-count"],
      "book",
      [1, 2 / 3, 2 / 3, 2 / 3],
    ],
    ["[book(city=1, guests=3)]", wants(booking), ["argument-value", "argument-type"], "book", [1, 1, 0.5, 0]],
    ["[book(city='Oslo', guests=2, price=6)]", wants(booking), ["argument-value"], "book", [1, 1, 1, 2 / 3]],
    [
      "[book(city='Oslo', guests=2)]",
      wants(booking, cancelling),
      ["call-count"],
      "cancel",
      [0.5, 0.5, 0.5, 0.5],
    ],
    ["[now(), cancel(id=7)]", wants(cancelling), ["call-count"], "now", [0.5, 0.5, 0.5, 0.5]],
    ["[cancel(id=7)]", wants(cancelling, cancelling), ["call-count"], "cancel", [0.5, 0.5, 0.5, 0.5]],
    [
      "[cancel(id=8), book(city='Oslo', guests=2)]",
      wants(booking, cancelling),
      ["argument-value"],
      "cancel",
      [1, 1, 1, 0.5],
    ],
    [
      "[now(), cancel(id=8)]",
      wants(booking, cancelling),
      ["function-name", "argument-value"],
      "book",
      [0.5, 0.5, 0.5, 0],
    ],
    ["[now(1)]", wants(booking), ["format"], undefined, [0, 0, 0, 0]],
    ["[book(city='Oslo', guests=2", wants(booking), ["format"], undefined, [0, 0, 0, 0]],
    ["I cannot do that.", wants(booking), ["missing-call"], "book", [0, 0, 0, 0]],
    ["[]", wants(booking), ["missing-call"], "book", [0, 0, 0, 0]],
    ["", wants(booking), ["missing-call"], "book", [0, 0, 0, 0]],
    ["[cancel(id=7)]", wantsText, ["unexpected-call"], "cancel", [0, 0, 0, 0]],
    ["[cancel(id=7", wantsText, ["unexpected-call"], undefined, [0, 0, 0, 0]],
    [" \n", wantsText, ["format"], undefined, [0, 0, 0, 0]],
  ];

  it.each(cases)("%s", (response, example, deficiencies, tool, agreement) => {
    const grade = gradeResponse({ text: response, example });
    expect(grade).toMatchObject({ correct: false, deficiencies });
    expect(grade.tool).toBe(tool);
    levels(response, example).forEach((share, index) => {
      expect(share).toBeCloseTo(agreement[index]!, 12);
    });
  });
});

describe("gradeResponse", () => {
  it("pairs the calls so that they agree best, in any order", () => {
    const example = wants(
      call("cancel", { id: [integer(1)] }),
      call("cancel", { id: [integer(2)] }),
      call("cancel", { id: [integer(3)] }),
    );
    expect(levels("[cancel(id=3), cancel(id=9), cancel(id=1)]", example)).toEqual([1, 1, 1, 2 / 3]);
    expect(gradeResponse({ text: "[cancel(id=2), cancel(id=3), cancel(id=1)]", example }).correct).toBe(true);
  });

  it("takes calls read elsewhere", () => {
    const parse = {
      ok: true as const,
      calls: [{ name: "cancel", arguments: [{ name: "id", value: integer(7) }] }],
    };
    expect(gradeResponse({ text: "cancel 7", parse, example: wants(cancelling) }).correct).toBe(true);
  });

  it("is total and consistent on any text", () => {
    const pieces = [
      "[",
      "]",
      "(",
      ")",
      ",",
      "=",
      "'",
      "book",
      "cancel",
      "now",
      "city",
      "id",
      "guests",
      "7",
      "2",
      "Oslo",
      " ",
      "{",
      "}",
      "\\",
      "é",
      "🙂",
      "\ud800",
    ];
    const anyText = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(
        anyText,
        fc.constantFrom(wants(booking), wants(booking, cancelling), wantsText),
        (response, example) => {
          const grade = gradeResponse({ text: response, example });
          const shares = Object.values(grade.agreement);
          expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
          expect(grade.correct).toBe(shares.every((share) => share === 1));
          expect(grade.correct).toBe(grade.deficiencies.length === 0);
          const { functionName, argumentName, argumentType, argumentValue } = grade.agreement;
          expect(
            functionName >= argumentName && argumentName >= argumentType && argumentType >= argumentValue,
          ).toBe(true);
          const ranks = grade.deficiencies.map((deficiency) => deficiencyOrder.indexOf(deficiency));
          expect(ranks).toEqual([...new Set(ranks)].sort((one, other) => one - other));
        },
      ),
      { numRuns: 200 },
    );
  });
});
