import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../spec/index.js";
import { checkData, parseJsonRowsAsync } from "../../../tasks/index.js";
import { row, tool } from "../../../tasks/toolace/fixture-rows.js";
import { createChatTemplate, createTokenizer, trainTokenizer } from "../../../text/index.js";
import { renderCheck } from "./check-table.js";

const linesOf = (...values: JsonValue[]): string => values.map((value) => JSON.stringify(value)).join("\n");
const check = (text: string, options = {}) =>
  checkData(parseJsonRowsAsync(once(text), { file: "f.jsonl" }), { file: "f.jsonl", ...options });
async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
const oneTool = row({
  tools: [tool("t")],
  turns: [
    ["user", "Hi"],
    ["assistant", "[t()]"],
  ],
});
const refusal = row({
  turns: [
    ["user", "Hi"],
    ["assistant", "None fits."],
  ],
});
const emptyAnswer = row({
  turns: [
    ["user", "Hi"],
    ["assistant", ""],
    ["user", "Oslo?"],
    ["assistant", '[Weather API(city="Oslo")]'],
  ],
});
const broken = row({
  turns: [
    ["user", "Hi"],
    ["assistant", "[Weather API(city=Oslo)]"],
  ],
});
const text = `${linesOf(oneTool, refusal)}\n{"system": \n${linesOf(emptyAnswer, broken, broken, {})}`;

describe("checkData", () => {
  it("counts rows, answers, reasons, classes, categories and lengths", async () => {
    const report = await check(text, { places: 1 });
    expect(report).toMatchObject({
      file: "f.jsonl",
      rows: { read: 7, imported: 3, setAside: 4 },
      answers: { read: 4, examples: 3, setAside: 1, withCalls: 2, text: 1, calls: 2 },
      setAside: [
        { rule: "broken-call", count: 2, first: [{ row: 4, field: "conversations[1].value" }] },
        { rule: "json", count: 1, first: [{ row: 2, message: expect.stringContaining("Line 3") }] },
        { rule: "empty-answer", count: 1, first: [{ row: 3 }] },
        { rule: "field-type", count: 1, first: [{ row: 6, field: "system" }] },
      ],
      findings: [],
      classes: [
        { name: "easy", count: 1 },
        { name: "medium", count: 2 },
        { name: "hard", count: 0 },
      ],
      categories: [
        { name: "single", count: 1 },
        { name: "refusal", count: 1 },
        { name: "multi-turn", count: 1 },
      ],
    });
    expect(report.setAside[0]?.first).toHaveLength(1);
    expect(report.lengths.map(({ name, unit, quantiles }) => [name, unit, quantiles.count])).toEqual([
      ["tools", "tools", 3],
      ["tool list", "characters", 3],
      ["most calls in a turn", "calls", 3],
      ["dialogue before the answer", "characters", 3],
      ["answer", "characters", 3],
    ]);
  });

  it("adds tokens, and sets aside what does not fit, where a model is given", async () => {
    const tokenizer = createTokenizer(
      trainTokenizer({
        texts: ["t"],
        vocabularySize: 260,
        specialTokens: ["<s>", "</s>"],
        pattern: "[\\s\\S]",
      }),
      {},
    );
    const template = createChatTemplate("{% for m in messages %}{{ m.content }}\n{% endfor %}<s>");
    const context = {
      tokenizer,
      template,
      stopToken: 1,
      contextLength: 75,
      toolPlacement: "nowhere",
    } as const;
    const report = await check(linesOf(oneTool, refusal), { context });
    expect(report.answers).toMatchObject({ read: 2, examples: 1, setAside: 1 });
    expect(report.setAside).toMatchObject([{ rule: "too-long", count: 1, first: [{ row: 1 }] }]);
    const tokens = report.lengths.filter(({ unit }) => unit === "tokens");
    // "<s>" and "</s>" are one token each, every other character is one.
    const prompt = "Answer with calls of the functions below, or say that none fits.\nHi\n".length + 1;
    expect(tokens.map(({ name, quantiles }) => [name, quantiles.count, quantiles.maximum])).toEqual([
      ["prompt", 1, prompt],
      ["answer", 1, "[t()]".length + 1],
      ["whole", 1, prompt + "[t()]".length + 1],
    ]);
  });

  it("reports an empty file", async () => {
    const report = await check("");
    expect(report).toMatchObject({ rows: { read: 0, imported: 0, setAside: 0 }, setAside: [], lengths: [] });
    expect(renderCheck(report)).toContain("0 rows read");
  });

  const real = path.resolve("../shared/tool-data/toolace/data.json");
  it.skipIf(!existsSync(real))(
    "reports on ToolACE (skipped without shared/tool-data)",
    async () => {
      const report = await check(readFileSync(real, "utf8"));
      expect(report.rows).toEqual({ read: 1397, imported: 1326, setAside: 71, withoutCall: 171 });
      expect(report.answers).toEqual({
        read: 1626,
        examples: 1624,
        setAside: 2,
        withCalls: 1247,
        text: 377,
        calls: 2316,
      });
      expect(report.setAside.map(({ rule, count }) => [rule, count])).toEqual([
        ["other-syntax", 71],
        ["empty-answer", 1],
        ["mixed-answer", 1],
      ]);
      const shares = report.classes.map(({ count }) => ((100 * count) / 1326).toFixed(1));
      expect(shares).toEqual(["17.1", "36.8", "46.1"]);
      const { q25, q50, q75, q90, q99, maximum } = report.lengths.find(
        ({ name }) => name === "tool list",
      )!.quantiles;
      // README §3 of the data: 863/1428/2146/2858/4307/7055, by another definition of quantiles.
      for (const [value, published] of [
        [q25, 863],
        [q50, 1428],
        [q75, 2146],
        [q90, 2858],
        [q99, 4307],
        [maximum, 7055],
      ] as const) {
        expect(Math.abs(value - published)).toBeLessThanOrEqual(0.005 * published);
      }
    },
    30_000,
  );
});

describe("renderCheck", () => {
  it("says how many, why, where first, and what to do", async () => {
    const page = renderCheck(await check(text, { places: 1 }));
    expect(page).toContain("f.jsonl: 7 rows read, 3 imported, 4 set aside");
    expect(page).toContain("4 answers in them: 2 with 2 calls, 1 in text, 1 set aside");
    expect(page).toMatch(/broken-call\s+│\s+2\s+│ row 4 conversations\[1\]\.value, …/u);
    expect(page).toMatch(/medium\s+│\s+2\s+│ 66\.7 %/u);
    expect(page).toMatch(/tool list\s+│ characters\s+│ row/u);
  });

  it("never passes on control characters of the data", async () => {
    const hostile = row({
      turns: [
        ["user", "Hi"],
        ["\u001b[31mred\u0007", "x"],
      ],
    });
    const page = renderCheck(await check(linesOf(hostile), { file: "\u001b]0;f" }));
    expect([...page].filter((character) => character < " " && character !== "\n")).toEqual([]);
  });
});
