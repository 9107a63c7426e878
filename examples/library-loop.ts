/**
 * The same loop with the library's stages: a recipe, a base model, a run directory. Killed at any time, the same call
 * goes on where it stopped.
 *
 *     npx tsx examples/library-loop.ts [MODEL-FOLDER] [RUN-DIRECTORY]
 */
import { fileURLToPath } from "node:url";
// In a project of your own: from "itool".
import {
  type ComparisonRecord,
  comparisonsSchema,
  type EvaluationRecord,
  evaluatedPolicies,
  evaluationSchema,
  fingerprintPath,
  loadRenderContext,
  openEngine,
  openRunDirectory,
  parseRecipe,
  readDocument,
  renderScoreTable,
  runPaths,
  runPipeline,
  scoreTable,
} from "../src/index.js";

/** The recipe's text is what a YAML file would hold; every key is in docs/recipes.md. */
const recipeText = `
name: library-loop
model: models/nano
data: { source: toolworld, trainRows: 96, evaluationRows: 48 }
adapter: { rank: 8, alpha: 16 }
warmup: { epochs: 1, batchRows: 8, learningRate: 1.0e-3 }
rounds: 1
rank: { share: 0.15 }
explore: { samples: 3, iterations: 4, temperature: 1, simulation: sampled-continuation, maximumTokens: 120 }
prefer: { loss: simpo, epochs: 1, batchRows: 8, learningRate: 1.0e-4 }
evaluate: { maximumTokens: 120 }
`;

/** What the run directory says in the end. */
export interface Scores {
  readonly evaluations: readonly EvaluationRecord[];
  readonly comparisons: readonly ComparisonRecord[];
}

/** Runs, or continues, the recipe on a model folder. `overrides` are `key=value`, as for `--set`. */
export async function libraryLoop(
  folder: string,
  directory: string,
  overrides: readonly string[] = [],
): Promise<Scores> {
  const recipe = parseRecipe({
    file: "library-loop",
    text: recipeText,
    overrides: [`model=${folder}`, ...overrides],
  });
  const model = {
    context: await loadRenderContext(folder),
    fingerprint: await fingerprintPath(folder),
    openEngine: (trained = folder) => openEngine({ kind: "embedded", model: trained }),
  };
  const store = await openRunDirectory(directory);
  try {
    await runPipeline(
      { recipe, model, onStage: ({ stage, kind }) => console.log(`${stage}: ${kind}`) },
      { store },
    );
    const paths = evaluatedPolicies(recipe).map((policy) => policy.paths.scores);
    return {
      evaluations: await Promise.all(paths.map((path) => readDocument(store, path, evaluationSchema))),
      comparisons: await readDocument(store, runPaths.comparisons, comparisonsSchema),
    };
  } finally {
    await store.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { evaluations, comparisons } = await libraryLoop(
    process.argv[2] ?? "models/nano",
    process.argv[3] ?? "runs/library-loop",
  );
  console.log(renderScoreTable(scoreTable(evaluations, comparisons)));
}
