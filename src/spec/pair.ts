/** A preference between two fragments that follow the same prefix. */
export interface PreferencePair {
  /** Unique in a run. */
  readonly id: string;
  readonly exampleId: string;
  readonly round: number;
  /** Token ids of the rendered prompt and of the response up to the fragments. */
  readonly prefix: readonly number[];
  /** How many of `prefix` are the rendered prompt. */
  readonly promptLength: number;
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
  /** The texts, for people. */
  readonly prefixText: string;
  readonly chosenText: string;
  readonly rejectedText: string;
  readonly chosenValue: number;
  readonly rejectedValue: number;
}
