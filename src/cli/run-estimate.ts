/**
 * How long the rest of a run will take: the plan says how the work is spread over the stages, the stages that are done
 * say how fast this machine is, for each kind of stage (two evaluations are alike; a search and a warm-up are not).
 */

/** A stage with its seconds by the plan; only their ratios matter. */
export interface PlannedStage {
  /** E.g. `warmup` or `round-01/explore`. */
  readonly stage: string;
  readonly seconds: number;
}

/** Real seconds beside planned ones. */
interface Pace {
  spent: number;
  planned: number;
}

/** Knows what is planned, is told what is done, and expects the rest. */
export class RunEstimate {
  readonly #planned: ReadonlyMap<string, number>;
  readonly #finished = new Set<string>();
  readonly #paces = new Map<string, Pace>();

  constructor(plan: readonly PlannedStage[]) {
    this.#planned = new Map(plan.map(({ stage, seconds }) => [stage, seconds]));
  }

  /** A stage is done. @param seconds What it took; absent where nobody knows. */
  finish(stage: string, seconds?: number): void {
    this.#finished.add(stage);
    const planned = this.#planned.get(stage);
    if (seconds === undefined || planned === undefined || planned <= 0) return;
    for (const kind of [kindOf(stage), ALL]) {
      const pace = this.#paces.get(kind) ?? { spent: 0, planned: 0 };
      this.#paces.set(kind, { spent: pace.spent + seconds, planned: pace.planned + planned });
    }
  }

  /** Expected seconds of a stage, whole; 0 for one that the plan does not count; `undefined` before anything is done. */
  secondsOf(stage: string): number | undefined {
    const pace = this.#paces.get(kindOf(stage)) ?? this.#paces.get(ALL);
    if (pace === undefined) return undefined;
    return ((this.#planned.get(stage) ?? 0) * pace.spent) / pace.planned;
  }

  /** Work of everything that is neither done nor `current`, in units of `current`'s; `undefined` where it has none. */
  workAfter(current: string): number | undefined {
    const own = this.#planned.get(current) ?? 0;
    if (own <= 0) return undefined;
    return this.#upcoming(current).reduce((sum, stage) => sum + this.#planned.get(stage)!, 0) / own;
  }

  /** Expected seconds of everything that is neither done nor `current`; `undefined` before anything is done. */
  secondsAfter(current: string): number | undefined {
    let sum = 0;
    for (const stage of this.#upcoming(current)) {
      const seconds = this.secondsOf(stage);
      if (seconds === undefined) return undefined;
      sum += seconds;
    }
    return sum;
  }

  #upcoming(current: string): readonly string[] {
    return [...this.#planned.keys()].filter((stage) => stage !== current && !this.#finished.has(stage));
  }
}

/** The pace of all kinds together. */
const ALL = "";

/** `explore` for `round-01/explore`. */
function kindOf(stage: string): string {
  return stage.slice(stage.lastIndexOf("/") + 1);
}
