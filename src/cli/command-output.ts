/** What every command does with its flags and results. */
import type { Command } from "commander";
import { createTerminal, type Terminal } from "./terminal.js";

/** Flags of every command. */
interface GlobalFlags {
  readonly json?: true;
  readonly quiet?: true;
}

/** Sets the exit code where nothing was thrown, e.g. 3 for bad data. */
export type Exit = (code: number) => void;

/** The terminal as the flags of a command line want it. */
export function terminalOf(command: Command): Terminal {
  const { json, quiet } = command.optsWithGlobals<GlobalFlags>();
  return createTerminal({ json: json === true, quiet: quiet === true });
}

/** Writes a result to stdout: as JSON where that is wanted, else as text. */
export function print<T>(terminal: Terminal, value: T, render: (value: T) => string): void {
  terminal.data(terminal.json ? JSON.stringify(value, undefined, 2) : render(value));
}
