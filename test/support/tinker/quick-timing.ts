import type { TinkerTiming } from "../../../src/engine/tinker/tinker-options.js";

/** Short waits, so that tests of faults are quick. */
export const quickTiming: Partial<TinkerTiming> = {
  heartbeat: 50,
  heartbeatWarning: 400,
  request: 5_000,
  poll: 3_000,
  pollPause: 1,
  retry: 5,
  patience: 4_000,
  result: 20_000,
  billingPause: 20,
  archivePause: 20,
  samplingPause: 30,
};
