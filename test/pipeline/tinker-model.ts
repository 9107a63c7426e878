/** The tiny model as a base model on a fake server. */
import { openEngine } from "../../src/engine/index.js";
import type { BaseModel } from "../../src/stages/index.js";
import { loadRenderContext } from "../../src/store/index.js";
import { quickTiming } from "../support/tinker/quick-timing.js";

/** Text side from the folder that `writeTinyFolder` wrote, numbers from the server. */
export async function openTinyOnServer(folder: string, url: string): Promise<BaseModel> {
  const context = await loadRenderContext(folder);
  return {
    context,
    fingerprint: "1".repeat(64),
    openEngine: (weights) =>
      openEngine({
        kind: "tinker",
        url,
        model: "tiny",
        vocabularySize: context.tokenizer.vocabularySize,
        contextLength: context.contextLength,
        timing: quickTiming,
        ...(weights === undefined ? {} : { weights }),
      }),
  };
}
