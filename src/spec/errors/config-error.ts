import { IToolError } from "./itool-error.js";

/** A recipe, a flag or a setting is wrong: names the key and the fix. */
export class ConfigError extends IToolError {}
