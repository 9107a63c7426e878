/** The state that API calls read and change: the databases, and what a running tool manager remembers. */
import { createRandom } from "../../method/index.js";
import { DataError } from "../../spec/index.js";
import { copyValue, dictionaryOf, type PythonDictionary, type PythonValue } from "./python/value.js";

/** Databases by name, as they are at the start; never changed. */
export type Databases = ReadonlyMap<string, PythonValue>;

/** The databases that the APIs need; each is a dictionary, but for that of the images, a list. */
export const databaseNames = [
  "Account",
  "Agenda",
  "Alarm",
  "Appointments",
  "Bank",
  "HealthData",
  "History",
  "Hotel",
  "ImageCaptioning",
  "Meeting",
  "QuestionAnswering",
  "Reminder",
  "Scenes",
  "SearchEngine",
  "SpeechRecognition",
  "Stock",
  "Symptom",
  "TimeSwitch",
  "Wiki",
] as const;

export type DatabaseName = (typeof databaseNames)[number];

/** Where new tokens and ids come from. */
export interface IdSource {
  /** 18 characters of a–z and 0–9. */
  token(): string;
  /** 8 digits, the first not 0. */
  appointment(): string;
}

/** Retrieval for ToolSearcher: the name of the best API, `undefined` where none fits at all. */
export type ToolSearch = (keywords: string) => string | undefined;

/** One tool manager: calls made on the same world see each other's changes. */
export interface World {
  /** The database as it is now; changes are kept. */
  database(name: DatabaseName): PythonDictionary;
  /** A database that no API changes, without a copy. */
  fixed(name: DatabaseName): PythonValue;
  readonly ids: IdSource;
  /** Absent: ToolSearcher cannot be asked. */
  readonly searchTools?: ToolSearch;
  /** The one account that ForgotPassword has sent a code for. */
  passwordReset?: string;
  /** Accounts opened at the bank. */
  readonly bankAccounts: string[];
  /** Descriptions of the APIs, as ToolSearcher returns them. */
  readonly library: ReadonlyMap<string, PythonDictionary>;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly databases: Databases;
  readonly library: ReadonlyMap<string, PythonDictionary>;
  readonly ids: IdSource;
  readonly searchTools?: ToolSearch;
}

/** A fresh world. A database is copied when it is first asked for. */
export function createWorld(options: WorldOptions): World {
  const { databases, library, ids, searchTools } = options;
  const copies = new Map<string, PythonDictionary>();
  const world: World = {
    ids,
    library,
    bankAccounts: ["test"],
    fixed: (name) => databases.get(name) ?? null,
    database(name) {
      const copy = copies.get(name) ?? copyOf(databases.get(name));
      copies.set(name, copy);
      return copy;
    },
  };
  return searchTools === undefined ? world : { ...world, searchTools };
}

/** Random ids from a seed. */
export function randomIds(seed: number): IdSource {
  const random = createRandom(seed);
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  // The official alphabet has both cases and is lower-cased afterwards: letters are drawn twice as often as digits.
  const alphabet = [...letters, ...letters, ..."0123456789"];
  return {
    token: () => Array.from({ length: 18 }, () => random.choice(alphabet)).join(""),
    appointment: () => String(10_000_000 + random.integer(90_000_000)),
  };
}

/** @throws DataError for a database that is missing or of another shape */
export function requireDatabases(databases: Databases): void {
  for (const name of databaseNames) {
    const value = databases.get(name);
    const fits = name === "ImageCaptioning" ? Array.isArray(value) : value instanceof Map;
    if (fits) continue;
    const what = value === undefined ? "is missing" : "has another shape than the official one";
    throw new DataError(`The database ${name} ${what}. Fetch init_database again.`, { database: name });
  }
}

function copyOf(value: PythonValue | undefined): PythonDictionary {
  const copy = copyValue(value ?? null);
  return copy instanceof Map ? copy : dictionaryOf({});
}
