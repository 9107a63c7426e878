/** The engine port in one sitting: open a folder, score, sample, one SimPO step, export the adapter. */
import { fileURLToPath } from "node:url";
import { layoutPairs, loadRenderContext, objectives, openEngine } from "../src/index.js"; // yours: from "itool"

/** Writes the adapter to `out`. @returns log p of the chosen fragment before and after the step */
export async function tryEngine(folder: string, out: string): Promise<readonly number[]> {
  const engine = await openEngine({ kind: "embedded", model: folder });
  const policy = await engine.createPolicy({ adapter: { rank: 8, alpha: 16 }, seed: 1 });
  const { tokenizer, stopToken } = await loadRenderContext(folder);
  const prefix = tokenizer.encode('[book_table(city="Oslo",');
  const chosen = tokenizer.encode(" guests=4)]", { special: false });
  const rejected = tokenizer.encode(' guests="four")]', { special: false });
  const scoreChosen = async (): Promise<number> => {
    const [logprobs] = await policy.score([[...prefix, ...chosen]]);
    return logprobs!.subarray(prefix.length - 1).reduce((sum, value) => sum + value, 0);
  };

  const options = { maxTokens: 12, temperature: 0.8, topP: 1, stop: [stopToken], seed: 1 };
  const [samples] = await policy.sample([{ prompt: prefix, n: 2, ...options }]);
  for (const { tokens } of samples!) console.log(JSON.stringify(tokenizer.decode(tokens)));

  const before = await scoreChosen();
  const { sequences, ...layout } = layoutPairs([{ prefix, chosen, rejected }]);
  const { loss } = await policy.accumulate(sequences, objectives.simpo(layout));
  await policy.step({ learningRate: 1e-3 });
  const after = await scoreChosen();
  console.log({ loss, before, after });

  await policy.exportAdapter(out);
  await engine.close();
  return [before, after];
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await tryEngine(process.argv[2] ?? "models/nano", process.argv[3] ?? "runs/example-adapter");
