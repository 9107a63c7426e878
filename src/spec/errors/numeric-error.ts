import { IToolError } from "./itool-error.js";

/** A loss or a gradient is not finite. */
export class NumericError extends IToolError {}
