import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StoreError } from "../spec/index.js";
import { hashValue } from "./hash.js";
import { markComplete, markStarted, readStageState, type StageKey } from "./manifests.js";
import { openRunDirectory, type RunDirectory } from "./run-directory.js";

let root: string;
let run: RunDirectory;
let key: StageKey;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "itool-manifest-"));
  run = await openRunDirectory(root);
  await run.writeText("in.txt", "input");
  await run.writeText("out/a.txt", "output");
  key = {
    stage: "round-01/pair",
    settings: hashValue({ a: 1 }),
    inputs: { "in.txt": await run.hash("in.txt") },
  };
});

afterEach(async () => {
  await run.close();
  await rm(root, { recursive: true, force: true });
});

it("goes from absent over under way to complete", async () => {
  expect(await readStageState(run, key)).toEqual({ kind: "absent" });
  await markStarted(run, key);
  expect(await readStageState(run, key)).toEqual({ kind: "under-way" });
  await markComplete(run, key, ["out"]);
  expect(await readStageState(run, key)).toEqual({ kind: "complete" });
  expect(await run.list("manifests/round-01")).toEqual(["pair.json", "pair.started.json"]);
});

it.each([
  ["its settings are different now", async () => ({ ...key, settings: "other" })],
  ["its input in.txt is different now", async () => ({ ...key, inputs: { "in.txt": hashValue(1) } })],
  [
    "its input more is different now",
    async () => ({ ...key, inputs: { ...key.inputs, more: hashValue(1) } }),
  ],
  [
    "its output out is not what the stage wrote",
    async () => run.writeText("out/a.txt", "edited").then(() => key),
  ],
  ["its output out is missing", async () => run.remove("out").then(() => key)],
])("is absent again when %s", async (reason, change) => {
  await markStarted(run, key);
  await markComplete(run, key, ["out"]);
  expect(await readStageState(run, await change())).toEqual({ kind: "absent", reason });
});

it("does not go on with a beginning that was made of other things", async () => {
  await markStarted(run, key);
  const state = await readStageState(run, { ...key, settings: "other" });
  expect(state).toEqual({ kind: "absent", reason: "its settings are different now" });
});

it.each(["", "{", "{}", "[]", '{"version":2}'])("names a damaged manifest: %j", async (text) => {
  await markComplete(run, key, ["out"]);
  await writeFile(run.path("manifests/round-01/pair.json"), text);
  await expect(readStageState(run, key)).rejects.toThrow(StoreError);
  await expect(readStageState(run, key)).rejects.toThrow(/pair\.json is damaged/);
});

it.each([
  [{ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
  [{ a: [1, 2] }, { a: [2, 1] }, false],
  [{ a: 1 }, { a: "1" }, false],
])("hashes %j and %j alike: %s", (left, right, alike) => {
  expect(hashValue(left) === hashValue(right)).toBe(alike);
});
