#!/usr/bin/env node
/**
 * The `itool` command. One interrupt asks for a clean checkpoint; a second one ends the process at once. This is the only
 * file that sets the exit code.
 */
import { CommanderError } from "commander";
import { describeError, EXIT, exitCodeOf } from "./exit-code.js";
import { createProgram } from "./program.js";

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write("\nStopping after a checkpoint; once more to stop at once.\n");
    interrupt.abort();
  });
}
// A reader that closes early (`itool … | head`) ends the output, not with an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

try {
  await createProgram(interrupt.signal).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`${describeError(error)}\n`);
  return exitCodeOf(error);
}
