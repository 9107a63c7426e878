import { describe, expect, it } from "vitest";
import { importToolaceRow, type Row } from "../../../tasks/index.js";
import { row } from "../../../tasks/toolace/fixture-rows.js";
import { createChatTemplate, createTokenizer, renderExample, trainTokenizer } from "../../../text/index.js";
import { previewRow } from "./preview.js";
import { renderPreview } from "./preview-text.js";

const tokenizer = createTokenizer(
  trainTokenizer({
    texts: ["abc abc"],
    vocabularySize: 260,
    specialTokens: ["<s>", "</s>"],
    pattern: "[\\s\\S]",
  }),
  {},
);
const context = {
  tokenizer,
  template: createChatTemplate("{% for m in messages %}{{ m.content }}\n{% endfor %}<s>"),
  stopToken: 1,
  contextLength: 99,
};
const preview = (question: string, answer: string) => {
  const source: Row = {
    row: 2,
    value: row({
      before: "",
      tools: [],
      turns: [
        ["user", question],
        ["assistant", answer],
      ],
    }),
  };
  const result = importToolaceRow(source, { file: "data.json" });
  if (!result.ok) throw new Error(result.rejection.message);
  const example = result.examples[0]!;
  return previewRow(example, renderExample(context, example), tokenizer);
};

describe("previewRow", () => {
  it("gives every token of the training sequence, marked where trained", () => {
    const { tokens, trainedCount, ...header } = preview("ab", "c");
    expect(tokens.map(({ text, trained }) => [text, trained])).toEqual([
      ["a", false],
      ["b", false],
      ["\n", false],
      ["<s>", false],
      ["c", true],
      ["</s>", true],
    ]);
    expect(tokens.map(({ id }) => id)).toEqual(
      [..."ab\n"].map((c) => tokenizer.encode(c)[0]).concat(0, tokenizer.encode("c"), 1),
    );
    expect(trainedCount).toBe(2);
    expect(header).toMatchObject({
      id: "data.json#2.1",
      difficulty: "easy",
      category: "refusal",
      toolCount: 0,
      callCount: 0,
    });
  });

  it("writes bytes that are no text by themselves as escapes", () => {
    expect(
      preview("é", "c")
        .tokens.slice(0, 2)
        .map(({ text }) => text),
    ).toEqual(["\\xC3", "\\xA9"]);
  });
});

describe("renderPreview", () => {
  it("puts trained tokens in brackets where styles are not allowed", () => {
    expect(renderPreview(preview("ab", "c"), { styled: false, ids: false })).toBe(
      [
        "data.json, row 2, conversations[1].value",
        "class easy, category refusal",
        "0 tools, 0 calls; 6 tokens, of which 2 are trained",
        "· separates tokens; trained tokens stand in ⟦ ⟧",
        "",
        "a·b·⏎",
        "·<s>·⟦c·</s>⟧",
      ].join("\n"),
    );
  });

  it("underlines them where styles are allowed, and lists ids on request", () => {
    const page = renderPreview(preview("ab", "c"), { styled: true, ids: true });
    expect(page).toContain("\u001b[4;32mc\u001b[24;39m");
    expect(page).not.toContain("\u001b[4;32mb");
    expect(page.split("\n").slice(-2)).toEqual([
      `4  ${String(tokenizer.encode("c")[0]).padStart(3)}  *  "c"`,
      '5    1  *  "</s>"',
    ]);
  });

  it("never passes on control characters of the data", () => {
    const page = renderPreview(preview("a\u001b[2J\u202eb\u0085", "c\u0007"), { styled: false, ids: true });
    expect([...page].filter((c) => (c < " " && c !== "\n") || c === "\u202e" || c === "\u0085")).toEqual([]);
    expect(page).toContain("␛");
  });
});
