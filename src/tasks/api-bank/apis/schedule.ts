/** What a user keeps by time: agenda, alarms, reminders. Each kind is added, deleted, changed and looked up. */
import type { ApiDefinition, Input } from "../api.js";
import { all, type Check, exact, outcome, overlap, same } from "../check.js";
import { itemOf } from "../python/access.js";
import { readDate } from "../python/date.js";
import { raise } from "../python/error.js";
import { strip } from "../python/text.js";
import { copyValue, dictionaryOf, type PythonDictionary, type PythonValue } from "../python/value.js";
import type { World } from "../world.js";
import { findRow, nextKey, userOfToken } from "./tokens.js";

const lower = (text: string) => text.toLowerCase();
const agenda = ["token", "content", "time", "location"];
const reminder = ["token", "content", "time"];
const agendaCheck = all(overlap("content"), same("time"), same("location"), outcome);
const reminderCheck = all(overlap("content", lower), same("time"), outcome);

export const scheduleApis: readonly ApiDefinition[] = [
  { name: "AddAgenda", required: agenda, run: addAgenda, check: agendaCheck },
  { name: "DeleteAgenda", required: agenda, run: deleteAgenda, check: deletedAt("time") },
  { name: "ModifyAgenda", required: agenda, run: modifyAgenda, check: agendaCheck },
  { name: "QueryAgenda", required: agenda, run: queryAgenda, check: agendaCheck },
  { name: "AddReminder", required: reminder, run: addReminder, check: reminderCheck },
  { name: "DeleteReminder", required: reminder, run: deleteReminder, check: deletedAt("time") },
  { name: "ModifyReminder", required: reminder, run: modifyReminder, check: reminderCheck },
  { name: "QueryReminder", required: reminder, run: queryReminder, check: reminderCheck },
  { name: "AddAlarm", required: ["token", "time"], run: addAlarm, check: exact },
  { name: "DeleteAlarm", required: ["token", "time"], run: deleteAlarm, check: exact },
  { name: "ModifyAlarm", required: ["token", "from_time", "to_time"], run: modifyAlarm, check: exact },
  { name: "QueryAlarm", required: ["token", "time"], run: queryAlarm, check: exact },
];

/** Where both deletions succeeded only this parameter counts, else output and exception. */
export function deletedAt(name: string): Check {
  return (response, recorded) => {
    const done = [recorded, response].every((result) => itemOf(result, "output") === "success");
    return done ? same(name)(response, recorded) : outcome(response, recorded);
  };
}

function addAgenda(input: Input, world: World): PythonValue {
  readDate(input.text("time"), "date-time");
  requireContent(input);
  addNumbered(input, world.database("Agenda"), world, ["content", "time", "location"]);
  return "success";
}

function addAlarm(input: Input, world: World): PythonValue {
  readDate(input.text("time"), "date-time");
  addNumbered(input, world.database("Alarm"), world, ["time"]);
  return "success";
}

/** The key is the number of rows plus one, as an integer: it lies beside a text key of the same digits. */
function addNumbered(input: Input, rows: PythonDictionary, world: World, fields: readonly string[]): void {
  rows.set(BigInt(rows.size + 1), ownedRow(input, userOfToken(input.value("token"), world), fields));
}

function addReminder(input: Input, world: World): PythonValue {
  requireReminder(input);
  const username = userOfToken(input.value("token"), world);
  const rows = world.database("Reminder");
  rows.set(nextKey(rows), ownedRow(input, username, ["content", "time"]));
  return "success";
}

function deleteAgenda(input: Input, world: World): PythonValue {
  const key = findAgenda(input, world);
  if (key !== undefined) world.database("Agenda").delete(key);
  else if (input.text("content") !== "") raise(`You have no meeting about ${input.text("content")}`);
  else if (input.text("time") !== "") raise(`You have no meeting at time : ${input.text("time")}`);
  return "success";
}

function modifyAgenda(input: Input, world: World): PythonValue {
  const key = findAgenda(input, world) ?? noAgenda(input);
  const username = userOfToken(input.value("token"), world);
  world.database("Agenda").set(key, ownedRow(input, username, ["content", "time", "location"]));
  return "success";
}

function queryAgenda(input: Input, world: World): PythonValue {
  const key = findAgenda(input, world) ?? noAgenda(input);
  return copyValue(world.database("Agenda").get(key)!);
}

function findAgenda(input: Input, world: World): string | bigint | undefined {
  const [content, time] = [input.text("content"), input.text("time")];
  if (time !== "") readDate(time, "date-time");
  return findRow(world.database("Agenda"), userOfToken(input.value("token"), world), { content, time });
}

function noAgenda(input: Input): never {
  if (input.text("content") !== "") return raise(`You have no agenda about ${input.text("content")}`);
  return raise(input.text("time") === "" ? "Error" : `You have no agenda at time : ${input.text("time")}`);
}

function deleteReminder(input: Input, world: World): PythonValue {
  world.database("Reminder").delete(findReminder(input, world));
  return "success";
}

function modifyReminder(input: Input, world: World): PythonValue {
  const key = findReminder(input, world);
  const username = userOfToken(input.value("token"), world);
  world.database("Reminder").set(key, ownedRow(input, username, ["content", "time"]));
  return "success";
}

function queryReminder(input: Input, world: World): PythonValue {
  return copyValue(world.database("Reminder").get(findReminder(input, world))!);
}

function findReminder(input: Input, world: World): string | bigint {
  requireReminder(input);
  const [content, time] = [input.text("content"), input.text("time")];
  const username = userOfToken(input.value("token"), world);
  const key = findRow(world.database("Reminder"), username, { content, time });
  return key ?? raise(`You have no reminder about ${content} or at time : ${time}`);
}

function requireReminder(input: Input): void {
  readDate(input.text("time"), "date-time");
  requireContent(input);
}

function requireContent(input: Input): void {
  if (strip(input.text("content")) === "") raise("Content should not be null");
}

function deleteAlarm(input: Input, world: World): PythonValue {
  const time = input.text("time");
  readDate(time, "date-time");
  const rows = world.database("Alarm");
  rows.delete(findAlarm(input, world, time) ?? raise(`You have no alarm clock at time : ${time}`));
  return "success";
}

function modifyAlarm(input: Input, world: World): PythonValue {
  const [from, to] = [input.text("from_time"), input.text("to_time")];
  readDate(from, "date-time");
  readDate(to, "date-time");
  const key = findAlarm(input, world, from) ?? raise(`You have no agenda at time : ${from}`);
  const username = userOfToken(input.value("token"), world);
  world.database("Alarm").set(key, dictionaryOf({ username: String(username), time: to }));
  return "success";
}

function queryAlarm(input: Input, world: World): PythonValue {
  const time = input.text("time");
  readDate(time, "date-time");
  const key = findAlarm(input, world, time) ?? raise(`You have no alarm clock at time : ${time}`);
  return copyValue(world.database("Alarm").get(key)!);
}

function findAlarm(input: Input, world: World, time: string): string | bigint | undefined {
  return findRow(world.database("Alarm"), userOfToken(input.value("token"), world), { time });
}

function ownedRow(input: Input, username: string | bigint, fields: readonly string[]): PythonDictionary {
  const own = Object.fromEntries(fields.map((field) => [field, input.value(field)]));
  return dictionaryOf({ username: String(username), ...own });
}
