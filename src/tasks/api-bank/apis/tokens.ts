/** Tokens and rows that belong to a user. */
import { itemOf } from "../python/access.js";
import { raise } from "../python/error.js";
import { type PythonDictionary, type PythonValue, pythonEqual } from "../python/value.js";
import type { World } from "../world.js";

/** The user with this token. @throws PythonError where there is none */
export function userOfToken(token: PythonValue, world: World): string | bigint {
  for (const [username, account] of world.database("Account")) {
    if (pythonEqual(itemOf(account, "token"), token)) return username;
  }
  return raise("The token is invalid.");
}

/** The key of the first row of a user that has one of these values; `undefined` where no row has. */
export function findRow(
  rows: PythonDictionary,
  username: string | bigint,
  wanted: Readonly<Record<string, PythonValue>>,
): string | bigint | undefined {
  for (const [key, row] of rows) {
    if (itemOf(row, "username") !== username) continue;
    const hit = Object.entries(wanted).some(([field, value]) => pythonEqual(itemOf(row, field), value));
    if (hit) return key;
  }
  return undefined;
}

/** The key of a new row: one more than the greatest, as text; "0" in an empty database. */
export function nextKey(rows: PythonDictionary): string {
  return String(Math.max(-1, ...[...rows.keys()].map(Number)) + 1);
}
