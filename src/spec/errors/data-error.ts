import { IToolError } from "./itool-error.js";

/** Imported or stored data is not what it must be: names the file, the row and the field. */
export class DataError extends IToolError {}
