export { type TokenizerTraining, trainTokenizer } from "./bpe-trainer.js";
export { attemptsCalls, parseCalls, printCalls } from "./call-grammar.js";
export {
  type ChatInput,
  type ChatTemplate,
  type ChatTemplateOptions,
  createChatTemplate,
} from "./chat-template.js";
export type { SyntaxRule } from "./cursor.js";
export { firstFragmentEnd, fragmentSpans, type TokenSpan } from "./fragments.js";
export { entryOf, parseJsonLiteral, printJson } from "./json-literal.js";
export { parseLiteral } from "./literal.js";
export type { LiteralParse } from "./literal-parse.js";
export { printLiteral } from "./print-literal.js";
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
export { type StandardTool, standardTool } from "./standard-schema.js";
export { createTokenizer } from "./tokenizer.js";
export { jsonSchemaOf, schemaFromJson, toolFromJson } from "./tool-schema.js";
export {
  canonicalText,
  jsonToLiteral,
  literalsEqual,
  literalToJson,
  matchesEnum,
  matchesSchema,
} from "./values.js";
