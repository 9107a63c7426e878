/** What of the port a served model can do, against a fake server as vLLM answers. */
import { afterAll } from "vitest";
import { openEngine } from "../../src/engine/index.js";
import { FakeOpenAI } from "../support/openai/fake-openai.js";
import { letterTokenizer } from "../support/openai/letter-tokenizer.js";
import { describeEngine } from "./engine-conformance.js";

const VOCABULARY = 24;

/** A smooth random-looking function of the last two tokens. */
function logits(prefix: readonly number[]): Float64Array {
  const [last = 0, before = 0] = prefix.slice(-2).reverse();
  return Float64Array.from(
    { length: VOCABULARY },
    (_, token) => 2 * Math.sin(1 + 3.7 * token + 1.3 * last * token + 0.9 * before),
  );
}

const servers: FakeOpenAI[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

const open = async () => {
  // Scoring draws one token more than the longest sequence.
  const model = await openEngine({
    kind: "scripted",
    vocabularySize: VOCABULARY,
    contextLength: 129,
    logits,
  });
  const tokenizer = letterTokenizer(VOCABULARY);
  const server = await FakeOpenAI.start(model, tokenizer, "vllm");
  servers.push(server);
  return openEngine({
    kind: "openai",
    url: server.url,
    model: "tiny",
    tokenizer,
    contextLength: 128,
    requestsInFlight: 8,
    timing: { retry: 5 },
  });
};

const reason = "a served model is not trained";
describeEngine("openai", {
  open,
  reopen: open,
  skips: { training: reason, "full-training": reason, "export-model": reason, clipping: reason },
});
