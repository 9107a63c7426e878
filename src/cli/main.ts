#!/usr/bin/env node
/**
 * The `itool` command. An interrupt ends it at once, or, where the command can go on later, after a clean checkpoint; a
 * second one ends it at once. This is the only file that sets the exit code.
 */
import { describeError, EXIT, exitCodeOf } from "./exit-code.js";
import { createProgram } from "./program.js";

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

/** From now on an interrupt asks for a checkpoint; without this the system ends the process, however busy it is. */
function stopAtCheckpoint(): AbortSignal {
  const interrupt = new AbortController();
  const stop = () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write("\nStopping after a checkpoint; once more to stop at once.\n");
    interrupt.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  return interrupt.signal;
}

function report(error: unknown): number {
  const description = describeError(error);
  if (description !== undefined) process.stderr.write(`${description}\n`);
  return exitCodeOf(error);
}
