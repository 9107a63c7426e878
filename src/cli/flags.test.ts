import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { byteSize, collect, pick, positiveInteger, positiveNumber, share, wholeNumber } from "./flags.js";

describe("readers of flags", () => {
  it.each([
    [wholeNumber, "0", 0],
    [wholeNumber, "12", 12],
    [positiveInteger, "1", 1],
    [positiveNumber, "1.5e3", 1500],
    [byteSize, "5GB", 5e9],
    [byteSize, "1.5 MiB", 1_572_864],
    [byteSize, "1000", 1000],
    [share, "0", 0],
    [share, "0.25", 0.25],
    [share, "1", 1],
  ])("%o reads %s", (read, text, value) => expect(read(text)).toBe(value));

  it.each([
    [wholeNumber, ["", "-1", "1.5", "1e3", " 1", "x", "9999999999999999"]],
    [positiveInteger, ["0", "-2", ""]],
    [positiveNumber, ["0", "-1", "Infinity", "NaN", "x", ""]],
    [byteSize, ["", "0", "GB", "-1GB", "5XB", "0.1", "1e9"]],
    [share, ["", " ", "1.01", "-0.1", "10%", "NaN"]],
  ])("%o refuses what it cannot read", (read, texts) => {
    for (const text of texts) expect(() => read(text), text).toThrow(InvalidArgumentError);
  });
});

it("collects a repeated flag in order", () => {
  expect(collect("b", collect("a"))).toEqual(["a", "b"]);
});

it("leaves out what was not given", () => {
  const flags: { readonly a?: number; readonly b?: number } = { a: 1 };
  expect(pick(flags, "a")).toEqual({ a: 1 });
  expect(Object.keys(pick(flags, "b"))).toEqual([]);
});
