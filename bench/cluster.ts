/**
 * How busy a client keeps a server, and how busy it is itself: `npx tsx bench/cluster.ts [TREES]`. Servers in processes of
 * their own answer 200 ms after each request. Measured: wall time of a training step in round trips; of a whole search (the
 * stage `explore` on rows of the built-in world, tokenizer and grading included) the requests under way at the server, and how
 * busy the client's main thread is, at a rate of sampled tokens.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import type { Readable, Writable } from "node:stream";
import { openEngine } from "../src/engine/index.js";
import { objectives } from "../src/method/index.js";
import type { Engine, Example, Objective } from "../src/spec/index.js";
import { explore, exploreSettingsSchema } from "../src/stages/explore.js";
import { prepare } from "../src/stages/prepare.js";
import { parseRecipe } from "../src/stages/recipe.js";
import {
  exampleSchema,
  loadRenderContext,
  openRunDirectory,
  type RunDirectory,
  rowParser,
  runPaths,
} from "../src/store/index.js";
import type { RenderContext } from "../src/text/index.js";
import { loadSchema } from "./load.js";

const DELAY = 200;
const TREES = Number(process.argv[2] ?? 600);

const folder = await mkdtemp(join(tmpdir(), "itool-bench-cluster-"));
try {
  await measureSteps();
  for (const format of ["protobuf", "json"] as const) {
    for (const simulation of ["separate", "sampled-continuation"] as const) {
      await measureSearch(format, simulation);
    }
    await measureShortRequests(format);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface Server {
  readonly url: string;
  end(): void;
}

async function startServer(script: string, ...args: readonly string[]): Promise<Server> {
  const command = ["--import", "tsx", join(import.meta.dirname, script), ...args];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, command, {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const url = await new Promise<string>((done) => {
    child.stdout.once("data", (line: Buffer) => done(line.toString("utf8").trim()));
  });
  return { url, end: () => child.stdin.end() };
}

/** A step of two round trips takes 400 ms and what the machine adds. */
async function measureSteps(): Promise<void> {
  const vocabularySize = 16;
  const server = await startServer(
    "cluster-server.ts",
    join(folder, "steps"),
    String(DELAY),
    String(vocabularySize),
  );
  const engine = await openEngine({
    kind: "tinker",
    url: server.url,
    model: "bench",
    vocabularySize,
    contextLength: 256,
    server: "hosted",
  });
  const sequences = Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 64 }, (_, i) => (row + i) % vocabularySize),
  );
  const masks = sequences.map((tokens) => tokens.map((_, i) => Number(i > 0)));
  const linear = objectives.supervised({ masks });
  const twoPasses: Objective = (logprobs) => linear(logprobs);
  await measureStep(engine, sequences, "supervised", linear);
  await measureStep(engine, sequences, "not linear", twoPasses);
  await engine.close();
  server.end();
}

async function measureStep(
  engine: Engine,
  sequences: readonly (readonly number[])[],
  name: string,
  objective: Objective,
): Promise<void> {
  const policy = await engine.createPolicy({ adapter: { rank: 2, alpha: 32 }, seed: 1 });
  const times: number[] = [];
  for (let step = 0; step < 6; step++) {
    const start = performance.now();
    // Four parts: they must not cost a round trip each.
    const parts = [0, 2, 4, 6].map((at) =>
      policy.accumulate(sequences.slice(at, at + 2), partOf(objective, sequences, at)),
    );
    await Promise.all([...parts, policy.step({ learningRate: 1e-3 })]);
    times.push(performance.now() - start);
  }
  const median = times.toSorted((one, other) => one - other)[3]!;
  console.log(`step, ${name}: ${median.toFixed(0)} ms, ${(median / DELAY).toFixed(2)} round trips`);
  await policy.close();
}

function partOf(objective: Objective, sequences: readonly (readonly number[])[], at: number): Objective {
  const masks = sequences.slice(at, at + 2).map((tokens) => tokens.map((_, i) => Number(i > 0)));
  const linear = objectives.supervised({ masks, weight: 0.25 });
  return objective.linearGradients === undefined ? (logprobs) => linear(logprobs) : linear;
}

