/**
 * What is wrong with a response (DESIGN §6). `format`: calls that cannot be read. `unexpected-call`: called where no
 * call was right. `missing-call`: text where a call was right. `call-count`: readable calls, but too many or too few.
 */
export type Deficiency =
  | "function-name"
  | "argument-count"
  | "argument-name"
  | "argument-value"
  | "argument-type"
  | "call-count"
  | "format"
  | "unexpected-call"
  | "missing-call";

/**
 * How far a response agrees with the gold answer, level by level. Each level is a share in [0, 1] over the gold calls
 * and their arguments; for a text answer every level is 1 if the response has no call and 0 otherwise.
 */
export interface Agreement {
  readonly functionName: number;
  readonly argumentName: number;
  readonly argumentType: number;
  readonly argumentValue: number;
}

/** The verdict on one response. */
export interface Grade {
  readonly correct: boolean;
  readonly agreement: Agreement;
  /** Empty exactly when `correct`; without repetition, in the order of `Deficiency`. */
  readonly deficiencies: readonly Deficiency[];
  /** Name of the tool that the first deficiency concerns; absent when correct or when no tool is concerned. */
  readonly tool?: string;
}
