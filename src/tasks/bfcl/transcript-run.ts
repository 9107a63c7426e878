/**
 * A multi-turn item as a model lives it: it answers, its calls are executed, it sees their results and answers again,
 * until it calls nothing; then the next turn begins. Nothing is asked of a model here: callers hand in its answers.
 */
import type { JsonObject, Message } from "../../spec/index.js";
import { field } from "../json-text.js";
import { executionCalls } from "./decode/execution-calls.js";
import type { BfclItem, MultiTurnItem } from "./item.js";
import { type SimulationSetting, startProcess } from "./judge-transcript.js";
import { documentsFor, toMessage, withSystemPrompt } from "./prompt.js";
import { readJson } from "./python/json-text.js";
import { repr } from "./python/repr.js";
import { PythonDict } from "./python/value.js";
import { SimulationSession } from "./simulation/session.js";

/** Steps of a turn that are executed; one more ends the whole item. */
export const MOST_STEPS = 20;

/** What a run is made of. */
export interface TranscriptStart {
  readonly item: BfclItem;
  readonly task: MultiTurnItem;
  /** The functions of the item's classes. */
  readonly docs: readonly JsonObject[];
  readonly setting: SimulationSetting;
  /** False where the functions are shown by the model's own template. @default true */
  readonly describesFunctions?: boolean;
}

/** The run of one item. */
export class TranscriptRun {
  readonly #item: BfclItem;
  readonly #docs: readonly JsonObject[];
  readonly #heldBack: ReadonlyMap<number, readonly string[]>;
  readonly #session: SimulationSession;
  readonly #describes: boolean;
  readonly #messages: Message[] = [];
  readonly #turns: string[][] = [];
  #done = false;
  #steps = 0;

  constructor({ item, task, docs, setting, describesFunctions = true }: TranscriptStart) {
    this.#item = item;
    this.#docs = documentsFor(item.category, docs);
    this.#heldBack = task.heldBack;
    this.#describes = describesFunctions;
    const { classes, initial } = task;
    this.#session = new SimulationSession({
      classes,
      initial,
      process: startProcess(item, setting),
      owner: "model",
    });
    this.#beginTurn();
  }

  /** Whether the item is over. */
  get done(): boolean {
    return this.#done;
  }

  /** The dialogue that the model answers next. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** The functions that the model may call now. */
  get functions(): readonly JsonObject[] {
    const hidden = new Set<unknown>(
      [...this.#heldBack].filter(([turn]) => turn >= this.#turns.length).flatMap(([, names]) => names),
    );
    return this.#docs.filter((doc) => !hidden.has(field(doc, "name")));
  }

  /** The answers so far: per turn, per step, as official result files have them. */
  get result(): readonly (readonly string[])[] {
    return this.#turns;
  }

  #beginTurn(): void {
    const turn = this.#turns.length;
    const messages = this.#item.turns[turn];
    if (messages === undefined) {
      this.#done = true;
      return;
    }
    this.#turns.push([]);
    this.#steps = 0;
    const shown = this.#heldBack.has(turn) ? [this.#announcement(turn)] : messages;
    if (turn > 0 || !this.#describes) this.#messages.push(...shown.map(toMessage));
    else this.#messages.push(...withSystemPrompt(shown, this.functions));
  }

  /** Functions that were held back come with their documents. */
  #announcement(turn: number): Message {
    const names = new Set<unknown>(this.#heldBack.get(turn));
    const docs = this.#docs.filter((doc) => names.has(field(doc, "name")));
    const sentence = "There are some more functions now. Please try again with them.";
    const list = this.#describes ? `${repr(docs.map((doc) => readJson(JSON.stringify(doc))))}\n` : "";
    return { role: "user", content: `${list}${sentence}` };
  }

  /** The model's answer to `messages`: its calls are executed, or the turn ends. */
  answer(text: string): void {
    this.#turns.at(-1)!.push(text);
    this.#messages.push({ role: "assistant", content: text });
    const calls = executionCalls(text) ?? [];
    if (calls.length === 0) {
      this.#beginTurn();
      return;
    }
    this.#messages.push({ role: "user", content: this.#results(calls) });
    this.#steps += 1;
    if (this.#steps > MOST_STEPS) this.#done = true;
  }

  #results(calls: readonly string[]): string {
    return repr(
      calls.map((call) =>
        PythonDict.from({ role: "tool", name: call, content: this.#session.execute(call) }),
      ),
    );
  }
}
