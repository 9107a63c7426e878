/** Meetings of a user. */
import type { ApiDefinition, Input } from "../api.js";
import { all, outcome, overlap, sameInputWithout } from "../check.js";
import { dictionaryIn } from "../python/access.js";
import { readDate } from "../python/date.js";
import { raise } from "../python/error.js";
import { strip } from "../python/text.js";
import { copyValue, dictionaryOf, type PythonValue } from "../python/value.js";
import type { World } from "../world.js";
import { deletedAt } from "./schedule.js";
import { findRow, nextKey, userOfToken } from "./tokens.js";

const meeting = ["token", "meeting_topic", "start_time", "end_time", "location", "attendees"];
const meetingCheck = all(overlap("meeting_topic"), sameInputWithout("meeting_topic"), outcome);

export const meetingApis: readonly ApiDefinition[] = [
  { name: "AddMeeting", required: meeting, run: addMeeting, check: meetingCheck },
  {
    name: "DeleteMeeting",
    required: meeting,
    run: deleteMeeting,
    // A mistake there: it compares a parameter that no meeting has, which ends in a KeyError.
    check: deletedAt("time"),
    strictCheck: deletedAt("start_time"),
  },
  { name: "ModifyMeeting", required: meeting, run: modifyMeeting, check: meetingCheck },
  { name: "QueryMeeting", required: meeting, run: queryMeeting, check: meetingCheck },
];

function addMeeting(input: Input, world: World): PythonValue {
  readDate(input.text("start_time"), "date-time");
  readDate(input.text("end_time"), "date-time");
  if (strip(input.text("meeting_topic")) === "") raise("Meeting Topic should not be null");
  const username = String(userOfToken(input.value("token"), world));
  const rows = world.database("Meeting");
  const own = Object.fromEntries(meeting.slice(1).map((field) => [field, copyValue(input.value(field))]));
  rows.set(nextKey(rows), dictionaryOf({ username, ...own }));
  return "success";
}

function deleteMeeting(input: Input, world: World): PythonValue {
  world.database("Meeting").delete(findMeeting(input, world));
  return "success";
}

/** Place and attendees stay as they were. */
function modifyMeeting(input: Input, world: World): PythonValue {
  const row = dictionaryIn(world.database("Meeting").get(findMeeting(input, world))!);
  if (input.text("meeting_topic") !== "") row.set("meeting_topic", input.text("meeting_topic"));
  if (input.text("start_time") !== "") {
    row.set("start_time", input.text("start_time"));
    row.set("end_time", input.text("end_time"));
  }
  return "success";
}

function queryMeeting(input: Input, world: World): PythonValue {
  return copyValue(world.database("Meeting").get(findMeeting(input, world))!);
}

/** The first meeting of the user with the same topic or start. @throws PythonError where there is none */
function findMeeting(input: Input, world: World): string | bigint {
  const [topic, start, end] = [input.text("meeting_topic"), input.text("start_time"), input.text("end_time")];
  if (start !== "") readDate(start, "date-time");
  if (end !== "") readDate(end, "date-time");
  if (strip(topic) === "" && start === "") raise("Meeting Topic and start_time should not be null both");
  const username = userOfToken(input.value("token"), world);
  const key = findRow(world.database("Meeting"), username, { meeting_topic: topic, start_time: start });
  if (key !== undefined) return key;
  return raise(
    topic !== "" ? `You have no meeting about ${topic}` : `You have no meeting at time : ${start}`,
  );
}
