/** The official search for tools: the highest cosine of two embeddings above 0, whatever model makes them. */
import type { Embedder, ToolFinder } from "../../../spec/index.js";
import { embeddedText, type ToolLibrary, toolEntries } from "./tool-library.js";

/** Finds by the texts that the official program embeds; those of the library are embedded once, when first needed. */
export function createEmbeddingFinder(library: ToolLibrary, embedder: Embedder): ToolFinder {
  const entries = toolEntries(library);
  let vectors: Awaited<ReturnType<Embedder["embed"]>> | undefined;
  return {
    name: `embeddings of ${embedder.name}`,
    async find(keywords) {
      vectors ??= await embedder.embed(entries.map(embeddedText));
      const [wanted] = await embedder.embed([keywords]);
      const cosines = vectors.map((vector) => cosine(wanted ?? [], vector));
      const best = cosines.reduce((top, value, index) => (value > (cosines[top] ?? 0) ? index : top), -1);
      return entries[best]?.name;
    },
  };
}

/** 0 where a vector has no length. */
function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  const lengths = Math.sqrt(dot(one, one) * dot(other, other));
  return lengths > 0 ? dot(one, other) / lengths : 0;
}
