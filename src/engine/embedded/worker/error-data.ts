/** Carries errors across threads: structured cloning would lose their class and their facts. */
import {
  CancelledError,
  ConfigError,
  DataError,
  InputError,
  IToolError,
  ModelError,
  NumericError,
  StoreError,
} from "../../../spec/index.js";
import type { ErrorData } from "./protocol.js";

const CLASSES = [CancelledError, ConfigError, DataError, InputError, ModelError, NumericError, StoreError];

/** The error as data. Facts that cannot be cloned become text. */
export function describeError(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), facts: {}, stack: "" };
  const facts = error instanceof IToolError ? cloneable(error.facts) : {};
  return { name: error.name, message: error.message, facts, stack: error.stack ?? "" };
}

/** The error in its class, with the worker's stack as its cause; a plain Error for classes that are not ours. */
export function restoreError(data: ErrorData): Error {
  const cause = new Error("In the engine's worker thread.");
  cause.stack = data.stack;
  const known = CLASSES.find((candidate) => candidate.name === data.name);
  if (known !== undefined) return new known(data.message, data.facts, { cause });
  return new Error(data.message, { cause });
}

function cloneable(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => {
      try {
        return [key, structuredClone(value)];
      } catch {
        return [key, String(value)];
      }
    }),
  );
}
