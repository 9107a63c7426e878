import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTinyModel, tinyRecipe, writeTinyFolder } from "../../test/pipeline/tiny-run.js";
import { recordedTerminal } from "../../test/support/cli-console.js";
import { FakeServer } from "../../test/support/tinker/fake-server.js";
import { CancelledError, ConfigError } from "../spec/index.js";
import { parseRecipe } from "../stages/recipe.js";
import { loadBaseModel, modelOverrides } from "./base-model.js";
import { runRecipe } from "./commands/run.js";
import { parseRemoteSpec } from "./remote-model.js";

describe("a model SPEC on a server", () => {
  it.each([
    ["tinker:http://h:8000#Qwen/Qwen3-8B", { kind: "tinker", url: "http://h:8000", model: "Qwen/Qwen3-8B" }],
    ["openai:https://h/v1#a#b", { kind: "openai", url: "https://h/v1", model: "a#b" }],
  ])("%s", (spec, parts) => {
    expect(parseRemoteSpec(spec, "--model")).toEqual(parts);
  });

  it.each(["tinker:http://h:8000", "openai:#m", "tinker:ftp://h#m", "tinker:h:8000#m", "openai:"])(
    "%s is refused with an example",
    (spec) => {
      expect(() => parseRemoteSpec(spec, "--model")).toThrow(/--model is .*e\.g\. (tinker|openai):http/);
    },
  );

  it("leaves other SPECs alone", () => {
    expect(parseRemoteSpec("models/nano", "--model")).toBeUndefined();
    expect(modelOverrides("models/nano", "--model")[0]).toMatch(/^model=.*models\/nano$/);
  });

  it("becomes settings of a recipe", () => {
    const overrides = modelOverrides("openai:http://h/v1#m", "--model", "folder");
    const text = "name: x\nmodel: y\ndata: { source: toolworld }";
    const recipe = parseRecipe({ file: "x.yaml", text, overrides });
    expect(recipe).toMatchObject({
      model: "m",
      engine: { kind: "openai", url: "http://h/v1", tokenizer: "folder" },
    });
  });
});

describe("a recipe with an engine on a server", () => {
  let folder = "";
  let server: FakeServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "itool-remote-"));
    await writeTinyFolder(join(folder, "tiny"));
    const open = (await openTinyModel(join(folder, "tiny"), tinyRecipe())).openEngine;
    server = await FakeServer.start({
      flavour: "hosted",
      open,
      model: "tiny",
      folder: join(folder, "server"),
    });
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const engine = (more: object = {}) =>
    `engine=${JSON.stringify({ kind: "tinker", url: server.url, server: "hosted", ...more })}`;

  it("needs the model's tokenizer here", async () => {
    const recipe = tinyRecipe(["model=org/far", engine()]);
    await expect(loadBaseModel(recipe)).rejects.toThrow(/--set engine.tokenizer=FOLDER/);
    await expect(loadBaseModel(tinyRecipe([engine({ tokenizer: "nowhere" })]))).rejects.toThrow(ConfigError);
  });

  it("refuses a model that the server does not have, whatever the server would train", async () => {
    const recipe = tinyRecipe(["model=org/other", engine({ tokenizer: join(folder, "tiny") })]);
    const model = await loadBaseModel(recipe);
    await expect(model.openEngine()).rejects.toThrow(/has no model org\/other. It has tiny/);
  });

  it("stops at a checkpoint when the budget is spent, and says so", async () => {
    const { terminal, console: seen } = recordedTerminal();
    const { printSettings } = await import("../stages/parse-settings.js");
    const { writeFile } = await import("node:fs/promises");
    const file = join(folder, "budget.yaml");
    const overrides = [
      `model=${join(folder, "tiny")}`,
      "rounds=0",
      "report.html=false",
      engine({ tokenBudget: 3000 }),
    ];
    await writeFile(file, printSettings(tinyRecipe(overrides)));
    const options = {
      recipe: file,
      out: join(folder, "run"),
      overrides: [],
      signal: new AbortController().signal,
    };
    await expect(runRecipe(options, terminal)).rejects.toThrow(CancelledError);
    expect(seen.text("stderr")).toMatch(
      /The budget of 3,000 \(engine.tokenBudget\) is spent: .* Stopping at a checkpoint/,
    );
    // What was spent stays spent: the same command does not get the budget anew.
    const again = runRecipe(options, recordedTerminal().terminal);
    await expect(again).rejects.toThrow(/engine.tokenBudget\) is spent: .* Raise it to go on/);
    await expect(again).rejects.toThrow(ConfigError);
    const { evaluations } = await runRecipe({ ...options, overrides: ["engine.tokenBudget=0"] }, terminal);
    expect(evaluations.map(({ policy }) => policy)).toEqual(["base", "warmup"]);
  }, 120_000);
});
