/** Consoles and command lines for tests of the command line: what was written is kept, and the clock stands still. */
import { vi } from "vitest";
import { describeError, exitCodeOf } from "../../src/cli/exit-code.js";
import { createProgram } from "../../src/cli/program.js";
import { type Console, createTerminal, type Terminal } from "../../src/cli/terminal.js";

/** A console that remembers. */
export interface RecordedConsole extends Console {
  /** Everything that was written so far. */
  text(stream: "stdout" | "stderr"): string;
  /** Lets time pass. @param milliseconds */
  wait(milliseconds: number): void;
}

/** @param live Whether both streams are terminals of 80 columns. */
export function recordedConsole({
  live = false,
  env = {},
}: {
  live?: boolean;
  env?: Record<string, string>;
}): RecordedConsole {
  const written = { stdout: "", stderr: "" };
  let now = 0;
  const stream = (name: "stdout" | "stderr") => ({
    ...(live ? { isTTY: true, columns: 80 } : {}),
    write: (text: string) => {
      written[name] += text;
    },
  });
  return {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    env,
    now: () => now,
    text: (name) => written[name],
    wait: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** A terminal for commands under test, and what it was told. */
export function recordedTerminal(): { readonly terminal: Terminal; readonly console: RecordedConsole } {
  const console = recordedConsole({});
  return { terminal: createTerminal({ json: false, quiet: false, console }), console };
}

/** How a command line ended. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a command line in this process, as `main.ts` would. */
export async function runCommandLine(...words: string[]): Promise<Ending> {
  const ending = { stdout: "", stderr: "", code: 0 };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      ending[name] += String(text);
      return true;
    }),
  );
  const exit = (code: number) => {
    ending.code = code;
  };
  try {
    const signal = new AbortController().signal;
    await createProgram(() => signal, exit).parseAsync(words, { from: "user" });
  } catch (error) {
    ending.code = exitCodeOf(error);
    ending.stderr += describeError(error) ?? "";
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return ending;
}
