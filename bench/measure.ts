/** Times of repeated work. */

/** Medians, in seconds. */
export interface Seconds {
  readonly clock: number;
  /** Of all threads together: what the work took when others used the machine too. */
  readonly processor: number;
}

/** Medians of `times` runs of the work after one that is not counted. */
export async function medianSeconds(work: () => Promise<unknown>, times: number): Promise<Seconds> {
  await work();
  const clock: number[] = [];
  const processor: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    const before = process.cpuUsage();
    await work();
    const used = process.cpuUsage(before);
    clock.push((performance.now() - start) / 1e3);
    processor.push((used.user + used.system) / 1e6);
  }
  return { clock: median(clock), processor: median(processor) };
}

/** The middle value; of two middle ones the lower. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}
