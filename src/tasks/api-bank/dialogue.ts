/** Dialogues: one JSON turn a line. */
import { DataError } from "../../spec/index.js";
import { parsePythonJson } from "./python/json.js";
import type { PythonDictionary, PythonValue } from "./python/value.js";

/** L1: the APIs are given. L2: the APIs must first be searched for. */
export type ApiBankLevel = "L1" | "L2";

/** What the user or the assistant said. */
export interface TextTurn {
  readonly role: "User" | "AI";
  readonly text: string;
}

/** A call that the assistant made, with what it returned when the dialogue was recorded. */
export interface ApiTurn {
  readonly role: "API";
  readonly apiName: string;
  readonly parameters: PythonDictionary;
  readonly result: PythonDictionary;
}

export type Turn = TextTurn | ApiTurn;

/** A dialogue of one file. */
export interface Dialogue {
  readonly level: ApiBankLevel;
  /** Name of the file without `.jsonl`. */
  readonly stem: string;
  readonly turns: readonly Turn[];
}

/** The dialogue in a file's text; an empty file has no turns. @throws DataError with file, row and field */
export function readDialogue(text: string, place: Pick<Dialogue, "level" | "stem">): Dialogue {
  const file = `${place.stem}.jsonl`;
  const lines = text.split("\n").map((line, row) => ({ line, row }));
  const turns = lines
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, row }) => readTurn(line, file, row));
  return { ...place, turns };
}

function readTurn(line: string, file: string, row: number): Turn {
  const parsed = parsePythonJson(line);
  if (!parsed.ok) throw bad(file, row, "", `the line is not JSON (${parsed.message})`);
  const { value } = parsed;
  if (!(value instanceof Map)) throw bad(file, row, "", "the line is no object");
  const role = value.get("role");
  if (role === "User" || role === "AI") return { role, text: textField(value, "text", file, row) };
  if (role !== "API") throw bad(file, row, "role", "it is none of User, AI, API");
  return {
    role,
    apiName: textField(value, "api_name", file, row),
    parameters: dictionaryField(value, "param_dict", file, row),
    result: dictionaryField(value, "result", file, row),
  };
}

function textField(turn: PythonDictionary, name: string, file: string, row: number): string {
  const value: PythonValue | undefined = turn.get(name);
  if (typeof value === "string") return value;
  throw bad(file, row, name, "it is no text");
}

function dictionaryField(turn: PythonDictionary, name: string, file: string, row: number): PythonDictionary {
  const value = turn.get(name);
  if (value instanceof Map) return value;
  throw bad(file, row, name, "it is no object");
}

function bad(file: string, row: number, field: string, what: string): DataError {
  const where = field === "" ? "" : `, ${field}`;
  const message = `${file}, row ${row} (line ${row + 1})${where}: ${what}. Fetch the dialogues again.`;
  return new DataError(message, { file, row, field });
}
