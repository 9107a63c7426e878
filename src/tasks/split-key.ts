/** What decides on which side of a split a row falls: its tools, so that no tool list is on both. */
import { createHash } from "node:crypto";
import type { Message, Tool } from "../spec/index.js";

/** What the key is made of. */
export interface SplitParts {
  readonly tools: readonly Tool[];
  readonly messages: readonly Message[];
}

/**
 * A hash of the tools' names and parameters, their order and descriptions aside; without tools, of the first request.
 */
export function splitKey({ tools, messages }: SplitParts): string {
  if (tools.length === 0) return hashOf(messages.find(({ role }) => role === "user")?.content ?? "");
  const signatures = tools.map(({ name, parameters }) =>
    JSON.stringify([name, parameters.map((parameter) => parameter.name).toSorted()]),
  );
  return hashOf(signatures.toSorted().join("\n"));
}

/** A hash of everything that is said, upper and lower case, white space and punctuation aside: copies share it. */
export function contentKey({ messages }: Pick<SplitParts, "messages">): string {
  const texts = messages.map(({ role, content }) => `${role}:${normalized(content)}`);
  return hashOf(texts.join("\n"));
}

/** Lower case, letters and digits only, single spaces. */
export function normalized(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
