/** Which search for tools a command uses. */
import { createEmbeddingClient } from "../../engine/openai/embedding-client.js";
import { ConfigError, type ToolFinder } from "../../spec/index.js";
import {
  type ApiBank,
  createEmbeddingFinder,
  createLexicalFinder,
  toolLibraryOf,
} from "../../tasks/api-bank/index.js";

/** Flags of an embedding server. */
export interface FinderFlags {
  /** Base address of a server with OpenAI's interface. */
  readonly embeddings?: string;
  readonly embeddingModel?: string;
}

/** Environment variable with the key of the server, where it wants one. */
export const EMBEDDING_KEY = "ITOOL_EMBEDDING_KEY";

const defaultModel = "sentence-transformers/paraphrase-MiniLM-L3-v2";

/** BM25, or the embeddings of the server asked for. @throws ConfigError for an address that is none */
export function openFinder(flags: FinderFlags, bank: ApiBank): ToolFinder {
  const library = toolLibraryOf(bank);
  if (flags.embeddings === undefined) return createLexicalFinder(library);
  requireAddress(flags.embeddings);
  const apiKey = process.env[EMBEDDING_KEY];
  const embedder = createEmbeddingClient({
    url: flags.embeddings,
    model: flags.embeddingModel ?? defaultModel,
    ...(apiKey !== undefined && { apiKey }),
  });
  return createEmbeddingFinder(library, embedder);
}

function requireAddress(address: string): void {
  if (URL.canParse(address) && /^https?:/.test(address)) return;
  const message = `--embeddings is ${address}, which is no address. Give one like http://127.0.0.1:8000/v1.`;
  throw new ConfigError(message, { embeddings: address });
}
