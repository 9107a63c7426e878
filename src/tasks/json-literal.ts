/** The literal of a JSON value, under the name that the generator of rows uses. */
export { jsonToLiteral as literalOfJson } from "../text/index.js";
