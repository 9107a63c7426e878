import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inventRun } from "../../test/fixtures/report-run.js";
import { ConfigError } from "../spec/index.js";
import { buildReportData } from "./build-report-data.js";
import { readPageTemplate } from "./page-template.js";
import { embedJson, renderReport, reportPlaceholder } from "./render-report.js";

const template = `<!doctype html><title>t</title>${reportPlaceholder}<p>$& $1</p>`;
const data = await buildReportData(inventRun({ rounds: 1, treesPerRound: 2, warmupSteps: 3 }));

const hostile = [
  "</script><script>alert(1)</script>",
  "</SCRIPT\n>",
  "<!--<script>",
  "-->",
  "]]>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "&lt;/script&gt;",
  "\u2028\u2029\u0000\ud800",
  "$& $1 $` $'",
  "\\u003c/script",
];

describe("embedJson", () => {
  it.each(hostile)("%j is harmless inside a script and comes back whole", (text) => {
    const embedded = embedJson({ text, [text]: [text] });
    expect(embedded).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(embedded)).toEqual({ text, [text]: [text] });
  });

  it("holds for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const embedded = embedJson(text);
        expect(embedded).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(embedded)).toBe(text);
      }),
    );
  });
});

describe("renderReport", () => {
  it("puts the data where the template says and changes nothing else", () => {
    const html = renderReport({ ...data, title: hostile.join(" ") }, template);
    expect(
      html.startsWith('<!doctype html><title>t</title><script type="application/json" id="report-data">{'),
    ).toBe(true);
    expect(html.endsWith("}</script><p>$& $1</p>")).toBe(true);
    expect(html.match(/<\/?script/gi)).toHaveLength(2);
    const json = html.slice(html.indexOf(">{") + 1, html.indexOf("</script>"));
    expect(JSON.parse(json).title).toBe(hostile.join(" "));
  });

  it.each([
    ["none", "<p>nothing here</p>"],
    ["two", template + template],
  ])("rejects a template with %s of its places", (_, broken) => {
    expect(() => renderReport(data, broken)).toThrow(ConfigError);
  });
});

describe("readPageTemplate", () => {
  it("says how to build a page that is not there", async () => {
    const nowhere = new URL("./no-such-folder/page.html", import.meta.url);
    await expect(readPageTemplate([nowhere])).rejects.toThrow("npm run build");
  });
});
