/** Python's exceptions as the simulations raise them. */
import type { PythonValue } from "./value.js";

/** Names of Python's exception classes that occur. */
export type PythonErrorKind =
  | "TypeError"
  | "ValueError"
  | "KeyError"
  | "IndexError"
  | "NameError"
  | "AttributeError"
  | "ZeroDivisionError"
  | "OverflowError"
  | "SyntaxError"
  | "MemoryError"
  | "RecursionError"
  | "FileNotFoundError"
  | "InvalidOperation"
  | "Exception";

/** An exception of the simulated Python: caught by the simulation, never seen by callers of this library. */
export class PythonError extends Error {
  readonly kind: PythonErrorKind;
  /** The key that a `KeyError` misses. */
  readonly key: PythonValue | undefined;

  constructor(kind: PythonErrorKind, message: string, key?: PythonValue) {
    super(message);
    this.kind = kind;
    this.key = key;
  }

  /** Whether something was too large or too deep to go on with. */
  get isExcess(): boolean {
    return this.kind === "MemoryError" || this.kind === "RecursionError";
  }

  /** The error of a missing key; its message, the key's `repr`, is made where it is shown. */
  static missingKey(key: PythonValue): PythonError {
    return new PythonError("KeyError", "", key);
  }
}
