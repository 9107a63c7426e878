/**
 * The only file that writes to the console: stdout is data, stderr is for people. On a terminal, progress rewrites one
 * line; in a file or a pipe it is a line every few seconds and one when a stage is done. No colour where NO_COLOR is
 * set or nobody looks.
 */
import type { ProgressEvent } from "../spec/index.js";
import { ProgressMeter, type RunPlace } from "./progress-meter.js";

/** Milliseconds between two progress lines in a log. */
const LOG_INTERVAL = 10_000;
/** Milliseconds of silence after which a log is told that the work goes on. */
const LOG_SILENCE = 30_000;
/** Milliseconds between two redraws on a terminal. */
const DRAW_INTERVAL = 100;
/** Milliseconds after which a terminal's line is redrawn without news, so that the time left counts down. */
const TICK = 1_000;

/** Columns where the terminal does not tell (some say 0). */
const USUAL_WIDTH = 80;

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
  /** @param place Where the event lies in a run of several stages. */
  progress(event: ProgressEvent, place?: RunPlace): void;
  /** Ends the progress; to be called when the work is over, whether it went well or not. */
  endProgress(): void;
}

/** Options of `createTerminal`. */
export interface TerminalOptions {
  readonly json: boolean;
  /** No progress and no notes. */
  readonly quiet: boolean;
  /** What to write to. @default this process */
  readonly console?: Console;
}

/** A stream of a console. */
export interface ConsoleStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The world of a terminal. */
export interface Console {
  readonly stdout: ConsoleStream;
  readonly stderr: ConsoleStream;
  /** `NO_COLOR`, `TERM`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a steady clock. */
  now(): number;
}

/** The terminal of this process, or of another console. */
export function createTerminal(options: TerminalOptions): Terminal {
  const console = options.console ?? processConsole();
  const { stdout, stderr, env } = console;
  const lines = new ProgressLines(console);
  return {
    json: options.json,
    styled: stdout.isTTY === true && !env.NO_COLOR,
    data: (text) => {
      lines.close();
      stdout.write(`${text}\n`);
    },
    note: (text) => {
      if (options.quiet) return;
      lines.close();
      stderr.write(`${text}\n`);
    },
    progress: (event, place) => {
      if (!options.quiet) lines.show(event, place);
    },
    endProgress: () => lines.end(),
  };
}

function processConsole(): Console {
  const { stdout, stderr, env } = process;
  return { stdout, stderr, env, now: () => performance.now() };
}

/** The progress of the work under way: one line that is rewritten, or a log. */
class ProgressLines {
  readonly #console: Console;
  readonly #live: boolean;
  readonly #meter: ProgressMeter;
  /** Whether the last line waits to be rewritten. */
  #open = false;
  #lastDrawn = Number.NEGATIVE_INFINITY;
  #last: { readonly event: ProgressEvent; readonly place: RunPlace | undefined } | undefined;
  /** The stage and unit that were shown as done: work that ends twice is told once. */
  #ended = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(console: Console) {
    this.#console = console;
    this.#live = console.stderr.isTTY === true && console.env.TERM !== "dumb";
    this.#meter = new ProgressMeter(console.now);
  }

  show(event: ProgressEvent, place: RunPlace | undefined): void {
    this.#last = { event, place };
    this.#timer ??= setInterval(() => this.#tick(), this.#live ? TICK : LOG_INTERVAL).unref();
    const line = this.#meter.line(event, place);
    const finished = event.total > 0 && event.done >= event.total;
    if (finished) this.#finish(event, line);
    else this.#goOn(line);
  }

  #goOn(line: string): void {
    this.#ended = "";
    const interval = this.#live ? DRAW_INTERVAL : LOG_INTERVAL;
    if (this.#console.now() - this.#lastDrawn >= interval) this.#draw(line);
  }

  #finish({ stage, unit }: ProgressEvent, line: string): void {
    const key = `${stage} ${unit}`;
    if (key !== this.#ended) this.#draw(line);
    this.#ended = key;
    this.#last = undefined;
    this.close();
  }

  /** Ends the line that is being rewritten; the next event begins a new one. */
  close(): void {
    if (this.#open) this.#console.stderr.write("\n");
    this.#open = false;
  }

  end(): void {
    this.close();
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#last = undefined;
  }

  #tick(): void {
    if (this.#last === undefined) return;
    const silent = this.#console.now() - this.#lastDrawn;
    if (this.#live ? this.#open : silent >= LOG_SILENCE) {
      this.#draw(this.#meter.line(this.#last.event, this.#last.place));
    }
  }

  #draw(line: string): void {
    const { stderr, now } = this.#console;
    this.#lastDrawn = now();
    stderr.write(this.#live ? `\r\u001b[2K${clip(line, stderr.columns || USUAL_WIDTH)}` : `${line}\n`);
    this.#open = this.#live;
  }
}

/** Cut to the width of the terminal: a wrapped line cannot be rewritten. */
function clip(line: string, width: number): string {
  return line.length < width ? line : `${line.slice(0, Math.max(1, width - 2))}…`;
}
