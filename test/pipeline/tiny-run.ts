/**
 * A whole run in a second or two, for tests: the built-in world, a byte tokenizer, and the scripted engine, whose small
 * table is really trained. The script knows the gold responses and adds noise, so that searches find right and wrong ones.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEngine } from "../../src/engine/index.js";
import { deriveSeed } from "../../src/method/index.js";
import type { Engine, JsonObject } from "../../src/spec/index.js";
import { type BaseModel, parseRecipe, type Recipe } from "../../src/stages/index.js";
import { fingerprintPath, loadRenderContext } from "../../src/store/index.js";
import { generateToolworld, toolworldExamples } from "../../src/tasks/toolworld/index.js";
import { type RenderContext, renderResponse, trainTokenizer } from "../../src/text/index.js";

const specialTokens = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"];

const template = [
  "{%- for message in messages -%}<|{{ message.role }}|>{{ message.content }}",
  "{{ '<|end|>' if message.role == 'assistant' }}{%- endfor -%}",
  "{{ '<|assistant|>' if add_generation_prompt }}",
].join("");

/** A recipe that uses every stage; `overrides` as for `--set`. */
export function tinyRecipe(overrides: readonly string[] = []): Recipe {
  const text = `
name: tiny
seed: 3
engine: { kind: scripted }
model: tiny
adapter: { rank: 2, alpha: 4 }
data:
  source: toolworld
  trainRows: 18
  evaluationRows: 6
  categories: { single: 3, refusal: 1 }
  argumentWork: 0
  maxTools: 1
rounds: 2
warmup: { epochs: 1, batchRows: 4, learningRate: 0.05, checkpointEvery: 2 }
rank: { share: 0.7, chunkRows: 7 }
explore: { samples: 4, iterations: 3, temperature: 1, batchTrees: 3, maximumTokens: 60, simulation: sampled-continuation }
pair: { valueGap: 0.05, minimumValue: null }
prefer: { epochs: 1, batchRows: 2, learningRate: 0.05, checkpointEvery: 2 }
evaluate: { maximumTokens: 60, chunkRows: 5 }
`;
  return parseRecipe({ file: "tiny.yaml", text, overrides });
}

/** A run of a few seconds with the embedded engine on the small model of this repository. */
export function nanoRecipe(): Recipe {
  const text = `
name: nano-short
seed: 5
model: models/nano
adapter: { rank: 4, alpha: 8 }
data: { source: toolworld, trainRows: 24, evaluationRows: 6 }
rounds: 1
warmup: { epochs: 1, batchRows: 4, learningRate: 0.002, checkpointEvery: 2 }
rank: { share: 0.4, chunkRows: 10 }
explore: { samples: 4, iterations: 3, depthLimit: 4, batchTrees: 4, maximumTokens: 80, simulation: sampled-continuation }
pair: { minimumValue: null }
prefer: { epochs: 1, batchRows: 3, learningRate: 0.001, checkpointEvery: 2 }
evaluate: { maximumTokens: 80, chunkRows: 4 }
`;
  return parseRecipe({ file: "nano-short.yaml", text });
}

/** The base model of a folder, with the embedded engine. */
export async function openNanoModel(folder: string): Promise<BaseModel> {
  return {
    context: await loadRenderContext(folder),
    fingerprint: await fingerprintPath(folder),
    openEngine: (model = folder) => openEngine({ kind: "embedded", model }),
  };
}

/** Writes the text side of the tiny model: what `loadRenderContext` reads. */
export async function writeTinyFolder(folder: string): Promise<void> {
  const tokenizer = trainTokenizer({
    texts: trainingTexts(),
    vocabularySize: 320,
    specialTokens,
    pattern: "[a-z]+|[A-Z]+|[0-9]|[^A-Za-z0-9]",
  });
  const tokenizerConfig = { tokenizer_class: "PreTrainedTokenizerFast", chat_template: template };
  await mkdir(folder, { recursive: true });
  await writeJson(folder, "tokenizer.json", tokenizer);
  await writeJson(folder, "tokenizer_config.json", tokenizerConfig);
  await writeJson(folder, "config.json", tinyConfig);
}

/** Of a model without weights: the scripted engine needs none. */
const tinyConfig = {
  architectures: ["LlamaForCausalLM"],
  vocab_size: 256,
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  max_position_embeddings: 600,
  tie_word_embeddings: true,
};

function* trainingTexts(): Generator<string> {
  for (const row of generateToolworld({ seed: 5, split: "pretrain", count: 40 })) {
    for (const { response } of toolworldExamples(row)) yield response;
  }
}

async function writeJson(folder: string, name: string, value: JsonObject): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(value));
}

/** The tiny base model, opened on a folder that `writeTinyFolder` wrote. */
export async function openTinyModel(folder: string, recipe: Recipe): Promise<BaseModel> {
  const context = await loadRenderContext(folder);
  const logits = noisyGold(context, recipe);
  const openTiny = (weights?: string): Promise<Engine> =>
    openEngine({
      kind: "scripted",
      vocabularySize: context.tokenizer.vocabularySize,
      contextLength: context.contextLength,
      logits,
      ...(weights === undefined ? {} : { weights }),
    });
  return { context, fingerprint: "0".repeat(64), openEngine: openTiny };
}

/** After the beginning of some gold response, what follows it there is likely; everything else is a little possible. */
function noisyGold(context: RenderContext, recipe: Recipe): (prefix: readonly number[]) => Float64Array {
  const { vocabularySize, tokenId } = context.tokenizer;
  const assistant = tokenId("<|assistant|>")!;
  const next = new Map<string, Map<number, number>>();
  for (const response of goldResponses(recipe)) {
    const tokens = renderResponse(context, response);
    tokens.forEach((token, index) => {
      const key = tokens.slice(0, index).join(" ");
      const counts = next.get(key) ?? new Map<number, number>();
      next.set(key, counts.set(token, (counts.get(token) ?? 0) + 1));
    });
  }
  return (prefix) => {
    const logits = new Float64Array(vocabularySize);
    const start = prefix.lastIndexOf(assistant);
    if (start < 0) return logits;
    const counts = next.get(prefix.slice(start + 1).join(" "));
    for (const [token, count] of counts ?? []) logits[token] = 8 + Math.log(count);
    if (counts === undefined) logits[context.stopToken] = 8;
    return logits;
  };
}

function* goldResponses({ data, seed }: Recipe): Generator<string> {
  if (data.source !== "toolworld") return;
  const { source: _, trainRows, evaluationRows: __, evaluationSeed: ___, ...world } = data;
  const options = {
    ...world,
    seed: deriveSeed(seed, "toolworld"),
    split: "train" as const,
    count: trainRows,
  };
  for (const row of generateToolworld(options)) {
    for (const { response } of toolworldExamples(row)) yield response;
  }
}
