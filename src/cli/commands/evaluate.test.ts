import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordedTerminal } from "../../../test/support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../../../test/support/cli-run.js";
import { ConfigError } from "../../spec/index.js";
import { type EvaluateOptions, renderEvaluation, runEvaluation } from "./evaluate.js";

let workspace: TinyWorkspace;

beforeAll(async () => {
  workspace = await createTinyWorkspace();
}, 120_000);
afterAll(() => workspace.remove());

function evaluate(options: Partial<EvaluateOptions> = {}) {
  const given = {
    benchmark: "toolworld",
    model: workspace.model,
    rows: 30,
    seed: 0,
    out: join(workspace.folder, "out"),
    signal: new AbortController().signal,
  };
  return runEvaluation({ ...given, ...options }, recordedTerminal().terminal, workspace.load);
}

describe("itool eval", () => {
  it("scores the categories that were asked for", async () => {
    const record = await evaluate({ categories: ["single", "refusal"] });
    expect(record.policy).toBe("base");
    expect(record.categories.map(({ name }) => name).toSorted()).toEqual(["refusal", "single"]);
    expect(renderEvaluation(record)).toMatch(/Base +\d/);
  });

  it("goes on in the same folder only with the same request", async () => {
    const first = await evaluate({ categories: ["single", "refusal"] });
    expect(await evaluate({ categories: ["single", "refusal"] })).toEqual(first);
    await expect(evaluate()).rejects.toThrow(/holds the results of another evaluation \(see request\.json\)/);
  });

  it.each<[Partial<EvaluateOptions>, RegExp]>([
    [{ benchmark: "bfcl" }, /--benchmark is bfcl; this version runs toolworld/],
    [{ categories: ["singel"] }, /no category singel\. Did you mean single\?/],
    [{ categories: ["live"] }, /no category live\. Known are single, multiple/],
    [{ model: "nowhere" }, /--model is nowhere, and there is no such folder/],
    [{ model: "hf:org/name" }, /--model is hf:org\/name; this version opens model folders only/],
    [{ adapter: "nowhere" }, /--adapter is nowhere, and there is no such folder/],
  ])("refuses %o", async (options, message) => {
    await expect(evaluate(options)).rejects.toThrow(ConfigError);
    await expect(evaluate(options)).rejects.toThrow(message);
  });
});
