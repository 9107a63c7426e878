import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { InputError, ModelError } from "../spec/index.js";
import { readTrainingState, type TrainingState, writeTrainingState } from "./training-state.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-state-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const description = { train: "adapter", adapter: { rank: 2, alpha: 4 } };
const tensor = { shape: [3], data: new Float32Array([1.1, -0, Number.MIN_VALUE]) };
const state: TrainingState = {
  weights: new Map([["w", tensor]]),
  optimizer: { step: 7, tensors: new Map([["first.w", tensor]]) },
};

it("reads back what it wrote", async () => {
  const directory = join(folder, "whole");
  await writeTrainingState(directory, description, state);
  expect(await readTrainingState(directory, description)).toEqual(state);
});

it("refuses the state of another policy", async () => {
  const directory = join(folder, "other");
  await writeTrainingState(directory, description, state);
  await expect(readTrainingState(directory, { train: "full", adapter: null })).rejects.toThrow(InputError);
});

it.each([
  ["another version", "state.json", (text: string) => text.replace('"version": 1', '"version": 2')],
  ["a step that is no count", "state.json", (text: string) => text.replace('"step": 7', '"step": -7')],
  ["a description that is not JSON", "state.json", () => "{"],
  ["weights cut short", "weights.safetensors", (text: string) => text.slice(0, -4)],
  ["a missing optimiser", "optimizer.safetensors", () => undefined],
])("refuses %s", async (_, name, change) => {
  const directory = join(folder, "damaged");
  await writeTrainingState(directory, description, state);
  const file = join(directory, name);
  const changed = change(await readFile(file, "latin1"));
  if (changed === undefined) await rm(file);
  else await writeFile(file, changed, "latin1");
  await expect(readTrainingState(directory, description)).rejects.toThrow(ModelError);
});
