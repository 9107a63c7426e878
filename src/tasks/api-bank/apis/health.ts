/** Health: recorded data, symptoms, first aid. */
import type { ApiDefinition, Input } from "../api.js";
import { all, asText, lenientDate, outcome, reads, same } from "../check.js";
import { contains, dictionaryIn, itemOf, itemsOf, textOf } from "../python/access.js";
import { instantOf, type PythonDate, printDate, readDate, readLenientDate } from "../python/date.js";
import { PythonError, raise } from "../python/error.js";
import { foldName, raiseCase, strip } from "../python/text.js";
import { copyValue, dictionaryOf, type PythonValue } from "../python/value.js";
import type { World } from "../world.js";
import { upperCode } from "./money.js";

const user = asText(raiseCase);
const time = lenientDate("date-time");

export const healthApis: readonly ApiDefinition[] = [
  {
    name: "RecordHealthData",
    required: ["user_id", "time"],
    defaulted: ["health_data"],
    run: recordHealthData,
    check: all(reads("user_id", "time", "health_data"), same("user_id", user), same("time", time), outcome),
  },
  {
    name: "QueryHealthData",
    required: ["user_id", "start_time", "end_time"],
    run: queryHealthData,
    check: all(
      reads("user_id", "start_time", "end_time"),
      same("user_id", upperCode),
      same("start_time", time),
      same("end_time", time),
      outcome,
    ),
  },
  {
    name: "SymptomSearch",
    required: ["symptom"],
    run: (input, world) => searchSymptom(symptomKey(input.text("symptom")), "description", world),
    check: all(same("symptom", asText(symptomKey)), outcome),
  },
  {
    name: "EmergencyKnowledge",
    required: ["symptom"],
    run: (input, world) => searchSymptom(emergencyKey(input.text("symptom")), "aid", world),
    check: all(same("symptom", asText(emergencyKey)), outcome),
  },
];

function recordHealthData(input: Input, world: World): PythonValue {
  const id = raiseCase(input.text("user_id"));
  if (id === "") raise("The user id cannot be empty.");
  const moment = printDate(readLenientDate(input.text("time"), "date-time"), "date-time");
  const data = checkedData(input.value("health_data"));
  const records = world.database("HealthData");
  const known = itemsOf(records.get(id) ?? []);
  const latest = known.filter((record) => itemOf(record, "time") === moment).at(-1);
  const record = latest ?? dictionaryOf({ time: moment });
  if (latest === undefined) records.set(id, [...known, record]);
  for (const item of data) {
    dictionaryIn(record).set(textOf(itemOf(item, "name")), copyValue(itemOf(item, "value")));
  }
  return "success";
}

/** Items with different names. A text is gone through by its characters, and no character has a name. */
function checkedData(data: PythonValue): readonly PythonValue[] {
  const items = data === null ? [] : itemsOf(data);
  if (items.length === 0) raise("The health data cannot be empty.");
  const names = new Set<string>();
  for (const item of items) {
    if (!contains(item, "name")) raise("The health data has invalid format.");
    const name = textOf(itemOf(item, "name"));
    if (names.has(name)) raise("The health data cannot contain duplicate items.");
    names.add(name);
  }
  return items;
}

function queryHealthData(input: Input, world: World): PythonValue {
  const id = raiseCase(input.text("user_id"));
  if (id === "") raise("The user id cannot be empty.");
  const [start, end] = readSpan(input.text("start_time"), input.text("end_time"));
  if (start > end) raise("The start time cannot be later than the end time.");
  const records = world.database("HealthData").get(id);
  if (records === undefined) return raise("The user id does not exist.");
  const within = itemsOf(records).filter((record) => {
    const moment = instantOf(readDate(textOf(itemOf(record, "time")), "date-time"));
    return moment >= start && moment <= end;
  });
  return within.length === 0
    ? raise("There is no health data in the given time span.")
    : within.map(copyValue);
}

/** Both ends; the exception has the texts of both where both are wrong. */
function readSpan(...texts: readonly [string, string]): readonly [number, number] {
  const ends = texts.map((text) => attempt(() => readLenientDate(text, "date-time")));
  const wrong = ends.filter((end) => end instanceof PythonError);
  if (wrong.length > 0) raise(wrong.map((error) => error.message).join("; "));
  const [start = 0, end = 0] = ends.flatMap((date) => (date instanceof PythonError ? [] : [instantOf(date)]));
  return [start, end];
}

function attempt(read: () => PythonDate): PythonDate | PythonError {
  try {
    return read();
  } catch (error) {
    if (error instanceof PythonError) return error;
    throw error;
  }
}

function searchSymptom(key: string, detail: string, world: World): PythonValue {
  const entries = world.database("Symptom").get(key);
  if (entries === undefined) return raise("The symptom does not exist.");
  return itemsOf(entries).map((entry) =>
    dictionaryOf({ name: itemOf(entry, "name"), [detail]: itemOf(entry, detail) }),
  );
}

function symptomKey(symptom: string): string {
  return foldName(symptom) || raise("The symptom cannot be empty.");
}

/** A mistake there: for a blank symptom it asks an exception for its lower case. */
function emergencyKey(symptom: string): string {
  if (strip(symptom) !== "") return foldName(symptom);
  throw new PythonError("AttributeError", "'Exception' object has no attribute 'lower'");
}
