/** Options of the scripted engine. */
export interface ScriptedOptions {
  readonly kind: "scripted";
  readonly vocabularySize: number;
  /** @default 1024 */
  readonly contextLength?: number;
  /**
   * The script: logits of the token after the prefix, which is never empty; `vocabularySize` numbers, −Infinity for what
   * can never come. Must depend on the prefix only. @default all 0
   */
  readonly logits?: (prefix: readonly number[]) => ArrayLike<number>;
  /** A folder that `exportModel` wrote: its weights replace the initial zeros. */
  readonly weights?: string;
}

/** A script that goes through fixed token sequences: after a prefix found among them comes the next token, else `end`. */
export function scriptedContinuations(
  vocabularySize: number,
  sequences: readonly (readonly number[])[],
  end: number,
): (prefix: readonly number[]) => Float64Array {
  const next = new Map<string, number>();
  for (const tokens of sequences) {
    for (let length = 1; length < tokens.length; length++)
      next.set(tokens.slice(0, length).join(","), tokens[length]!);
  }
  return (prefix) => {
    const logits = new Float64Array(vocabularySize).fill(Number.NEGATIVE_INFINITY);
    logits[next.get(prefix.join(",")) ?? end] = 0;
    return logits;
  };
}
