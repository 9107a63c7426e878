import { expect, it } from "vitest";
import {
  CancelledError,
  ConfigError,
  DataError,
  InputError,
  ModelError,
  NumericError,
  StoreError,
} from "../../../spec/index.js";
import { describeError, restoreError } from "./error-data.js";

it.each([CancelledError, ConfigError, DataError, InputError, ModelError, NumericError, StoreError])(
  "%o keeps its class, message and facts",
  (ErrorClass) => {
    const original = new ErrorClass("what, where, what to do", { place: "sequence 3", ids: [1, 2] });
    const restored = restoreError(structuredClone(describeError(original)));
    expect(restored).toBeInstanceOf(ErrorClass);
    expect(restored).toMatchObject({ message: original.message, facts: original.facts, name: original.name });
    expect(restored.cause).toMatchObject({ stack: original.stack });
  },
);

it("turns facts that cannot be cloned into text", () => {
  const data = describeError(new InputError("x", { call: () => 1, good: 2 }));
  expect(structuredClone(data).facts).toEqual({ call: "() => 1", good: 2 });
});

it("carries errors of others, and thrown things that are no errors", () => {
  expect(restoreError(describeError(new RangeError("too far")))).toMatchObject({ message: "too far" });
  expect(restoreError(describeError("plain text"))).toMatchObject({ message: "plain text" });
});
