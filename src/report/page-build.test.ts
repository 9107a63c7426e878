import { fileURLToPath } from "node:url";
import { build } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { inventRun } from "../../test/fixtures/report-run.js";
import { buildReportData } from "./build-report-data.js";
import { renderReport, reportPlaceholder } from "./render-report.js";

describe("the built page", () => {
  let files: string[] = [];
  let page = "";

  beforeAll(async () => {
    const root = fileURLToPath(new URL("./page", import.meta.url));
    const result = await build({ root, logLevel: "silent", build: { write: false } });
    const output = "output" in result ? result.output : [];
    files = output.map(({ fileName }) => fileName);
    page = output.flatMap((file) => (file.type === "asset" ? [String(file.source)] : [])).join();
  }, 60_000);

  it("is one file", () => expect(files).toEqual(["page.html"]));

  it("has one place for the data", () => expect(page.split(reportPlaceholder)).toHaveLength(2));

  it("refers to nothing outside itself and forbids to", () => {
    const markup = page.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, (element) =>
      element.replace(/>[\s\S]*/, ">"),
    );
    const references = [...markup.matchAll(/\b(?:src|href)\s*=\s*"([^"]*)"/g)].map(([, target]) => target);
    expect(references).toEqual(["data:,"]);
    expect(page).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//);
    expect(markup).toContain("default-src 'none'");
  });

  it("takes the data and gives it back", async () => {
    const data = await buildReportData(inventRun({ rounds: 1, treesPerRound: 2, warmupSteps: 5 }));
    const html = renderReport(data, page);
    const [, json = ""] = /id="report-data">([^<]*)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(json)).toEqual(data);
  });
});
