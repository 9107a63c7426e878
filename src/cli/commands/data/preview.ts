/**
 * `itool data preview`: one example as the exact tokens that a model reads in training, and which of them are trained.
 */
import type { Difficulty, Example, Origin, Tokenizer } from "../../../spec/index.js";
import type { RenderedExample } from "../../../text/index.js";

/** One token of a previewed example. */
export interface PreviewToken {
  readonly id: number;
  /** Its text; bytes that are no text by themselves are written `\xE4\xB8`. */
  readonly text: string;
  /** Whether the loss counts it. */
  readonly trained: boolean;
}

/** An example with its tokens. */
export interface RowPreview {
  readonly id: string;
  readonly origin: Origin;
  readonly difficulty: Difficulty;
  readonly category: string;
  readonly tags: readonly string[];
  readonly toolCount: number;
  readonly callCount: number;
  readonly tokens: readonly PreviewToken[];
  readonly trainedCount: number;
}

/** The preview of an example under the tokenizer that rendered it. */
export function previewRow(example: Example, rendered: RenderedExample, tokenizer: Tokenizer): RowPreview {
  const tokens = rendered.tokens.map((id, position) => ({
    id,
    text: textOf(tokenizer.bytes(id)),
    trained: rendered.mask[position] === 1,
  }));
  const { id, origin, difficulty, category, tags, tools, calls } = example;
  const trainedCount = tokens.filter((token) => token.trained).length;
  const counts = { toolCount: tools.length, callCount: calls.length, trainedCount };
  return { id, origin, difficulty, category, tags, tokens, ...counts };
}

/** What stands above the tokens of a preview. */
export function previewTitle(preview: RowPreview): {
  readonly title: string;
  readonly notes: readonly string[];
} {
  const { origin, difficulty, category, tags, toolCount, callCount, tokens, trainedCount } = preview;
  return {
    title: `${origin.file}, row ${origin.row}, ${origin.field ?? `turn ${origin.turn}`}`,
    notes: [
      `class ${difficulty}, category ${category}${tags.length > 0 ? `, tags ${tags.join(" ")}` : ""}`,
      `${toolCount} tools, ${callCount} calls; ${tokens.length} tokens, of which ${trainedCount} are trained`,
    ],
  };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return [...bytes].map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  }
}