/** The stage as a run has it, but for the model: the server answers with gold responses of other rows. */
async function measureSearch(
  format: "protobuf" | "json",
  simulation: "separate" | "sampled-continuation",
): Promise<void> {
  const context = await loadRenderContext(resolve("models/nano"));
  const store = await openRunDirectory(join(folder, `${format}-${simulation}`));
  const examples = await prepareRows(store, context);
  const responses = examples.map(({ response }) => [
    ...context.tokenizer.encode(response),
    context.stopToken,
  ]);
  const file = join(folder, "responses.json");
  await writeFile(file, JSON.stringify(responses));
  const server = await startServer("canned-server.ts", file, String(DELAY), format);
  const engine = await openEngine({
    kind: "tinker",
    url: server.url,
    model: "bench",
    vocabularySize: context.tokenizer.vocabularySize,
    contextLength: context.contextLength,
    server: "hosted",
    ...(format === "json" && { codec: "json" }),
  });
  const policy = await engine.createPolicy();
  const settings = exploreSettingsSchema.parse({ simulation, maximumTokens: 120 });
  // When fewer trees are left than can be under way, the search has nothing to send: the end is measured apart.
  let inFull: Promise<string> | undefined;
  const onProgress = ({ done }: { readonly done: number }): void => {
    if (done >= examples.length - 128) inFull ??= loadOf(server);
  };
  const before = performance.eventLoopUtilization();
  const processor = process.cpuUsage();
  const start = performance.now();
  await explore(settings, { policy, context, seed: 1, round: 1 }, { store, onProgress });
  const { utilization } = performance.eventLoopUtilization(before);
  const { user, system } = process.cpuUsage(processor);
  const seconds = (performance.now() - start) / 1000;
  const { tokens, requests } = loadSchema.parse(await (await fetch(`${server.url}/load`)).json());
  const rate = tokens / seconds;
  const share = (busy: number): string => ((100 * busy * 5000) / rate).toFixed(1);
  console.log(
    [
      `search, ${format}, ${simulation}: ${examples.length} trees, ${requests} requests of ${(tokens / requests).toFixed(0)} sampled tokens in ${seconds.toFixed(1)} s (${rate.toFixed(0)} tokens/s)`,
      `  until the last trees: ${(await inFull) ?? "not seen"}`,
      `  whole: ${await loadOf(server)}`,
      `  main thread busy: ${(100 * utilization).toFixed(0)} %, at 5,000 tokens/s ${share(utilization)} %; process ${share((user + system) / 1e6 / seconds)} %`,
    ].join("\n"),
  );
  await engine.close();
  await store.close();
  server.end();
}

/** Sampling alone, one sample of 48 tokens a request: the most work a token. */
async function measureShortRequests(format: "protobuf" | "json"): Promise<void> {
  const tokens = Array.from({ length: 48 }, (_, index) => index);
  const sizes = { vocabularySize: 2048, contextLength: 1024 };
  const { server, engine } = await openCanned([tokens], format, sizes);
  const policy = await engine.createPolicy();
  const prompt = Array.from({ length: 400 }, (_, index) => index);
  const settings = { prompt, n: 1, maxTokens: 48, temperature: 1, topP: 1, stop: [] };
  const requests = Array.from({ length: 4000 }, (_, seed) => ({ ...settings, seed }));
  const before = performance.eventLoopUtilization();
  const start = performance.now();
  await policy.sample(requests);
  const { utilization } = performance.eventLoopUtilization(before);
  const rate = (1000 * requests.length * tokens.length) / (performance.now() - start);
  console.log(
    `short requests, ${format}: ${rate.toFixed(0)} tokens/s, main thread busy ${(100 * utilization).toFixed(0)} %, at 5,000 tokens/s ${((100 * utilization * 5000) / rate).toFixed(1)} %`,
  );
  await engine.close();
  server.end();
}

/** An engine on a server that answers with these responses. */
async function openCanned(
  responses: readonly (readonly number[])[],
  format: "protobuf" | "json",
  sizes: { readonly vocabularySize: number; readonly contextLength: number },
): Promise<{ readonly server: Server; readonly engine: Engine }> {
  const file = join(folder, "responses.json");
  await writeFile(file, JSON.stringify(responses));
  const server = await startServer("canned-server.ts", file, String(DELAY), format);
  const engine = await openEngine({
    kind: "tinker",
    url: server.url,
    model: "bench",
    ...sizes,
    server: "hosted",
    ...(format === "json" && { codec: "json" }),
  });
  return { server, engine };
}

async function prepareRows(store: RunDirectory, context: RenderContext): Promise<Example[]> {
  const text = `name: bench\nmodel: models/nano\ndata: { source: toolworld, trainRows: ${TREES}, evaluationRows: 1 }\n`;
  const recipe = parseRecipe({ file: "bench", text });
  await prepare(recipe.prepare, { data: recipe.data, seed: 1, context }, { store });
  const examples: Example[] = [];
  for await (const row of store.readRows(runPaths.train, rowParser(exampleSchema, runPaths.train)))
    examples.push(row);
  await store.writeRows(runPaths.round(1).hard, examples);
  return examples;
}

async function loadOf({ url }: Server): Promise<string> {
  const { mean, atLeast64, seconds } = loadSchema.parse(await (await fetch(`${url}/load`)).json());
  return `${mean.toFixed(0)} requests under way on average, at least 64 for ${(100 * atLeast64).toFixed(1)} % of ${seconds.toFixed(1)} s`;
}
