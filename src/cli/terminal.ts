/**
 * The only file that writes to the console: stdout is data, stderr is for people. On a terminal, progress rewrites one
 * line; in a file or a pipe it is a line every few seconds and one when a stage is done. No colour where NO_COLOR is
 * set or nobody looks.
 */
import type { ProgressEvent } from "../spec/index.js";
import { ProgressMeter } from "./progress-meter.js";

/** Milliseconds between two progress lines in a log. */
const LOG_INTERVAL = 10_000;
/** Milliseconds between two redraws on a terminal. */
const DRAW_INTERVAL = 100;

/** What commands write to. */
export interface Terminal {
  /** True where the user asked for `--json`: commands then write one JSON document to stdout, and nothing else. */
  readonly json: boolean;
  /** True where colours and styles may be used on stdout. */
  readonly styled: boolean;
  /** Data for stdout, with a line end added. */
  data(text: string): void;
  /** A line for people. */
  note(text: string): void;
  progress(event: ProgressEvent): void;
  /** Ends a progress line that is being rewritten. */
  endProgress(): void;
}

/** Options of `createTerminal`. */
export interface TerminalOptions {
  readonly json: boolean;
  /** No progress and no notes. */
  readonly quiet: boolean;
}

/** The terminal of this process. */
export function createTerminal({ json, quiet }: TerminalOptions): Terminal {
  const meter = new ProgressMeter(() => performance.now());
  const live = process.stderr.isTTY === true;
  let open = false;
  let lastDrawn = Number.NEGATIVE_INFINITY;
  const endProgress = (): void => {
    if (open) process.stderr.write("\n");
    open = false;
  };
  const draw = (event: ProgressEvent): void => {
    const line = meter.line(event);
    const finished = event.total > 0 && event.done >= event.total;
    const now = performance.now();
    if (!finished && now - lastDrawn < (live ? DRAW_INTERVAL : LOG_INTERVAL)) return;
    lastDrawn = now;
    process.stderr.write(live ? `\r\u001b[2K${clip(line)}` : `${line}\n`);
    open = live;
    if (finished) endProgress();
  };
  return {
    json,
    styled: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    data: (text) => {
      endProgress();
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      if (quiet) return;
      endProgress();
      process.stderr.write(`${text}\n`);
    },
    progress: (event) => {
      if (!quiet) draw(event);
    },
    endProgress,
  };
}

/** Cut to the width of the terminal: a wrapped line cannot be rewritten. */
function clip(line: string): string {
  const width = process.stderr.columns ?? 80;
  return line.length < width ? line : `${line.slice(0, Math.max(1, width - 2))}…`;
}
