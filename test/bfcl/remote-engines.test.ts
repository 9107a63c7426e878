/** Models whose prompts are made here and whose tokens come from a server: the same answers as from the engine itself. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBaseModel } from "../../src/cli/base-model.js";
import { runApiBank } from "../../src/cli/commands/evaluate-api-bank.js";
import { runBfclEvaluation } from "../../src/cli/commands/evaluate-bfcl.js";
import type { BaseModel } from "../../src/stages/base-model.js";
import { openTinyModel, tinyRecipe } from "../pipeline/tiny-run.js";
import { writeApiBank } from "../support/api-bank-data.js";
import { recordedTerminal } from "../support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../support/cli-run.js";
import { FakeOpenAI } from "../support/openai/fake-openai.js";
import { FakeServer } from "../support/tinker/fake-server.js";
import { writeSmallData } from "./small-data.js";

let workspace: TinyWorkspace;
let tiny: BaseModel;
beforeAll(async () => {
  workspace = await createTinyWorkspace();
  await writeSmallData(join(workspace.folder, "bfcl"));
  await writeApiBank(join(workspace.folder, "bank"));
  tiny = await openTinyModel(workspace.model, tinyRecipe([`model=${workspace.model}`]));
}, 120_000);
afterAll(() => workspace.remove());

const servers = {
  tinker: () =>
    FakeServer.start({
      flavour: "hosted",
      open: tiny.openEngine,
      model: "tiny",
      folder: join(workspace.folder, "server"),
    }),
  openai: async () => FakeOpenAI.start(await tiny.openEngine(), tiny.context.tokenizer, "vllm"),
};

async function answers(benchmark: "bfcl" | "bank", spec: string | undefined): Promise<string> {
  const out = join(workspace.folder, `${benchmark}-${spec?.slice(0, 6) ?? "here"}`);
  const options = {
    ...(spec === undefined ? { model: workspace.model } : { model: spec, tokenizer: workspace.model }),
    data: join(workspace.folder, benchmark),
    prompt: "template" as const,
    maximumTokens: 6,
    out,
    signal: new AbortController().signal,
  };
  const { terminal } = recordedTerminal();
  const load = spec === undefined ? async () => tiny : loadBaseModel;
  if (benchmark === "bank") await runApiBank(options, terminal, load);
  else await runBfclEvaluation(options, terminal, load);
  return readFile(join(out, benchmark === "bank" ? "api-bank/items.jsonl" : "results.jsonl"), "utf8");
}

describe.each(["tinker", "openai"] as const)("a model on a server, %s", (kind) => {
  it.each(["bfcl", "bank"] as const)("answers %s as it does here", async (benchmark) => {
    const server = await servers[kind]();
    try {
      const here = await answers(benchmark, undefined);
      expect(here.trim().split("\n").length).toBeGreaterThan(3);
      expect(await answers(benchmark, `${kind}:${server.url}#tiny`)).toBe(here);
    } finally {
      await server.close();
    }
  });
});
