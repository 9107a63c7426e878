/** Finds the tool that fits some keywords best: what a retrieval benchmark asks for, and what may be put behind it. */
export interface ToolFinder {
  /** What ranks, for reports: a score says which finder it was made with. */
  readonly name: string;
  /** Name of the best tool; `undefined` where none fits at all. */
  find(keywords: string): Promise<string | undefined>;
}

/** Turns texts into vectors. */
export interface Embedder {
  /** Model and place, for reports. */
  readonly name: string;
  /** One vector for each text, in order, all of one length. */
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}
