import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedTerminal } from "../../test/support/cli-console.js";
import { ConfigError, StoreError } from "../spec/index.js";
import { parseRecipe } from "../stages/recipe.js";
import { openRunDirectory } from "../store/index.js";
import { isRemote, requireBudget, ServerWatch } from "./server-watch.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-usage-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function engineWith(settings: object) {
  const engine = JSON.stringify({ kind: "tinker", url: "http://localhost:1", ...settings });
  const text = `name: x\nmodel: m\ndata: { source: toolworld }\nengine: ${engine}`;
  const { engine: parsed } = parseRecipe({ file: "x.yaml", text });
  if (!isRemote(parsed)) throw new Error("the engine is not on a server");
  return parsed;
}

function watchOf(settings: object) {
  const { terminal, console: seen } = recordedTerminal();
  const engine = engineWith(settings);
  const watch = new ServerWatch(terminal, new AbortController().signal, engine);
  return { watch, engine, told: () => seen.text("stderr"), meter: watch.listener.meter };
}

const used = { read: 100, trained: 20, written: 7, requests: 3 };

describe("the usage of a run", () => {
  it("is kept in its directory, and the next command counts on", async () => {
    const directory = join(folder, "kept");
    for (const times of [1, 2]) {
      const store = await openRunDirectory(directory);
      const { watch, meter } = watchOf({});
      await watch.keepIn(store);
      meter.add(used);
      await watch.end();
      const kept = JSON.parse(await readFile(join(directory, "usage.json"), "utf8"));
      expect(kept).toEqual(Object.fromEntries(Object.entries(used).map(([key, n]) => [key, times * n])));
      await store.close();
    }
  });

  it("is on the disk while the command runs, for the case that it is killed", async () => {
    const directory = join(folder, "killed");
    const store = await openRunDirectory(directory);
    const { watch, meter } = watchOf({});
    await watch.keepIn(store);
    meter.add(used);
    await expect
      .poll(() => readFile(join(directory, "usage.json"), "utf8").catch(() => ""), { timeout: 5_000 })
      .toContain('"read": 100');
    await watch.end();
    await store.close();
  });

  it("is not written where no server was used", async () => {
    const directory = join(folder, "unused");
    const store = await openRunDirectory(directory);
    const { watch } = watchOf({});
    await watch.keepIn(store);
    await watch.end();
    expect(await store.exists("usage.json")).toBe(false);
    await store.close();
  });

  it("that is damaged is said to be, not taken for nothing", async () => {
    const directory = join(folder, "damaged");
    const store = await openRunDirectory(directory);
    await writeFile(join(directory, "usage.json"), '{"read":-1}');
    await expect(watchOf({}).watch.keepIn(store)).rejects.toThrow(StoreError);
    await store.close();
  });
});

describe("a budget", () => {
  it.each([
    [{ tokenBudget: 127 }, "engine.tokenBudget"],
    [{ requestBudget: 3 }, "engine.requestBudget"],
    [{ costBudget: 3.3, prices: { read: 1e4, trained: 1e5, written: 5e4 } }, "engine.costBudget"],
  ])("%o stops the work when it is spent, in the run's earlier calls too", async (settings, name) => {
    const directory = join(folder, name);
    const first = watchOf(settings);
    const store = await openRunDirectory(directory);
    await first.watch.keepIn(store);
    first.meter.add({ ...used, written: 0, requests: 2 });
    expect(first.watch.signal.aborted).toBe(false);
    await first.watch.end();
    const second = watchOf(settings);
    await second.watch.keepIn(store);
    expect(() => requireBudget(second.watch.listener, second.engine)).not.toThrow();
    second.meter.add({ written: 7, requests: 1 });
    expect(second.watch.signal.aborted).toBe(true);
    expect(second.told()).toMatch(
      new RegExp(`\\(${name}\\) is spent: 100 tokens read, 20 trained, 7 written, 3 requests. Stopping`),
    );
    await second.watch.end();
    const third = watchOf(settings);
    await third.watch.keepIn(store);
    expect(() => requireBudget(third.watch.listener, third.engine)).toThrow(ConfigError);
    await third.watch.end();
    await store.close();
  });
});
