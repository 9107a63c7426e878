/**
 * What a command hears of a server, and what it uses of it. The usage of a run is kept in its directory, so that the same
 * command again goes on with what is left of the budget, not with a new one.
 */
import { z } from "zod";
import { type Budget, type Usage, UsageMeter } from "../engine/index.js";
import { ConfigError, type Store } from "../spec/index.js";
import type { Recipe } from "../stages/recipe.js";
import { readDocument, runPaths, writeDocument } from "../store/index.js";
import type { Terminal } from "./terminal.js";

/** The part of a recipe that names an engine on a server. */
export type RemoteEngineSettings = Extract<Recipe["engine"], { kind: "tinker" | "openai" }>;

/** Whether a recipe's engine is on a server. */
export function isRemote(engine: Recipe["engine"]): engine is RemoteEngineSettings {
  return engine.kind === "tinker" || engine.kind === "openai";
}

/** Who is told what a server says, and what counts its use. */
export interface RemoteListener {
  readonly note: (message: string) => void;
  readonly meter: UsageMeter;
}

/** `usage.json`. */
const usageSchema: z.ZodType<Usage> = z.strictObject({
  read: z.int().min(0),
  trained: z.int().min(0),
  written: z.int().min(0),
  requests: z.int().min(0),
});

/** Milliseconds between two writes while a command runs: what a kill loses of the count. */
const KEEP_EVERY = 1_000;

/** Listens to the server of one command. */
export class ServerWatch {
  /** Fires at the user's interrupt, and when the budget is spent: the work then stops at a checkpoint. */
  readonly signal: AbortSignal;
  readonly listener: RemoteListener;
  #store: Store | undefined;
  #timer: NodeJS.Timeout | undefined;
  #kept: Usage | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(terminal: Pick<Terminal, "note">, signal: AbortSignal, engine: Recipe["engine"]) {
    const spent = new AbortController();
    const note = (message: string): void => terminal.note(message);
    const onSpent = (usage: Usage, bound: keyof Budget): void => {
      // Spent by earlier calls: what needs the server is refused by `requireBudget`, the rest may go on.
      if (this.#store === undefined) return;
      note(`${spentMessage(usage, bound, engine)} Stopping at a checkpoint.`);
      spent.abort();
    };
    const settings = isRemote(engine) ? { budget: budgetOf(engine), prices: engine.prices } : {};
    this.listener = { note, meter: new UsageMeter({ ...settings, onSpent }) };
    this.signal = AbortSignal.any([signal, spent.signal]);
  }

  /** Counts on from what the run's directory says was used, and keeps the count there. @throws StoreError for a damaged count */
  async keepIn(store: Store): Promise<void> {
    const { meter } = this.listener;
    if (await store.exists(runPaths.usage)) {
      this.#kept = await readDocument(store, runPaths.usage, usageSchema);
      meter.add(this.#kept);
      this.#kept = meter.usage;
    }
    this.#store = store;
    this.#timer = setInterval(() => void this.#keep().catch(() => undefined), KEEP_EVERY);
    this.#timer.unref();
  }

  /** Keeps the last count. Call it before the directory is closed. @throws StoreError when the disk refuses */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keep();
  }

  #keep(): Promise<void> {
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        const { usage } = this.listener.meter;
        if (this.#store === undefined || usage === this.#kept || usage.requests === 0) return;
        await writeDocument(this.#store, runPaths.usage, usage);
        this.#kept = usage;
      });
    return this.#writing;
  }
}

/** @throws ConfigError where nothing is left of the budget */
export function requireBudget({ meter }: RemoteListener, engine: RemoteEngineSettings): void {
  if (meter.spent === undefined) return;
  const message = `${spentMessage(meter.usage, meter.spent, engine)} Raise it to go on, e.g. with --set ${settingOf(meter.spent)}=….`;
  throw new ConfigError(message, { budget: meter.spent, ...meter.usage });
}

/** The bounds that a recipe sets; a setting of 0 is none. */
export function budgetOf({ tokenBudget, requestBudget, costBudget }: RemoteEngineSettings): Budget {
  return {
    ...(tokenBudget > 0 && { tokens: tokenBudget }),
    ...(requestBudget > 0 && { requests: requestBudget }),
    ...(costBudget > 0 && { cost: costBudget }),
  };
}

/** The setting of a bound. */
export function settingOf(bound: keyof Budget): string {
  return { tokens: "engine.tokenBudget", requests: "engine.requestBudget", cost: "engine.costBudget" }[bound];
}

function spentMessage(usage: Usage, bound: keyof Budget, engine: Recipe["engine"]): string {
  const budget = isRemote(engine) ? budgetOf(engine)[bound] : undefined;
  const { read, trained, written, requests } = usage;
  const used = `${number(read)} tokens read, ${number(trained)} trained, ${number(written)} written, ${number(requests)} requests`;
  return `The budget of ${number(budget ?? 0)} (${settingOf(bound)}) is spent: ${used}.`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
