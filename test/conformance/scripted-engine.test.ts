import { openEngine } from "../../src/engine/index.js";
import { describeEngine } from "./engine-conformance.js";

/** A smooth random-looking function of the last two tokens. */
function logits(prefix: readonly number[]): Float64Array {
  const [last = 0, before = 0] = prefix.slice(-2).reverse();
  return Float64Array.from(
    { length: 24 },
    (_, token) => 2 * Math.sin(1 + 3.7 * token + 1.3 * last * token + 0.9 * before),
  );
}

describeEngine("scripted", {
  open: () => openEngine({ kind: "scripted", vocabularySize: 24, contextLength: 128, logits }),
  reopen: (weights) =>
    openEngine({ kind: "scripted", vocabularySize: 24, contextLength: 128, logits, weights }),
});
