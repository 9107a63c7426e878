/** The examples run as they are printed, on less data. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { dataTour, smallFile } from "../examples/data.js";
import { tryEngine } from "../examples/engine.js";
import { flatLoop } from "../examples/flat-loop.js";
import { libraryLoop } from "../examples/library-loop.js";

const model = resolve(import.meta.dirname, "../models/nano");
const present = existsSync(join(model, "model.safetensors"));

describe.skipIf(!present)(`examples${present ? "" : " (skipped: no models/nano/model.safetensors)"}`, () => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "itool-examples-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const printed: unknown[] = [];
  beforeEach(() => {
    printed.length = 0;
    vi.spyOn(console, "log").mockImplementation((line) => void printed.push(line));
  });
  afterEach(() => void vi.restoreAllMocks());

  it("engine: a SimPO step makes the chosen fragment likelier, and the adapter is written", async () => {
    const out = join(folder, "adapter");
    const [before, after] = await tryEngine(model, out);
    expect(after).toBeGreaterThan(before!);
    const config: unknown = JSON.parse(await readFile(join(out, "adapter_config.json"), "utf8"));
    expect(config).toMatchObject({ r: 8, lora_alpha: 16 });
  });

  it("flat loop: one round, the same rows before and after", async () => {
    const sizes = { trainRows: 8, evaluationRows: 4, hardShare: 0.2, searchIterations: 1 };
    const { before, after, difference } = await flatLoop(model, sizes);
    expect(after.overall.total).toBe(before.overall.total);
    expect(difference.difference).toBeCloseTo(after.overall.accuracy - before.overall.accuracy, 10);
  });

  it("library loop: a complete run, which a second call finds complete", async () => {
    const overrides = ["data.trainRows=8", "data.evaluationRows=4", "explore.iterations=1"];
    const first = await libraryLoop(model, join(folder, "run"), overrides);
    expect(first.evaluations.map(({ policy }) => policy)).toEqual(["base", "warmup", "round-01"]);
    expect(printed).toContain("warmup: run");
    printed.length = 0;
    expect(await libraryLoop(model, join(folder, "run"), overrides)).toEqual(first);
    expect(printed.filter((line) => !String(line).endsWith(": skipped"))).toEqual([]);
    expect(printed).toContain("warmup: skipped");
  });
});

describe("example of data", () => {
  it("checks, splits by tool list, leaves out what a benchmark has, and writes another format", async () => {
    const folder = await mkdtemp(join(tmpdir(), "itool-tour-"));
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    try {
      const [file, benchmark] = [join(folder, "rows.jsonl"), join(folder, "benchmark.json")];
      await writeFile(file, smallFile());
      await writeFile(benchmark, JSON.stringify(["A table for 5 guests at the place number 5, please."]));
      const tour = await dataTour(file, folder, benchmark);
      expect(tour.check).toMatchObject({ format: "sharegpt", rows: { read: 20, imported: 19 } });
      expect(tour.leftOut).toBe(2);
      expect(tour.train + tour.evaluation).toBe(18);
      const toolsOf = async (name: string) =>
        (await readFile(join(folder, name), "utf8"))
          .split("\n")
          .flatMap((line) => /book_table_\d/.exec(line) ?? []);
      const [train, evaluation] = [await toolsOf("train.jsonl"), await toolsOf("evaluation.jsonl")];
      expect([train.length, evaluation.length]).toEqual([tour.train, tour.evaluation]);
      expect(tour.evaluation).toBeGreaterThan(0);
      expect(train.filter((name) => evaluation.includes(name))).toEqual([]);
    } finally {
      vi.restoreAllMocks();
      await rm(folder, { recursive: true });
    }
  });
});
