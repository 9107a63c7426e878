/**
 * BM25 (Robertson and Zaragoza 2009) in the variant "Okapi" of rank_bm25, which the official search engine uses: the
 * weight of a word is ln(N − n + ½) − ln(n + ½) for n of N documents; a negative one becomes ε times the mean of all.
 */

/** Constants of the formula. */
export interface Bm25Options {
  /** Saturation of repeated words. @default 1.5 */
  readonly k1?: number;
  /** Share of the length correction. @default 0.75 */
  readonly b?: number;
  /** Floor of negative weights, as a share of the mean weight. @default 0.25 */
  readonly epsilon?: number;
}

/** The score of each document for a query; a repeated word of the query counts each time. */
export type Bm25 = (query: readonly string[]) => number[];

/** A scorer of these documents, each a list of words. */
export function createBm25(documents: readonly (readonly string[])[], options: Bm25Options = {}): Bm25 {
  const { k1 = 1.5, b = 0.75, epsilon = 0.25 } = options;
  const counts = documents.map(countWords);
  const weights = weightsOf(counts, epsilon);
  const meanLength = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const norms = documents.map(({ length }) => k1 * (1 - b + (b * length) / meanLength));
  return (query) => {
    const known = query.filter((word) => weights.has(word));
    return counts.map((words, index) =>
      known.reduce((score, word) => {
        const count = words.get(word) ?? 0;
        if (count === 0) return score;
        return score + weights.get(word)! * ((count * (k1 + 1)) / (count + norms[index]!));
      }, 0),
    );
  };
}

function countWords(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function weightsOf(
  counts: readonly ReadonlyMap<string, number>[],
  epsilon: number,
): ReadonlyMap<string, number> {
  const documentCounts = countWords(counts.flatMap((words) => [...words.keys()]));
  const total = counts.length;
  const raw = [...documentCounts].map(
    ([word, count]) => [word, Math.log(total - count + 0.5) - Math.log(count + 0.5)] as const,
  );
  const floor = (epsilon * raw.reduce((sum, [, weight]) => sum + weight, 0)) / raw.length;
  return new Map(raw.map(([word, weight]) => [word, weight < 0 ? floor : weight]));
}
