/** Tells people of stages that did not begin from nothing. */
import type { StageOutcome } from "../../stages/stage-run.js";
import type { Terminal } from "../terminal.js";

/** A line for a stage that was done before, goes on, or is done again; none for one that begins. */
export function announce({ stage, kind, reason }: StageOutcome, terminal: Terminal): void {
  if (kind === "skipped") terminal.note(`${stage}: done before`);
  if (kind === "continued") terminal.note(`${stage}: goes on where it stopped`);
  if (kind === "redone")
    terminal.note(`${stage}: done again${reason === undefined ? "" : `, because ${reason}`}`);
}
