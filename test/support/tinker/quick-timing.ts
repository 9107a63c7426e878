import type { TinkerTiming } from "../../../src/engine/tinker/tinker-options.js";

/** Short waits, so that tests of faults are quick. */
export const quickTiming: Partial<TinkerTiming> = {
  heartbeat: 50,
  heartbeatWarning: 400,
  request: 60_000,
  poll: 20_000,
  pollPause: 1,
  retry: 5,
  patience: 60_000,
  result: 240_000,
  billingPause: 20,
  archivePause: 20,
  samplingPause: 30,
};
