/** How long work takes of the processor: on a shared machine the clock says little. */
export function processorMilliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}
