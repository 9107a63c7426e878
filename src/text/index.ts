export { type TokenizerTraining, trainTokenizer } from "./bpe-trainer.js";
export { createTokenizer } from "./tokenizer.js";
