/** Simulation: completes the response of every new node, so that it can be compared with the gold answer. */
import { requireAnswers } from "./expand.js";
import type { SearchModel } from "./model.js";
import type { SearchSettings } from "./settings.js";
import { stateOf, type TreePosition } from "./tree.js";

/**
 * Completes, in one call of the model, every child that has no completion yet: a terminal one is complete as it is, and
 * with `sampled-continuation` every sample brought its own. The completion stays in the node: it is what its reward was
 * given for. Returns how many were asked for.
 *
 * @throws InputError when the model's answer does not fit the question.
 */
export async function simulateChildren(
  children: readonly TreePosition[],
  model: SearchModel,
  settings: SearchSettings,
): Promise<number> {
  const open = children.filter(({ node }) => node.simulations.length === 0);
  if (open.length === 0) return 0;
  const completions = await model.complete(
    open.map((child) => stateOf(child, "complete")),
    { maximumFragments: settings.simulationFragments, temperature: settings.simulationTemperature },
  );
  requireAnswers("complete", completions.length, open.length);
  for (const [index, { node }] of open.entries()) node.simulations = [completions[index]!];
  return open.length;
}
