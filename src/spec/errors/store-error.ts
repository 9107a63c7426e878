import { IToolError } from "./itool-error.js";

/** A run directory cannot be read or written: a full disk, a missing or corrupted file. */
export class StoreError extends IToolError {}
