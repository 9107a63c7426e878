/** What a planned run asks of a server and costs there, against its budget. */
import { type Budget, costOf } from "../../engine/index.js";
import type { RunPlan } from "../../stages/plan.js";
import type { Recipe } from "../../stages/recipe.js";
import { budgetOf, isRemote, type RemoteEngineSettings, settingOf } from "../server-watch.js";

/** Notes for people; none for an engine that is not on a server. */
export function budgetNotes({ engine }: Pick<Recipe, "engine">, { total }: RunPlan): string[] {
  if (!isRemote(engine)) return [];
  const use = useOf(engine, total);
  const bound = total.atMost ? "at most " : "";
  const asked = `The server is asked for ${bound}${number(use.requests)} requests and ${number(use.tokens)} tokens: scored, trained (read before they are learned from), sampled.`;
  return [asked, costNote(engine, use.cost, bound), ...verdicts(engine, use)];
}

function useOf({ prices }: RemoteEngineSettings, total: RunPlan["total"]): Required<Budget> {
  // A loss that is not linear reads a batch before it learns from it; the engine may do so for every loss.
  const read = total.scoredTokens + total.trainedTokens;
  const usage = { read, trained: total.trainedTokens, written: total.sampledTokens };
  const tokens = usage.read + usage.trained + usage.written;
  return { tokens, requests: total.requests, cost: costOf(usage, prices) };
}

function costNote({ prices }: RemoteEngineSettings, cost: number, bound: string): string {
  const { read, trained, written } = prices;
  if (read + trained + written === 0)
    return "No cost: name the prices of a million tokens with --set 'engine.prices={read: …, trained: …, written: …}'.";
  return `At ${read} a million tokens read, ${trained} trained and ${written} sampled it costs ${bound}${cost.toFixed(2)}.`;
}

function verdicts(engine: RemoteEngineSettings, use: Required<Budget>): string[] {
  const budget = budgetOf(engine);
  const notes = (["tokens", "requests", "cost"] as const).flatMap((bound) => {
    const most = budget[bound];
    if (most === undefined) return [];
    const verdict =
      use[bound] <= most
        ? "covers it"
        : "may stop the run before its end; raised, the same command then goes on";
    return [`The budget of ${number(most)} (${settingOf(bound)}) ${verdict}.`];
  });
  return notes.length > 0 ? notes : ["No budget: set one with --set engine.tokenBudget=TOKENS."];
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
