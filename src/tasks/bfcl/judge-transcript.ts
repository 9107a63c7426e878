/** Verdicts on multi-turn transcripts: both sides act in one simulated process, and are compared after each turn. */
import type { Deficiency, JsonValue } from "../../spec/index.js";
import { isJsonList } from "../json-text.js";
import type { Fault } from "./check/fault.js";
import { executionCalls, plainExecutionCalls } from "./decode/execution-calls.js";
import { executionToolCalls } from "./decode/tool-calls.js";
import type { BfclItem, MultiTurnItem } from "./item.js";
import { PythonError } from "./python/error.js";
import { SimulationSession } from "./simulation/session.js";
import { type CalendarDay, type LongContextTables, SimulationProcess } from "./simulation/world.js";

/** What the simulations depend on besides the item. */
export interface SimulationSetting {
  /** Travellers' ages are counted to this day. */
  readonly today: CalendarDay;
  /** Needed for items with a long context. */
  readonly padding: LongContextTables | undefined;
}

/** What is wrong with a transcript, with the turn and what was compared; nothing where it is right. */
export interface TranscriptFault extends Fault {
  /** Counted from 0. */
  readonly turn?: number;
  /** Attributes that differ, for a wrong state. */
  readonly attributes?: readonly string[];
  /** Results that are missing, for a wrong response. */
  readonly missing?: readonly string[];
}

/** Steps of a turn that are executed; one more ends the whole item. */
export const MOST_STEPS = 20;

/** Whether an item's simulations are padded. */
export function hasLongContext(id: string): boolean {
  return id.includes("long_context");
}

/** A new process for a transcript of the item. */
export function startProcess(item: BfclItem, { today, padding }: SimulationSetting): SimulationProcess {
  return hasLongContext(item.id) ? new SimulationProcess(today, padding) : new SimulationProcess(today);
}

/** How a transcript is judged. */
export interface TranscriptRules {
  /** All its texts are answers of native tool calling; a step that is a list of calls says so itself. @default false */
  readonly native?: boolean | undefined;
  /** Without the official evaluator's quirks. @default false */
  readonly strict?: boolean;
}

/** The first thing that is wrong with the transcript: a list of turns, each a list of steps. */
export function judgeTranscript(
  result: JsonValue,
  item: BfclItem,
  setting: SimulationSetting,
  { native = false, strict = false }: TranscriptRules = {},
): TranscriptFault | undefined {
  const task = item.multiTurn;
  if (task === undefined || !isJsonList(result)) return { type: "multi_turn:inference_error" };
  if (result.length !== task.truth.length) return { type: "multi_turn:force_terminated" };
  const hasToolCalls = native || result.some((turn) => isJsonList(turn) && turn.some(isJsonList));
  const turns = result.map((turn) => stepsOf(turn, hasToolCalls, strict));
  if (strict && turns.some((steps) => steps.length > MOST_STEPS))
    return { type: "multi_turn:force_terminated" };
  try {
    return new TranscriptJudge(item, task, setting, strict).judge(turns);
  } catch (error) {
    // A state that cannot even be loaded; the official code has no verdict here.
    if (error instanceof PythonError) return { type: "checker:unusable_state" };
    throw error;
  }
}

/**
 * The calls of each step; steps that cannot be decoded, or hold none, are left out. Beside native calls a text is an answer
 * without calls.
 */
function stepsOf(turn: JsonValue, native: boolean, strict: boolean): string[][] {
  if (!isJsonList(turn)) return [];
  return turn
    .map((step) => {
      if (native || typeof step !== "string") return executionToolCalls(step) ?? [];
      return (strict ? plainExecutionCalls(step) : executionCalls(step)) ?? [];
    })
    .filter((calls) => calls.length > 0);
}

class TranscriptJudge {
  readonly #task: MultiTurnItem;
  readonly #strict: boolean;
  readonly #model: SimulationSession;
  readonly #truth: SimulationSession;
  /** Results of the model's calls in all turns so far, with how often each occurred. */
  readonly #results = new Map<string, number>();

  /** @param strict Each side gets a process of its own, but the same names of instances. */
  constructor(item: BfclItem, task: MultiTurnItem, setting: SimulationSetting, strict: boolean) {
    this.#task = task;
    this.#strict = strict;
    const { classes, initial } = task;
    const process = startProcess(item, setting);
    const other = strict ? startProcess(item, setting) : process;
    this.#model = new SimulationSession({ classes, initial, process, owner: "model" });
    const owner = strict ? "model" : "truth";
    this.#truth = new SimulationSession({ classes, initial, process: other, owner });
  }

  judge(turns: readonly (readonly (readonly string[])[])[]): TranscriptFault | undefined {
    for (const [turn, steps] of turns.entries()) {
      const fault = this.#judgeTurn(steps, this.#task.truth[turn]!);
      if (fault !== undefined) return { ...fault, turn };
    }
    return undefined;
  }

  /** A turn without right calls is not checked, but what the model does in it stays done; strictly, it may change nothing. */
  #judgeTurn(steps: readonly (readonly string[])[], truth: readonly string[]): TranscriptFault | undefined {
    for (const call of steps.flat()) this.#note(this.#model.execute(call));
    const wanted = truth.map((call) => this.#truth.execute(call));
    if (truth.length === 0) return this.#strict ? this.#compareStates() : undefined;
    if (steps.length === 0) return { type: "multi_turn:empty_turn_model_response", ...toolOf(truth) };
    const fault = this.#compareStates() ?? this.#compareResults(wanted, truth);
    return fault === undefined ? undefined : { ...fault, deficiency: classOf(steps.flat(), truth) };
  }

  #note(result: string): void {
    this.#results.set(result, (this.#results.get(result) ?? 0) + 1);
  }

  #compareStates(): TranscriptFault | undefined {
    for (const [name, api] of this.#truth.instances) {
      const attributes = api.differences(this.#model.instances.get(name)!);
      if (attributes.length > 0)
        return { type: "multi_turn:instance_state_mismatch", tool: name, attributes };
    }
    return undefined;
  }

  #compareResults(wanted: readonly string[], truth: readonly string[]): TranscriptFault | undefined {
    const left = new Map(this.#results);
    const missing = wanted.filter((result) => {
      const count = left.get(result) ?? 0;
      left.set(result, count - 1);
      return count <= 0;
    });
    if (missing.length === 0) return undefined;
    const first = truth[wanted.indexOf(missing[0]!)];
    return {
      type: "multi_turn:execution_response_mismatch",
      missing,
      ...toolOf(first === undefined ? [] : [first]),
    };
  }
}

/** What a wrong turn lacks: a function that should have been called, the right number of calls, or right values. */
function classOf(calls: readonly string[], truth: readonly string[]): Deficiency {
  const names = new Set(calls.map(nameOf));
  if (truth.some((call) => !names.has(nameOf(call)))) return "function-name";
  return calls.length === truth.length ? "argument-value" : "call-count";
}

function nameOf(call: string): string | undefined {
  return /^[\w.]+/.exec(call)?.[0];
}

/** The function of the first call. */
function toolOf(calls: readonly string[]): { tool?: string } {
  const name = nameOf(calls[0] ?? "");
  return name === undefined ? {} : { tool: name };
}
