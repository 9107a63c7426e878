import { IToolError } from "./itool-error.js";

/** An argument of an engine call is out of range, e.g. a token id or a length. */
export class InputError extends IToolError {}
