/** Which log-probabilities of a sequence of T tokens are read: arrays of T − 1, 1 where log p(x_t | x_<t) is, at t − 1. */

/** Those of the tokens whose entry in the mask (T entries, one a token) is not zero. Empty for an empty mask. */
export function readsOfMask(mask: ArrayLike<number | boolean>): Uint8Array {
  const reads = new Uint8Array(Math.max(mask.length - 1, 0));
  for (let index = 0; index < reads.length; index++) reads[index] = mask[index + 1] ? 1 : 0;
  return reads;
}

/** Those of the tokens start … length − 1: of a response behind a prompt of `start` ≥ 1 tokens. */
export function readsOfResponse(length: number, start: number): Uint8Array {
  return new Uint8Array(length - 1).fill(1, start - 1);
}
