/** Exceptions of the official program, as far as its verdicts depend on them. */

/** The classes that are told apart. `Exception` is what the APIs raise on purpose. */
export type PythonErrorKind =
  | "Exception"
  | "AssertionError"
  | "AttributeError"
  | "IndexError"
  | "KeyError"
  | "TypeError"
  | "ValueError"
  | "ZeroDivisionError";

/**
 * An exception that the official program would raise here. Control flow of the APIs only: the runner and the judge catch
 * every one; none leaves this folder.
 */
export class PythonError extends Error {
  readonly kind: PythonErrorKind;

  /** @param message What `str(error)` gives there. */
  constructor(kind: PythonErrorKind, message: string) {
    super(message);
    this.name = new.target.name;
    this.kind = kind;
  }
}

/** Ends an API call with the exception text that goes into its result. */
export function raise(message: string): never {
  throw new PythonError("Exception", message);
}
