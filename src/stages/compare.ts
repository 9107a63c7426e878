/** Paired differences between the policies of a run, on the same held-out rows. */
import { comparePolicies, deriveSeed, type JudgedItem } from "../method/index.js";
import type { ComparisonRecord } from "../spec/index.js";
import { type EvaluationPaths, itemSchema, rowParser, runPaths, writeDocument } from "../store/index.js";
import type { StagePorts } from "./ports.js";

/** An evaluation of the run. */
export interface EvaluatedPolicy {
  readonly name: string;
  readonly paths: EvaluationPaths;
}

/**
 * Compares each policy with the one before it and the last with the first, and writes `comparisons.json`. Without rows,
 * or with a single policy, there is nothing to compare and the list is empty.
 */
export async function compare(
  policies: readonly EvaluatedPolicy[],
  seed: number,
  ports: StagePorts,
): Promise<readonly ComparisonRecord[]> {
  const items = new Map<string, readonly JudgedItem[]>();
  for (const { name, paths } of policies) items.set(name, await readItems(paths, ports));
  const comparisons = pairsOf(policies.map(({ name }) => name)).flatMap(([from, to]) => {
    const runs = [{ from: items.get(from)!, to: items.get(to)! }];
    if (runs[0]!.from.length === 0) return [];
    return [comparePolicies({ from, to, runs, seed: deriveSeed(seed, "compare", from, to) })];
  });
  await writeDocument(ports.store, runPaths.comparisons, comparisons);
  return comparisons;
}

async function readItems(paths: EvaluationPaths, ports: StagePorts): Promise<JudgedItem[]> {
  const items: JudgedItem[] = [];
  const parse = rowParser(itemSchema, paths.items);
  for await (const { exampleId, grade } of ports.store.readRows(paths.items, parse)) {
    items.push({ exampleId, grade });
  }
  return items;
}

function pairsOf(names: readonly string[]): readonly (readonly [from: string, to: string])[] {
  const steps = names.slice(1).map((to, index) => [names[index]!, to] as const);
  const whole = names.length > 2 ? [[names[0]!, names.at(-1)!] as const] : [];
  return [...steps, ...whole];
}
