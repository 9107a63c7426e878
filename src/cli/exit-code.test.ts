import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { CancelledError, ConfigError, DataError, ModelError, StoreError } from "../spec/index.js";
import { describeError, exitCodeOf } from "./exit-code.js";

describe("exitCodeOf", () => {
  it.each([
    [new CancelledError("a"), 130],
    [new ConfigError("a"), 2],
    [new DataError("a"), 3],
    [new ModelError("a"), 1],
    [new StoreError("a"), 1],
    [new Error("a"), 1],
    ["a", 1],
    [new CommanderError(1, "commander.unknownOption", "a"), 2],
    [new CommanderError(0, "commander.version", "a"), 0],
  ])("%o → %d", (error, code) => expect(exitCodeOf(error)).toBe(code));
});

describe("describeError", () => {
  it("gives the message of ours alone, the stack of the unexpected, and nothing that was said already", () => {
    expect(describeError(new DataError("Row 3 is broken. Mend it."))).toBe(
      "itool: Row 3 is broken. Mend it.",
    );
    expect(describeError(new TypeError("x is not a function"))).toMatch(
      /^itool: unexpected TypeError: x.*\n +at /,
    );
    expect(describeError(new CancelledError("warmup was interrupted."))).toBe(
      "itool: Interrupted. The same command goes on from here.",
    );
    expect(describeError("odd")).toBe("itool: unexpected odd");
    expect(describeError(new CommanderError(1, "commander.unknownOption", "a"))).toBeUndefined();
  });
});
