export { type TokenizerTraining, trainTokenizer } from "./bpe-trainer.js";
export {
  type ChatInput,
  type ChatTemplate,
  type ChatTemplateOptions,
  createChatTemplate,
} from "./chat-template.js";
export {
  checkLength,
  findStopToken,
  type LengthCheck,
  type PromptParts,
  type RenderContext,
  type RenderedExample,
  renderExample,
  renderPrompt,
  renderPromptText,
  renderResponse,
} from "./render.js";
export { createTokenizer } from "./tokenizer.js";
export { jsonSchemaOf, schemaFromJson, toolFromJson } from "./tool-schema.js";
