/**
 * A multi-turn item as a model lives it: it answers, its calls are executed, it sees their results and answers again,
 * until it calls nothing; then the next turn begins. Nothing is asked of a model here: callers hand in its answers.
 */
import type { ChatMessage, JsonObject, JsonValue } from "../../spec/index.js";
import { field } from "../json-text.js";
import type { BfclItem, MultiTurnItem, QuestionMessage } from "./item.js";
import { MOST_STEPS, type SimulationSetting, startProcess } from "./judge-transcript.js";
import { keptAnswer, type ModelAnswer } from "./model-answer.js";
import { documentsFor, toMessage } from "./prompt.js";
import { startAllowance } from "./python/allowance.js";
import { SimulationSession } from "./simulation/session.js";
import { TRANSCRIPT_FORMS, type TranscriptForm, type TranscriptMode } from "./transcript-form.js";

/** What a run is made of. */
export interface TranscriptStart {
  readonly item: BfclItem;
  readonly task: MultiTurnItem;
  /** The functions of the item's classes. */
  readonly docs: readonly JsonObject[];
  readonly setting: SimulationSetting;
  /** Who shows the functions. @default "benchmark" */
  readonly mode?: TranscriptMode;
}

/** The run of one item. */
export class TranscriptRun {
  readonly #item: BfclItem;
  readonly #docs: readonly JsonObject[];
  readonly #heldBack: ReadonlyMap<number, readonly string[]>;
  readonly #session: SimulationSession;
  readonly #form: TranscriptForm;
  readonly #messages: ChatMessage[] = [];
  readonly #turns: JsonValue[][] = [];
  #done = false;
  #steps = 0;

  constructor({ item, task, docs, setting, mode = "benchmark" }: TranscriptStart) {
    this.#item = item;
    this.#docs = documentsFor(item.category, docs);
    this.#heldBack = task.heldBack;
    this.#form = TRANSCRIPT_FORMS[mode];
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
  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  /** The functions that the model may call now: those that were held back stand last, turn by turn. */
  get functions(): readonly JsonObject[] {
    const held = new Set<unknown>([...this.#heldBack.values()].flat());
    const revealed = [...this.#heldBack.keys()].filter((turn) => turn < this.#turns.length);
    const first = this.#docs.filter((doc) => !held.has(field(doc, "name")));
    return [...first, ...revealed.flatMap((turn) => this.#heldBackIn(turn))];
  }

  /** The answers so far: per turn, per step, as official result files have them. */
  get result(): JsonValue {
    return this.#turns.map((steps) => [...steps]);
  }

  #heldBackIn(turn: number): JsonObject[] {
    const names = new Set<unknown>(this.#heldBack.get(turn));
    return this.#docs.filter((doc) => names.has(field(doc, "name")));
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
    const shown = this.#heldBack.has(turn) ? [this.#revealing(turn)] : messages;
    if (turn > 0) this.#messages.push(...shown.map(toMessage));
    else this.#messages.push(...this.#form.opening(shown, this.functions));
  }

  #revealing(turn: number): QuestionMessage {
    return { role: "user", content: this.#form.revealing(this.#heldBackIn(turn)) };
  }

  /** The model's answer to `messages`: its calls are executed, or the turn ends. */
  answer(answer: ModelAnswer): void {
    startAllowance();
    this.#turns.at(-1)!.push(keptAnswer(answer));
    this.#messages.push(this.#form.said(answer));
    const calls = this.#form.callsOf(answer);
    if (calls.length === 0) {
      this.#beginTurn();
      return;
    }
    const executed = calls.map((call) => ({ call, result: this.#session.execute(call) }));
    this.#messages.push(...this.#form.results(executed, answer));
    this.#steps += 1;
    if (this.#steps > MOST_STEPS) this.#done = true;
  }
}
