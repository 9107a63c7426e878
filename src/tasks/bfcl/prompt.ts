/** What a model is told in prompting mode: our own words for the official default prompt, and the documents it carries. */
import type { JsonObject, SpokenMessage, Tool } from "../../spec/index.js";
import { toolFromJson } from "../../text/index.js";
import { field, objectOf, textOf } from "../json-text.js";
import { type BfclCategory, languageOf } from "./category.js";
import type { QuestionMessage } from "./item.js";

const INSTRUCTIONS = [
  "You are an expert at composing function calls. You get a question and a set of functions; answer the question by making one or more calls of them.",
  "If none of the functions fits, say so. If a parameter that a function requires is missing from the question, say that too.",
  "",
  "Return the calls and no other text, in exactly this form: [function_one(parameter_one=value_one, parameter_two=value_two), function_two(parameter=value)]",
  "",
  "At each turn, try to do all that the user asks in this turn, and go on calling functions until it is done. When you call none, the turn is over and the next one begins.",
  "",
  "These are the functions, in JSON:",
].join("\n");

/** The system message with these functions; an item's own system text follows it. */
export function systemPrompt(docs: readonly JsonObject[]): string {
  return `${INSTRUCTIONS}\n${JSON.stringify(docs, undefined, 4)}\n`;
}

/** The messages of a first turn with the system prompt in front. */
export function withSystemPrompt(
  messages: readonly QuestionMessage[],
  docs: readonly JsonObject[],
): readonly SpokenMessage[] {
  const [first, ...others] = messages.map(toMessage);
  const prompt = systemPrompt(docs);
  if (first?.role !== "system") return [{ role: "system", content: prompt }, ...messages.map(toMessage)];
  return [{ role: "system", content: `${prompt}\n\n${first.content}` }, ...others];
}

/** A message of a question as a turn of a dialogue. */
export function toMessage({ role, content }: QuestionMessage): SpokenMessage {
  return { role: role === "system" || role === "assistant" ? role : "user", content };
}

/** The functions as tools, for models whose own template shows them. */
export function toolsOf(docs: readonly JsonObject[]): Tool[] {
  return docs.map((doc) => toolFromJson(doc));
}

const SYNTAX = { python: "Python 3", java: "Java 8 SDK", javascript: "JavaScript" } as const;

/**
 * The documents as models see them: each says which language its syntax is of, and in Java and JavaScript every value is
 * a text. Checkers use the unchanged ones.
 */
export function documentsFor(category: BfclCategory, docs: readonly JsonObject[]): JsonObject[] {
  const language = languageOf(category);
  const hint = ` The function is written in ${SYNTAX[language]} syntax.`;
  return docs.map((doc) => {
    const described = { ...doc, description: `${textOf(field(doc, "description"))}${hint}` };
    return language === "python"
      ? described
      : { ...described, parameters: textParameters(doc, SYNTAX[language]) };
  });
}

function textParameters(doc: JsonObject, language: string): JsonObject {
  const schema = objectOf(field(doc, "parameters"));
  const properties = Object.entries(objectOf(field(schema, "properties"))).map(([name, value]) => [
    name,
    textParameter(objectOf(value), language),
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** A parameter whose value is written as a text of the language. */
function textParameter(parameter: JsonObject, language: string): JsonObject {
  const { items, properties, ...rest } = parameter;
  const type = textOf(field(parameter, "type"));
  const notes = [
    type === "any"
      ? ` Any ${language} value, written as a string.`
      : ` A ${language} value of type ${type}, written as a string.`,
  ];
  const itemType = field(objectOf(items), "type");
  if (typeof itemType === "string")
    notes.push(` Its elements are of type ${itemType} and are not strings themselves.`);
  if (properties !== undefined) notes.push(` Its entries follow this schema: ${JSON.stringify(properties)}`);
  return {
    ...rest,
    type: "string",
    description: `${textOf(field(parameter, "description"))}${notes.join("")}`,
  };
}
