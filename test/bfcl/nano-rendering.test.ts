/** The small model's template on BFCL: every item is shown; and the rows that it is trained on stay what they were. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { loadRenderContext } from "../../src/store/index.js";
import {
  type BfclItem,
  classDocuments,
  documentsFor,
  toMessage,
  toolsOf,
} from "../../src/tasks/bfcl/index.js";
import { generateToolworld, toolworldExamples } from "../../src/tasks/toolworld/index.js";
import { renderExample, renderPromptText } from "../../src/text/index.js";
import { hasOracle, openOracle } from "../support/bfcl-oracle.js";

const context = await loadRenderContext("models/nano", {});

describe("training rows", () => {
  it("have the tokens that they had when the weights were made", () => {
    const hash = createHash("sha256");
    for (const row of generateToolworld({ split: "train", seed: 0, count: 60 }))
      for (const example of toolworldExamples(row))
        hash.update(JSON.stringify(renderExample(context, example).tokens));
    expect(hash.digest("hex")).toBe("b9616e0764c52c6ce4f85f1d8edcd9030e08a99353fc7fc5a093b467b1ecccb6");
  });
});

describe.skipIf(!hasOracle)("the official items (needs ../shared/bfcl)", () => {
  it("are all shown by nano's template, with every parameter", async () => {
    const { bench, files } = await openOracle();
    const sourcesOf = (item: BfclItem) =>
      item.multiTurn === undefined
        ? item.docs.map(({ source }) => source)
        : classDocuments(item.multiTurn.classes, files.functionDocs);
    let shown = 0;
    for (const items of bench.categories.values()) {
      for (const id of items.ids) {
        const item = items.item(id)!;
        const tools = toolsOf(documentsFor(item.category, sourcesOf(item)));
        const text = renderPromptText(context, { messages: (item.turns[0] ?? []).map(toMessage), tools });
        for (const { name, parameters } of tools) {
          const listed = parameters.map((parameter) => parameter.name).join();
          if (!text.includes(`${name}(${parameters[0]?.name ?? ")"}`))
            throw new Error(`${id}: ${name}(${listed})`);
          shown += 1;
        }
      }
    }
    expect(shown).toBeGreaterThan(30_000);
  }, 120_000);
});
