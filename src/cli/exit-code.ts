/** Exit codes, and how an error becomes one. */
import { CommanderError } from "commander";
import { CancelledError, ConfigError, DataError, IToolError } from "../spec/index.js";

/** 0 ok, 1 failure, 2 usage, 3 bad data, 130 interrupted after a clean checkpoint. */
export const EXIT = { ok: 0, failure: 1, usage: 2, badData: 3, interrupted: 130 } as const;

/** The exit code for an error. Anything unknown is a failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CancelledError) return EXIT.interrupted;
  if (error instanceof ConfigError) return EXIT.usage;
  if (error instanceof DataError) return EXIT.badData;
  return EXIT.failure;
}

/**
 * What people are told of an error: the message of ours, and the stack of what we did not expect. Nothing where the parser
 * of the command line has told it already. Only commands that can go on are ever cancelled.
 */
export function describeError(error: unknown): string | undefined {
  if (error instanceof CommanderError) return undefined;
  if (error instanceof CancelledError) return "itool: Interrupted. The same command goes on from here.";
  if (error instanceof IToolError) return `itool: ${error.message}`;
  if (error instanceof Error) return `itool: unexpected ${error.stack ?? error.message}`;
  return `itool: unexpected ${String(error)}`;
}
