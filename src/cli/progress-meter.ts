/**
 * Progress as a line of text with the time left. The estimate weighs the recent rate more than the old one, because
 * stages speed up and slow down; it says nothing until there is something to go by.
 */
import type { ProgressEvent } from "../spec/index.js";

/** Half-life of the memory of the rate, in seconds of work. */
const HALF_LIFE = 20;
/** Seconds without news after which the line says how long it has been waiting. */
const QUIET_SECONDS = 5;

/** Where in a run of several stages an event lies. */
export interface RunPlace {
  /** The stage, counted from 1. */
  readonly number: number;
  /** Stages in all. */
  readonly count: number;
  /** Expected seconds of this stage from its beginning; absent while nothing is known. */
  readonly secondsOfStage?: number;
  /** Expected seconds of the stages after this one; absent while nothing is known. */
  readonly secondsAfter?: number;
  /** Work of the stages after this one, in units of this one's, by the plan; absent where `secondsAfter` is known. */
  readonly workAfter?: number;
}

/** What is known of one stage's rate. */
interface StageRate {
  /** When the last event with news came. */
  lastAt: number;
  lastDone: number;
  /** Units a second; undefined until two events are apart. */
  rate: number | undefined;
}

/** Turns events into lines. */
export class ProgressMeter {
  private readonly stages = new Map<string, StageRate>();
  /** When each stage was first heard of. */
  private readonly starts = new Map<string, number>();

  /** @param now Milliseconds of a steady clock. */
  constructor(private readonly now: () => number) {}

  /**
   * The line for an event, e.g. `warmup  40% · 1,200 of 3,000 rows · 35 s left · loss 0.41`, and with its place in a run
   * `3/15 warmup  40% · 1,200 of 3,000 rows · 35 s left, 6 min in all · loss 0.41`. The same event again, later, counts
   * the time down, and says how long nothing was heard. Of a stage that is done it says how long it took.
   */
  line(event: ProgressEvent, place?: RunPlace): string {
    const left = this.secondsLeft(event);
    const inAll = this.wholeRun(event, left, place);
    const parts = [
      `${place === undefined ? "" : `${place.number}/${place.count} `}${event.stage}${progressOf(event)}`,
      ...(left === 0 ? describeEnd(this.secondsSpent(event), inAll) : describeTime(left, inAll)),
      ...this.describeSilence(event, left),
      ...(event.note === undefined ? [] : [event.note]),
    ];
    return parts.join(" · ");
  }

  /** Seconds until the stage of this event is done; `undefined` where nothing is known, 0 when it is done. */
  secondsLeft(event: ProgressEvent): number | undefined {
    const stage = this.update(event);
    if (event.total <= 0) return undefined;
    if (event.done >= event.total) return 0;
    if (stage.rate === undefined || stage.rate <= 0) return undefined;
    const left = (event.total - event.done) / stage.rate - (this.now() - stage.lastAt) / 1000;
    return left > 0 ? left : undefined;
  }

  /** Seconds until the run is done. */
  private wholeRun(
    event: ProgressEvent,
    left: number | undefined,
    place: RunPlace | undefined,
  ): number | undefined {
    const stage = left ?? place?.secondsOfStage;
    if (stage === undefined || place === undefined) return undefined;
    if (place.secondsAfter !== undefined) return stage + place.secondsAfter;
    if (place.workAfter === undefined || left === undefined) return undefined;
    return left + place.workAfter * (this.secondsSpent(event) + left);
  }

  private secondsSpent({ stage }: ProgressEvent): number {
    const now = this.now();
    return (now - (this.starts.get(stage) ?? now)) / 1000;
  }

  private describeSilence(event: ProgressEvent, left: number | undefined): string[] {
    const stage = this.stages.get(keyOf(event));
    if (stage === undefined || left !== undefined) return [];
    const silence = (this.now() - stage.lastAt) / 1000;
    return silence < QUIET_SECONDS ? [] : [`working for ${formatSeconds(silence)}`];
  }

  private update(event: ProgressEvent): StageRate {
    const now = this.now();
    if (!this.starts.has(event.stage)) this.starts.set(event.stage, now);
    const known = this.stages.get(keyOf(event));
    if (known === undefined || event.done < known.lastDone) {
      const fresh = { lastAt: now, lastDone: event.done, rate: undefined };
      this.stages.set(keyOf(event), fresh);
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

/** As coarse as an estimate is: `45 s`, `6 min`, `2 h 5 min`. */
function formatRoughly(seconds: number): string {
  const isMinutes = seconds >= 60 && seconds < 3570;
  return isMinutes ? `${Math.round(seconds / 60)} min` : formatSeconds(seconds);
}

/** A stage may count several things one after the other, each at its own rate. */
function keyOf({ stage, unit }: ProgressEvent): string {
  return `${stage} ${unit}`;
}

function describeEnd(spent: number, inAll: number | undefined): string[] {
  const took = `took ${formatSeconds(spent)}`;
  return [inAll === undefined ? took : `${took}, ${formatRoughly(inAll)} left in all`];
}

function describeTime(left: number | undefined, inAll: number | undefined): string[] {
  const parts = [
    ...(left === undefined ? [] : [`${formatRoughly(left)} left`]),
    ...(inAll === undefined ? [] : [`${formatRoughly(inAll)} ${left === undefined ? "left " : ""}in all`]),
  ];
  return parts.length === 0 ? [] : [parts.join(", ")];
}

function progressOf(event: ProgressEvent): string {
  if (event.total > 0)
    return `  ${percent(event)} · ${group(event.done)} of ${group(event.total)} ${event.unit}`;
  return event.done > 0 ? `  ${group(event.done)} ${event.unit}` : "";
}

function percent(event: ProgressEvent): string {
  const share = Math.min(1, event.done / event.total);
  return `${String(Math.floor(share * 100)).padStart(3)}%`;
}

function group(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
