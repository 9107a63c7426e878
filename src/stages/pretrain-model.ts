/**
 * The fresh model that pre-training starts from: a tokenizer trained on the stream's own text, drawn weights, and the
 * chat template, as one Hugging Face folder.
 */
import { freshModelConfig, initialiseModel, writeModelFolder } from "../engine/index.js";
import { deriveSeed } from "../method/index.js";
import type { Example, JsonObject } from "../spec/index.js";
import { type ChatTemplate, createChatTemplate, trainTokenizer } from "../text/index.js";
import { phaseAt, pretrainExamples } from "./pretrain-data.js";
import type { PretrainSettings } from "./pretrain-settings.js";

/** Ids 0 … 5 of the small model's vocabulary. */
export const SPECIAL_TOKENS = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"];

/**
 * Words that take the space before them into one piece. All other pieces stand apart from spaces, capitals, digits
 * and signs, so that a value is the same token ids in a request and between the quotes of a call: without that a small
 * model cannot copy it. These words are never values, and joining them saves a fifth of the tokens.
 */
const FUNCTION_WORDS =
  "the|a|an|and|or|to|of|in|on|at|for|with|by|from|is|are|be|it|its|my|me|we|our|us|you|your|please|can|could|would|will|that|this|what|which|as|do|not|no|need|want|like|have|has|also|then|so|if|there";

/** Pieces that no merge crosses; Oniguruma and JavaScript read it alike. */
export const PIECE_PATTERN = ` (?:${FUNCTION_WORDS})(?![A-Za-z0-9_])|[a-z]+|[A-Z][a-z]*|[0-9]|[^\\sA-Za-z0-9]+|\\s`;

/**
 * The files beside the weights, by name: a tokenizer trained on `settings.tokenizer.rows` rows spread over the phases,
 * its settings, and the chat template.
 */
export function createCompanions(settings: PretrainSettings, chatTemplate: string): Record<string, string> {
  const tokenizer = trainTokenizer({
    texts: corpus(settings, chatTemplate),
    vocabularySize: settings.model.vocabularySize,
    specialTokens: SPECIAL_TOKENS,
    pattern: PIECE_PATTERN,
  });
  const tokenizerConfig = {
    tokenizer_class: "PreTrainedTokenizerFast",
    model_max_length: settings.model.contextLength,
    clean_up_tokenization_spaces: false,
    pad_token: "<|pad|>",
    eos_token: "<|end|>",
    chat_template: chatTemplate,
  };
  return {
    "tokenizer.json": printJson(tokenizer),
    "tokenizer_config.json": printJson(tokenizerConfig),
    "generation_config.json": printJson({ eos_token_id: 1, pad_token_id: 0, do_sample: false }),
    "chat_template.jinja": chatTemplate,
  };
}

function printJson(value: JsonObject): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

/** Draws the weights and writes the whole model folder, with copies of the files in `companions`. */
export async function writeFreshModel(
  settings: PretrainSettings,
  directory: string,
  companions: string,
): Promise<void> {
  const { embeddingDeviation, copyCircuit, ...shape } = settings.model;
  const seed = deriveSeed(settings.seed, "weights");
  const tensors = initialiseModel(shape, { seed, embeddingDeviation, copyCircuit });
  const config = { ...freshModelConfig(shape), eos_token_id: 1, pad_token_id: 0 };
  await writeModelFolder(directory, config, tensors, { companionsFrom: companions });
}

/** Rows of the stream as rendered text: the prompt that the template makes, and the response. */
function* corpus(settings: PretrainSettings, chatTemplate: string): Generator<string> {
  const template = createChatTemplate(chatTemplate, {});
  const { rows } = settings.tokenizer;
  for (let index = 0; index < rows; index++) {
    const phase = phaseAt(settings.phases, index / rows);
    for (const example of pretrainExamples(deriveSeed(settings.seed, "tokenizer"), index, phase)) {
      yield renderText(template, example);
    }
  }
}

function renderText(template: ChatTemplate, { messages, tools, response }: Example): string {
  return template.render({ messages, tools, addGenerationPrompt: true }) + response;
}
