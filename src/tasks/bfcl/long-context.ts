/** The padding of long contexts, from either form that it has: our JSON file, or the official Python file. */
import { DataError } from "../../spec/index.js";
import { PythonError } from "./python/error.js";
import { BUILTINS_ONLY, evaluate } from "./python/evaluate.js";
import { readJson } from "./python/json-text.js";
import { parseExpression } from "./python/parse.js";
import { PythonDict } from "./python/value.js";
import { LongContextTables } from "./simulation/world.js";

/** The tables of `long_context_constants.json`, or of `long_context.py`, whose assignments are read, not run. @throws DataError */
export function readLongContext(text: string): LongContextTables {
  const tables = text.trimStart().startsWith("{") ? readJson(text) : readAssignments(text);
  if (tables instanceof PythonDict) return new LongContextTables(tables);
  throw new DataError("The padding of long contexts is no object of tables. Restore the file.");
}

/** `NAME = literal` at the beginning of lines. */
function readAssignments(source: string): PythonDict {
  const starts = [...source.matchAll(/^([A-Z][A-Z_0-9]*)[ \t]*=[ \t]*/gm)];
  const tables = new PythonDict();
  for (const [index, match] of starts.entries()) {
    const text = source.slice(match.index + match[0].length, starts[index + 1]?.index ?? source.length);
    tables.set(match[1]!, literal(match[1]!, text.trim()));
  }
  return tables;
}

function literal(name: string, text: string): ReturnType<typeof evaluate> {
  try {
    return evaluate(parseExpression(text), BUILTINS_ONLY);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    throw new DataError(`The padding ${name} is no literal: ${error.message}. Restore the official file.`, {
      name,
    });
  }
}
