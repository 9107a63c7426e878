/** How many requests a server had under way, over time: what `canned-server.ts` tells and `cluster.ts` reads. */
import { z } from "zod";

export const loadSchema = z.strictObject({
  seconds: z.number(),
  /** Requests under way, as a mean over time. */
  mean: z.number(),
  /** Share of the time with at least 64. */
  atLeast64: z.number(),
  requests: z.number(),
  /** Sampled. */
  tokens: z.number(),
});

/** Load since the first request. */
export type ServerLoad = z.infer<typeof loadSchema>;
