/** The small model's template on BFCL: every item is shown; and the rows that it is trained on stay what they were. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { loadRenderContext } from "../../src/store/index.js";
import { type BfclItem, classDocuments, documentsFor, toolsOf } from "../../src/tasks/bfcl/index.js";
import { generateToolworld, toolworldExamples } from "../../src/tasks/toolworld/index.js";
import { renderExample } from "../../src/text/index.js";
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
  it("have tools that nano's template shows, every one", async () => {
    const { bench, files } = await openOracle();
    const sourcesOf = (item: BfclItem) =>
      item.multiTurn === undefined
        ? item.docs.map(({ source }) => source)
        : classDocuments(item.multiTurn.classes, files.functionDocs);
    const seen = new Set<string>();
    for (const items of bench.categories.values()) {
      for (const id of items.ids) {
        const item = items.item(id)!;
        for (const tool of toolsOf(documentsFor(item.category, sourcesOf(item)))) {
          const key = JSON.stringify(tool.source);
          if (seen.has(key)) continue;
          seen.add(key);
          const messages = [{ role: "user" as const, content: "Hi" }];
          const text = context.template.render({ messages, tools: [tool], addGenerationPrompt: true });
          const [first] = tool.parameters;
          if (!text.includes(`${tool.name}(${first?.name ?? ")"}`)) throw new Error(`${id}: ${text}`);
        }
      }
    }
    expect(seen.size).toBeGreaterThan(2000);
  }, 120_000);
});
