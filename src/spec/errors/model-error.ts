import { IToolError } from "./itool-error.js";

/** A model folder cannot be used: a file is missing or damaged, or an architecture is not supported. */
export class ModelError extends IToolError {}
