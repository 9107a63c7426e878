/**
 * Progress as a line of text with the time left. The estimate weighs the recent rate more than the old one, because
 * stages speed up and slow down; it says nothing until there is something to go by.
 */
import type { ProgressEvent } from "../spec/index.js";

/** Half-life of the memory of the rate, in seconds of work. */
const HALF_LIFE = 20;

/** What is known of one stage's rate. */
interface StageRate {
  readonly startedAt: number;
  readonly startedDone: number;
  lastAt: number;
  lastDone: number;
  /** Units a second; undefined until two events are apart. */
  rate: number | undefined;
}

/** Turns events into lines. */
export class ProgressMeter {
  private readonly stages = new Map<string, StageRate>();

  /** @param now Milliseconds of a steady clock. */
  constructor(private readonly now: () => number) {}

  /** The line for an event, e.g. `warmup  40% · 1,200 of 3,000 rows · 35 s left · loss 0.41`. */
  line(event: ProgressEvent): string {
    if (event.total <= 0) return `${event.stage}  ${group(event.done)} ${event.unit}`;
    const left = this.secondsLeft(event);
    const parts = [
      `${event.stage}  ${percent(event)}`,
      `${group(event.done)} of ${group(event.total)} ${event.unit}`,
      ...(left === undefined ? [] : [`${formatSeconds(left)} left`]),
      ...(event.note === undefined ? [] : [event.note]),
    ];
    return parts.join(" · ");
  }

  /** Seconds until the stage of this event is done; `undefined` before anything is known, 0 when it is done. */
  secondsLeft(event: ProgressEvent): number | undefined {
    const stage = this.update(event);
    if (event.total <= 0) return undefined;
    if (event.done >= event.total) return 0;
    return stage.rate === undefined || stage.rate <= 0 ? undefined : (event.total - event.done) / stage.rate;
  }

  /** Seconds since the first event of a stage; 0 for a stage never seen. */
  secondsSpent(stage: string): number {
    const known = this.stages.get(stage);
    return known === undefined ? 0 : (known.lastAt - known.startedAt) / 1000;
  }

  private update(event: ProgressEvent): StageRate {
    const now = this.now();
    const known = this.stages.get(event.stage);
    if (known === undefined || event.done < known.lastDone) {
      const fresh = {
        startedAt: now,
        startedDone: event.done,
        lastAt: now,
        lastDone: event.done,
        rate: undefined,
      };
      this.stages.set(event.stage, fresh);
      return fresh;
    }
    const seconds = (now - known.lastAt) / 1000;
    if (seconds > 0 && event.done > known.lastDone) {
      const rate = (event.done - known.lastDone) / seconds;
      const keep = known.rate === undefined ? 0 : 0.5 ** (seconds / HALF_LIFE);
      known.rate = keep * (known.rate ?? 0) + (1 - keep) * rate;
      known.lastAt = now;
      known.lastDone = event.done;
    }
    return known;
  }
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function percent(event: ProgressEvent): string {
  const share = Math.min(1, event.done / event.total);
  return `${String(Math.floor(share * 100)).padStart(3)}%`;
}

function group(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
