/** Python's exceptions as the simulations raise them. */
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

  constructor(kind: PythonErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }

  /** Whether something was too large or too deep to go on with. */
  get isExcess(): boolean {
    return this.kind === "MemoryError" || this.kind === "RecursionError";
  }
}
