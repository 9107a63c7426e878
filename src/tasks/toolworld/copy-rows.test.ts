import { describe, expect, it } from "vitest";
import { copyRow, copyText, generateCopyRows } from "./copy-rows.js";

const rows = [...generateCopyRows(4, { count: 600 })];

describe("copy rows", () => {
  it("depend on seed and index alone", () => {
    expect([...generateCopyRows(4, { start: 40, count: 1 })][0]).toEqual(rows[40]);
    expect(copyText(4, 40)).toEqual(rows[40]);
    expect(copyText(5, 40)).not.toEqual(rows[40]);
  });

  it("hold every piece of the answer in the prompt", () => {
    for (const { prompt, response } of rows) {
      const pieces = response.startsWith("[")
        ? response.match(/"[^"]*"|(?<==)[\d.]+|[\w.]+(?==)/g)!
        : response.split(", ");
      for (const piece of pieces) expect(prompt, response).toContain(piece.replaceAll('"', ""));
    }
  });

  it("have one right answer: no two keys or values of a row are equal", () => {
    const stated = rows.filter(({ prompt }) => prompt.startsWith("The ")).map(({ prompt }) => prompt);
    expect(stated.length).toBeGreaterThan(20);
    for (const prompt of stated) {
      const keys = [...prompt.matchAll(/The (\w+) is [^ ]/g)].map(([, key]) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("are examples without tools", () => {
    const { tools, messages, response, gold } = copyRow(4, 40);
    expect({ tools, messages, response, gold }).toEqual({
      tools: [],
      messages: [{ role: "user", content: rows[40]!.prompt }],
      response: rows[40]!.response,
      gold: { kind: "text" },
    });
  });
});
