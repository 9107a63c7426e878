/** A supervised batch as the calls that an engine takes: the warm-up's batches, and the replay of the preference stage. */
import { objectives } from "../method/index.js";
import type { RenderedExample } from "../text/index.js";
import { packByLength } from "./pretrain-data.js";
import type { BatchPart } from "./training-loop.js";

/**
 * The batch as parts of similar length, each with its share of the trained tokens; the losses of the parts add up to
 * `weight` times the mean over all trained tokens.
 *
 * @param weight default 1
 */
export function supervisedParts(
  rendered: readonly RenderedExample[],
  partTokens: number,
  weight = 1,
): readonly BatchPart[] {
  const total = trainedTokens(rendered);
  return packByLength(rendered, partTokens).map((part) => {
    const share = total === 0 ? 0 : trainedTokens(part) / total;
    const masks = part.map((sequence) => sequence.mask);
    const objective = objectives.supervised({ masks, weight: weight * share });
    return { sequences: part.map((sequence) => sequence.tokens), objective, share };
  });
}

function trainedTokens(sequences: readonly { readonly mask: Uint8Array }[]): number {
  return sequences.reduce((total, { mask }) => total + mask.reduce((sum, value) => sum + value, 0), 0);
}
