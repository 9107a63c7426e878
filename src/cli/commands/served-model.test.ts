/** A served model from the command line to the files: ranked and searched with, as a judge, and evaluated. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTinyModel, tinyRecipe } from "../../../test/pipeline/tiny-run.js";
import { recordedTerminal } from "../../../test/support/cli-console.js";
import { createTinyWorkspace, type TinyWorkspace } from "../../../test/support/cli-run.js";
import { type Dialect, FakeOpenAI } from "../../../test/support/openai/fake-openai.js";
import { ConfigError, type SearchTree, ServerError } from "../../spec/index.js";
import { loadBaseModel } from "../base-model.js";
import { runEvaluation } from "./evaluate.js";
import { runRecipe } from "./run.js";
import { runStage, type StageName, type StageOptions } from "./stage.js";

const { signal } = new AbortController();
const hard = "round-01/hard/examples.jsonl";
const servers = new Map<Dialect, FakeOpenAI>();
let workspace: TinyWorkspace;
let local: string;

beforeAll(async () => {
  workspace = await createTinyWorkspace();
  local = join(workspace.folder, "local");
  const overrides = ["evaluate.policies=[]", "rounds=0"];
  const { terminal } = recordedTerminal();
  await runRecipe({ recipe: workspace.recipe, overrides, out: local, signal }, terminal, workspace.load);
  const { context, openEngine } = await openTinyModel(workspace.model, tinyRecipe());
  for (const dialect of ["vllm", "plain"] as const)
    servers.set(dialect, await FakeOpenAI.start(await openEngine(), context.tokenizer, dialect));
}, 120_000);
afterAll(async () => {
  for (const server of servers.values()) await server.close();
  await workspace.remove();
});

const serverOf = (dialect: Dialect): FakeOpenAI => servers.get(dialect)!;

async function stage(
  name: StageName,
  out: string,
  options: Partial<StageOptions>,
  dialect: Dialect = "vllm",
) {
  const engine = { kind: "openai", url: serverOf(dialect).url, tokenizer: workspace.model };
  const overrides = ["model=tiny", `engine=${JSON.stringify(engine)}`, ...(options.overrides ?? [])];
  const { terminal, console } = recordedTerminal();
  const given = { recipe: workspace.recipe, out: join(workspace.folder, out), signal };
  await runStage(name, { ...given, ...options, overrides }, terminal, loadBaseModel);
  return { stderr: console.text("stderr"), file: (path: string) => join(workspace.folder, out, path) };
}

async function readLines<T>(file: string): Promise<T[]> {
  const text = await readFile(file, "utf8");
  return text
    .trim()
    .split("\n")
    .map((line): T => JSON.parse(line));
}

describe("a model behind the OpenAI API", () => {
  it("ranks the rows as the same model here does", async () => {
    const examples = join(local, "data/train.jsonl");
    const served = await stage("rank", "ranked", { examples });
    const options = { recipe: workspace.recipe, overrides: [], out: join(workspace.folder, "own"), signal };
    await runStage("rank", { ...options, examples }, recordedTerminal().terminal, workspace.load);
    expect(await readFile(served.file(hard), "utf8")).toBe(
      await readFile(join(workspace.folder, "own", hard), "utf8"),
    );
  });

  it("is searched with where it gives log-probabilities, and its use is counted", async () => {
    const { file } = await stage("explore", "searched", { hard: join(workspace.folder, "ranked", hard) });
    const trees = await readLines<SearchTree>(file("round-01/trees/trees.jsonl"));
    expect(trees.length).toBeGreaterThan(3);
    for (const { nodes } of trees) {
      expect(nodes.length).toBeGreaterThan(1);
      for (const { fragment } of nodes) expect(fragment.logprobs).toHaveLength(fragment.tokens.length);
    }
    const usage = JSON.parse(await readFile(file("usage.json"), "utf8"));
    expect(usage.requests).toBeGreaterThanOrEqual(trees.length);
    expect(usage.written).toBeGreaterThan(0);
  });

  it("without log-probabilities is not: it says so, and what to do", async () => {
    const search = stage("explore", "plain", { hard: join(workspace.folder, "ranked", hard) }, "plain");
    await expect(search).rejects.toThrow(ServerError);
    await expect(search).rejects.toThrow(/can be evaluated, not searched with/);
  });

  it.each(["vllm", "plain"] as const)("is evaluated, whatever it gives back (%s)", async (dialect) => {
    const options = {
      benchmark: "toolworld",
      model: `openai:${serverOf(dialect).url}#tiny`,
      tokenizer: workspace.model,
      // Most rows are too long for the tiny model, and set aside.
      rows: 60,
      seed: 0,
      out: join(workspace.folder, `evaluated-${dialect}`),
      signal,
    };
    const record = await runEvaluation(options, recordedTerminal().terminal);
    expect(record.overall.total).toBeGreaterThan(2);
  });

  it("is not trained", async () => {
    const examples = join(local, "data/train.jsonl");
    await expect(stage("warmup", "trained", { examples })).rejects.toThrow(ConfigError);
  });
});

describe("a served model as the judge of a search", () => {
  const asking = (judge: object | null) => [
    "explore.weights.selfEvaluation=1",
    `explore.judge=${JSON.stringify(judge)}`,
  ];
  const judgements = async (out: string, answer: string): Promise<(number | null)[]> => {
    const server = serverOf("vllm");
    server.chat = { message: { content: answer }, finish_reason: "stop" };
    const overrides = asking({ url: server.url, model: "judge" });
    const { file } = await stage("explore", out, { hard: join(workspace.folder, "ranked", hard), overrides });
    const trees = await readLines<SearchTree>(file("round-01/trees/trees.jsonl"));
    return trees.flatMap(({ nodes }) => nodes.slice(1).map(({ selfEvaluation }) => selfEvaluation));
  };

  it.each([
    ["A", 1],
    ["The part is right: B.", 0.1],
    ["**D**", -1],
    ["I cannot say.", 0],
  ])("that answers %j", async (answer, value) => {
    const found = new Set(await judgements(`judged-${value}`, answer));
    expect(found.size).toBe(1);
    expect([...found][0]).toBeCloseTo(value, 5);
  });

  it("reads the request, the reference and the response", () => {
    const asked = serverOf("vllm").bodies.filter(({ model }) => model === "judge");
    expect(asked.length).toBeGreaterThan(0);
    expect(JSON.stringify(asked[0])).toMatch(
      /Tools: .*Reference response: .*Response: .*Answer with one letter/,
    );
  });
});
