/** The descriptions of the APIs, one JSON object a line: what a model sees, and the types by which arguments are cast. */
import { DataError } from "../../spec/index.js";
import { parsePythonJson } from "./python/json.js";
import type { PythonDictionary } from "./python/value.js";

/** One API as the official description call returns it. */
export interface ApiDescription {
  readonly name: string;
  /** The line as it is: models get it unchanged. */
  readonly line: string;
  /** The line decoded. */
  readonly value: PythonDictionary;
  /** Declared type of each input parameter, in order: `str`, `int`, `bool`, `float`, `list`, `list(str)`. */
  readonly types: ReadonlyMap<string, string>;
}

/**
 * The descriptions by name, in the order of the file.
 *
 * @throws DataError with file and row for a line that is no description, or a name that comes twice
 */
export function readDescriptions(text: string, file: string): ReadonlyMap<string, ApiDescription> {
  const descriptions = new Map<string, ApiDescription>();
  for (const [row, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const description = readDescription(line, file, row);
    if (descriptions.has(description.name)) throw bad(file, row, `${description.name} is described twice`);
    descriptions.set(description.name, description);
  }
  if (descriptions.size === 0) throw bad(file, 0, "the file is empty");
  return descriptions;
}

function readDescription(line: string, file: string, row: number): ApiDescription {
  const parsed = parsePythonJson(line);
  if (!parsed.ok) throw bad(file, row, `the line is not JSON (${parsed.message})`);
  const { value } = parsed;
  if (!(value instanceof Map)) throw bad(file, row, "the line is no object");
  const name = value.get("name");
  const parameters = value.get("input_parameters");
  if (typeof name !== "string") throw bad(file, row, "name is no text");
  if (!(parameters instanceof Map)) throw bad(file, row, "input_parameters is no object");
  const types = [...parameters].map(([key, parameter]): [string, string] => {
    const type = parameter instanceof Map ? parameter.get("type") : undefined;
    if (typeof type !== "string") throw bad(file, row, `input_parameters.${String(key)}.type is no text`);
    return [String(key), type];
  });
  return { name, line, value, types: new Map(types) };
}

function bad(file: string, row: number, what: string): DataError {
  const message = `${file}, row ${row} (line ${row + 1}): ${what}. Write one description a line, as docs/api-bank.md shows.`;
  return new DataError(message, { file, row });
}
