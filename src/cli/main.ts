#!/usr/bin/env node
/**
 * The `itool` command. An interrupt ends it at once, or, where the command can go on later, after a clean checkpoint; a
 * second one ends it at once. This is the only file that sets the exit code.
 */
import { CommanderError } from "commander";
import { describeError, EXIT, exitCodeOf } from "./exit-code.js";
import { createProgram } from "./program.js";

const interrupt = new AbortController();
/** Whether the command at work stops at a checkpoint when it is asked to. */
let stopsCleanly = false;

for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (!stopsCleanly || interrupt.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write("\nStopping after a checkpoint; once more to stop at once.\n");
    interrupt.abort();
  });
}
// A reader that closes early (`itool … | head`) ends the output, not with an error; without readers of the progress, work
// goes on.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await createProgram(stopAtCheckpoint).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function stopAtCheckpoint(): AbortSignal {
  stopsCleanly = true;
  return interrupt.signal;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`${describeError(error)}\n`);
  return exitCodeOf(error);
}
