import { IToolError } from "./itool-error.js";

/** Work was stopped by its AbortSignal; the state is consistent. */
export class CancelledError extends IToolError {}
