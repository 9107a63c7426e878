/** Follows a run through its stages, so that progress can say which stage of how many it is and how long the rest takes. */
import type { ProgressEvent } from "../spec/index.js";
import type { StageOutcome } from "../stages/stage-run.js";
import type { RunPlace } from "./progress-meter.js";
import { type PlannedStage, RunEstimate } from "./run-estimate.js";

/** What the follower needs of the run. */
export interface RunProgressOptions {
  /** The plan, or `undefined` as long as the data are not counted. */
  readonly plan: () => readonly PlannedStage[] | undefined;
  /** Seconds that stages took in earlier sittings. */
  readonly earlier: ReadonlyMap<string, number>;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

interface CurrentStage {
  readonly name: string;
  readonly number: number;
  readonly count: number;
  readonly startedAt: number;
  kind: StageOutcome["kind"];
}

/** Told of outcomes and events in the order in which the pipeline tells them. */
export class RunProgress {
  readonly #options: RunProgressOptions;
  readonly #done: { readonly stage: string; readonly seconds: number | undefined }[] = [];
  #estimate: RunEstimate | undefined;
  #current: CurrentStage | undefined;

  constructor(options: RunProgressOptions) {
    this.#options = options;
  }

  /** A stage begins, or is skipped. */
  onStage({ stage, kind }: StageOutcome): void {
    if (this.#current?.name === stage) this.#current.kind = kind;
  }

  /** True where the event is the run's own: it says which stage comes next, and is not to be shown by itself. */
  onEvent({ stage, done, total, note }: ProgressEvent): boolean {
    if (stage !== "run") return false;
    this.#finishCurrent();
    if (note === undefined) this.#current = undefined;
    else {
      const startedAt = this.#options.now();
      this.#current = { name: note, number: done + 1, count: total, startedAt, kind: "run" };
    }
    return true;
  }

  /** The stage under way as an event without numbers, for the time before its first own; none for a skipped one. */
  beginning(): ProgressEvent | undefined {
    if (this.#current === undefined || this.#current.kind === "skipped") return undefined;
    return { stage: this.#current.name, unit: "", done: 0, total: 0 };
  }

  /** The place of the stage under way. */
  place(): RunPlace | undefined {
    if (this.#current === undefined) return undefined;
    const { name, number, count } = this.#current;
    // The first stage counts the data: before it is done, what is on the disk may be of another recipe.
    const estimate = number === 1 ? undefined : this.#currentEstimate();
    return { number, count, ...(estimate === undefined ? {} : expectationsOf(estimate, name)) };
  }

  #finishCurrent(): void {
    if (this.#current === undefined) return;
    const { name, kind, startedAt } = this.#current;
    const spent = (this.#options.now() - startedAt) / 1000;
    const before = this.#options.earlier.get(name);
    const seconds = kind === "skipped" ? before : kind === "continued" ? spent + (before ?? 0) : spent;
    this.#done.push({ stage: name, seconds });
    this.#estimate?.finish(name, seconds);
  }

  #currentEstimate(): RunEstimate | undefined {
    if (this.#estimate !== undefined) return this.#estimate;
    const plan = this.#options.plan();
    if (plan === undefined) return undefined;
    this.#estimate = new RunEstimate(plan);
    for (const { stage, seconds } of this.#done) this.#estimate.finish(stage, seconds);
    return this.#estimate;
  }
}

/** What is expected while a stage is under way; nothing where nothing is known. */
function expectationsOf(
  estimate: RunEstimate,
  stage: string,
): Pick<RunPlace, "secondsOfStage" | "secondsAfter" | "workAfter"> {
  const secondsOfStage = estimate.secondsOf(stage);
  const secondsAfter = estimate.secondsAfter(stage);
  const workAfter = secondsAfter === undefined ? estimate.workAfter(stage) : undefined;
  return {
    ...(secondsOfStage === undefined ? {} : { secondsOfStage }),
    ...(secondsAfter === undefined ? {} : { secondsAfter }),
    ...(workAfter === undefined ? {} : { workAfter }),
  };
}
