import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedTerminal } from "../../../test/support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../../../test/support/cli-run.js";
import { CancelledError, DataError } from "../../spec/index.js";
import { packageRoot } from "../package-root.js";
import { rewriteReport } from "./report.js";
import { type RunOptions, renderRun, runRecipe } from "./run.js";

const page = join(packageRoot(), "dist/report/page.html");
let workspace: TinyWorkspace;
let finished: string;

beforeAll(async () => {
  workspace = await createTinyWorkspace();
  finished = join(workspace.folder, "finished");
}, 120_000);
afterAll(() => workspace.remove());

function run(out: string, options: Partial<RunOptions> = {}) {
  const recorded = recordedTerminal();
  const given = { recipe: workspace.recipe, overrides: [], signal: new AbortController().signal, out };
  const result = runRecipe({ ...given, ...options }, recorded.terminal, workspace.load);
  return { result, stderr: () => recorded.console.text("stderr") };
}

describe("itool run", () => {
  it("runs the loop and gives the table of scores", async () => {
    const { result, stderr } = run(finished);
    const summary = await result;
    expect(summary.evaluations.map(({ policy }) => policy)).toEqual(["base", "warmup", "round-01"]);
    expect(summary.comparisons).toHaveLength(3);
    expect(summary.report).toBeUndefined();
    expect(renderRun(summary)).toMatch(/Base[\s\S]*Warm-up[\s\S]*Round 1[\s\S]*Time: \d+ s$/);
    expect(stderr()).toMatch(/^Run tiny in .*finished; stop it at any time/);
    expect(stderr()).toMatch(/3\/10 warmup {2}100% · \d+ of \d+ steps · took \d+ s, \d+ \w+ left in all/);
  });

  it("says of a finished run that all was done before", async () => {
    const { result, stderr } = run(finished);
    await result;
    expect(stderr().match(/: done before/g)).toHaveLength(10);
  });

  it("does again what another setting changes, and says why", async () => {
    const { result, stderr } = run(finished, { overrides: ["evaluate.maximumTokens=50"] });
    await result;
    expect(stderr()).toContain("warmup: done before");
    expect(stderr()).toContain("base/evaluate: done again, because its settings are different now");
  });

  it("stops at an interrupt, and the same command goes on", async () => {
    const out = join(workspace.folder, "interrupted");
    const interrupt = new AbortController();
    const { terminal } = recordedTerminal();
    const overrides = ["rounds=0"];
    const options = { recipe: workspace.recipe, overrides, signal: interrupt.signal, out };
    const stopping = {
      ...terminal,
      progress: ({ stage, done }: { stage: string; done: number }) => {
        if (stage === "warmup" && done === 2) interrupt.abort();
      },
    };
    await expect(runRecipe(options, stopping, workspace.load)).rejects.toThrow(CancelledError);
    const { result, stderr } = run(out, { overrides });
    expect((await result).evaluations).toHaveLength(2);
    expect(stderr()).toContain("base/evaluate: done before");
    expect(stderr()).toContain("warmup: goes on where it stopped");
  });

  it("stops where the data leave nothing to train on", async () => {
    const data = join(workspace.folder, "rows.jsonl");
    await writeFile(data, '{"a":1}\n');
    const recipe = join(workspace.folder, "rows.yaml");
    await writeFile(recipe, `name: rows\nmodel: m\ndata: { source: toolace, path: ${data} }\n`);
    const { result } = run(join(workspace.folder, "rows"), { recipe });
    await expect(result).rejects.toThrow(DataError);
    await expect(result).rejects.toThrow(
      /no training example in .*rows\.jsonl \(rows: 1\)\. Set aside: 1 by /,
    );
  });

  it("makes no folder for a recipe with a mistake, or without its data", async () => {
    const out = join(workspace.folder, "mistaken");
    await expect(run(out, { overrides: ["explor.samples=2"] }).result).rejects.toThrow(
      /Did you mean explore\?/,
    );
    const missing = run(out, { recipe: "recipes/toolace.yaml", overrides: ["data.path=nowhere.json"] });
    await expect(missing.result).rejects.toThrow(/data\.path is nowhere\.json/);
    expect(existsSync(out)).toBe(false);
  });
});

describe("itool report", () => {
  it.skipIf(!existsSync(page))("writes the page of a run (skipped: run `npm run build` first)", async () => {
    const { terminal } = recordedTerminal();
    const path = await rewriteReport({ directory: finished }, terminal);
    expect(path).toBe(join(finished, "report.html"));
    const html = await readFile(path, "utf8");
    expect(html).toContain("tiny");
    expect(html).toContain("round-01");
  });

  it("asks where the model went", async () => {
    const { terminal } = recordedTerminal();
    const moved = { directory: finished, model: "nowhere" };
    await expect(rewriteReport(moved, terminal)).rejects.toThrow(/--model is nowhere/);
  });

  it.each(["", "nowhere"])("refuses the folder %j, and makes none", async (name) => {
    const { terminal } = recordedTerminal();
    const directory = join(workspace.folder, name);
    await expect(rewriteReport({ directory }, terminal)).rejects.toThrow(/is not a run directory: it has no/);
    expect(existsSync(join(workspace.folder, "nowhere"))).toBe(false);
  });
});
