/** Works that overlap, with their results in order. */

/** How many works may be begun for each that is under way: the others wait for an earlier one that takes long. */
const BEGUN_FACTOR = 4;

/** What to do. */
export interface OrderedWork<R> {
  /** Works are numbered from 0. */
  readonly count: number;
  /** Works under way at once. With 1 the next begins when the result before it has been used. */
  readonly atOnce: number;
  /** The signal fires when the results are wanted no more. */
  work(index: number, signal: AbortSignal): Promise<R>;
}

/**
 * The results in order. After a failure no work begins, the results before it are still given, and it is thrown in its place;
 * however the reading ends, nothing is left under way.
 */
export async function* inOrder<R>({ count, atOnce, work }: OrderedWork<R>): AsyncGenerator<R> {
  const unwanted = new AbortController();
  const begun: Promise<R>[] = [];
  let next = 0;
  let running = 0;
  let used = 0;
  const begin = (): void => {
    while (next < count && running < atOnce && next - used < BEGUN_FACTOR * atOnce) {
      const result = work(next, unwanted.signal);
      next += 1;
      running += 1;
      begun.push(result);
      result.then(end, fail);
    }
  };
  const end = (): void => {
    running -= 1;
    if (atOnce > 1) begin();
  };
  const fail = (): void => {
    running -= 1;
    next = count;
  };
  try {
    while (used < count) {
      begin();
      const result = await begun[0]!;
      begun.shift();
      yield result;
      used += 1;
    }
  } finally {
    next = count;
    unwanted.abort();
    await Promise.allSettled(begun);
  }
}
