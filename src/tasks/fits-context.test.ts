import { describe, expect, it } from "vitest";
import type { Example } from "../spec/index.js";
import { createChatTemplate, createTokenizer, type RenderContext, trainTokenizer } from "../text/index.js";
import { fitsContext } from "./fits-context.js";
import { row } from "./toolace/fixture-rows.js";
import { importToolaceRow } from "./toolace/import-row.js";

const tokenizer = createTokenizer(
  trainTokenizer({
    texts: ["weather"],
    vocabularySize: 260,
    specialTokens: ["<s>", "</s>"],
    pattern: "[\\s\\S]",
  }),
  {},
);
const contextOf = (template: string, contextLength: number): RenderContext => ({
  tokenizer,
  template: createChatTemplate(template),
  contextLength,
  stopToken: 1,
});
const plain = "{% for m in messages %}<s>{{ m.content }}</s>{% endfor %}<s>";
const example = ((): Example => {
  const result = importToolaceRow(
    {
      row: 4,
      value: row({
        before: "",
        tools: [],
        turns: [
          ["user", "abc"],
          ["assistant", "xy"],
        ],
      }),
    },
    { file: "f" },
  );
  if (!result.ok) throw new Error(result.rejection.message);
  return result.examples[0]!;
})();

describe("fitsContext", () => {
  // Tokens: <s> a b c </s> <s> x y </s>
  it("does not encode what no model of this length can take", () => {
    const messages = [{ role: "user" as const, content: "x".repeat(30_000_000) }];
    const start = performance.now();
    const fit = fitsContext({ ...example, messages }, contextOf(plain, 9));
    expect(fit).toMatchObject({ ok: false, rejection: { rule: "too-long" } });
    expect(performance.now() - start).toBeLessThan(500);
  });

  it("renders an example that just fits", () => {
    const fit = fitsContext(example, contextOf(plain, 9));
    expect(fit).toMatchObject({ ok: true, rendered: { promptLength: 6 } });
    expect(fit.ok && [...fit.rendered.mask]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
  });

  it("sets aside what is one token too long, with the number of tokens", () => {
    expect(fitsContext(example, contextOf(plain, 8))).toEqual({
      ok: false,
      rejection: {
        file: "f",
        row: 4,
        field: "conversations[1].value",
        rule: "too-long",
        message: expect.stringMatching(/^9 tokens; the model takes 8/u),
      },
    });
  });

  it("sets aside what the template refuses", () => {
    const refusing = `{% if messages[0].content == "abc" %}{{ raise_exception("no abc here") }}{% endif %}${plain}`;
    expect(fitsContext(example, contextOf(refusing, 99))).toMatchObject({
      ok: false,
      rejection: { rule: "template", message: expect.stringContaining("no abc here") },
    });
  });
});
