import { describe, expect, it } from "vitest";
import { decodeToolCalls, executionToolCalls } from "./tool-calls.js";

describe("executionToolCalls", () => {
  it("prints values as Python does, a dict of dicts too", () => {
    expect(
      executionToolCalls([{ f: '{"a": {"b": {}}, "c": [1, 2.0, true, null], "d": "it\'s"}' }, { g: "{}" }]),
    ).toEqual(["f(a={'b': {}},c=[1, 2.0, True, None],d=\"it's\")", "g()"]);
  });

  it.each([["a text"], [[{ f: "{" }]], [[{ f: "[1]" }]], [["f"]], [null], [7]])("refuses %o", (step) => {
    expect(executionToolCalls(step)).toBeUndefined();
  });

  it("finds no call in an empty answer", () => {
    expect(executionToolCalls("")).toEqual([]);
    expect(executionToolCalls([])).toEqual([]);
  });
});

describe("decodeToolCalls", () => {
  it("takes the first name of a call, and values as JSON has them", () => {
    expect(decodeToolCalls([{ f: '{"a": 1}', g: "{" }])).toMatchObject({ ok: true, calls: [{ name: "f" }] });
  });

  it.each([["text"], [[{}]], [[{ f: "{" }]], [[7]], [{ f: "{}" }]])("cannot decode %o", (result) => {
    expect(decodeToolCalls(result).ok).toBe(false);
  });

  it("finds no form of a call in arguments that are no object", () => {
    expect(decodeToolCalls([{ f: "null" }])).toEqual({ ok: true, calls: "no-calls" });
  });
});
