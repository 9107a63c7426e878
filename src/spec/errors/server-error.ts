import { IToolError } from "./itool-error.js";

/** A server refused, failed or did not answer. `facts` hold the address, the HTTP status and what the server said. */
export class ServerError extends IToolError {}
