/**
 * What the official checkers compare, as parts to put together. Parts are asked in order and the first that fails
 * decides, so a field that the recorded result lacks ends in a KeyError only where the official checker reaches it.
 */
import { itemOf, textOf } from "./python/access.js";
import { type DateFormat, printDate, readLenientDate } from "./python/date.js";
import { PythonError } from "./python/error.js";
import { type PythonDictionary, type PythonValue, pythonEqual } from "./python/value.js";

/** Compares the result of a call with the recorded one. @throws PythonError where the official checker raises */
export type Check = (response: PythonDictionary, recorded: PythonDictionary) => boolean;

/** A value as it is compared; `undefined` equals nothing, not even itself. */
export type Normalise = (value: PythonValue) => PythonValue | undefined;

/** True where all parts are. */
export function all(...checks: readonly Check[]): Check {
  return (response, recorded) => checks.every((check) => check(response, recorded));
}

/** Output equal. */
export const output: Check = sameItem("output");

/** The exception equal. */
export const sameException: Check = sameItem("exception");

/** Output and exception equal. */
export const outcome: Check = all(output, sameException);

/** The whole input equal. */
export const sameInput: Check = sameItem("input");

/** Input, output and exception equal. */
export const exact: Check = all(sameInput, outcome);

/** The name of the API equal. */
export const sameName: Check = sameItem("api_name");

/** The exception equal; the output may differ, as of random ids, but must not exist where none was recorded. */
export const anyOutput: Check = all(outputWhereRecorded, sameException);

/** Fails where something was returned and nothing was recorded. */
function outputWhereRecorded(response: PythonDictionary, recorded: PythonDictionary): boolean {
  return itemOf(recorded, "output") !== null || itemOf(response, "output") === null;
}

/** These parameters are there on both sides: what checkers do that read everything before they compare. */
export function reads(...names: readonly string[]): Check {
  return (response, recorded) => {
    for (const name of names) {
      inputItem(response, name);
      inputItem(recorded, name);
    }
    return true;
  };
}

/** One parameter equal, after both sides were brought to the same form. */
export function same(name: string, normalise: Normalise = (value) => value): Check {
  return (response, recorded) => {
    const one = normalise(inputItem(response, name));
    const other = normalise(inputItem(recorded, name));
    return one !== undefined && other !== undefined && pythonEqual(one, other);
  };
}

/** All parameters but one equal; the one is removed from both, as there. */
export function sameInputWithout(name: string): Check {
  return (response, recorded) => {
    const [one, other] = [response, recorded].map((result) => {
      const input = itemOf(result, "input");
      itemOf(input, name);
      return input instanceof Map ? new Map([...input].filter(([key]) => key !== name)) : input;
    });
    return pythonEqual(one!, other!);
  };
}

/** More than half of the words of both sides together are in both; words are what single spaces separate. */
export function overlap(name: string, fold: (text: string) => string = (text) => text): Check {
  const words = (result: PythonDictionary) => new Set(fold(textOf(inputItem(result, name))).split(" "));
  return (response, recorded) => {
    const [one, other] = [words(response), words(recorded)];
    const common = [...one].filter((word) => other.has(word)).length;
    return common / (one.size + other.size - common) > 0.5;
  };
}

/** A form for texts. */
export function asText(normalise: (text: string) => string): Normalise {
  return (value) => normalise(textOf(value));
}

/** A form that leaves None as it is. */
export function unlessNone(normalise: Normalise): Normalise {
  return (value) => (value === null ? null : normalise(value));
}

/** A date in the lenient form; a text that is none equals nothing. */
export function lenientDate(format: DateFormat): Normalise {
  return (value) => {
    const text = textOf(value);
    return whenValid(() => printDate(readLenientDate(text, format), format));
  };
}

/** The value, or `undefined` where reading it raises a ValueError. */
export function whenValid<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PythonError && error.kind === "ValueError") return undefined;
    throw error;
  }
}

function sameItem(key: string): Check {
  return (response, recorded) => pythonEqual(itemOf(response, key), itemOf(recorded, key));
}

function inputItem(result: PythonDictionary, name: string): PythonValue {
  return itemOf(itemOf(result, "input"), name);
}
