/** A small benchmark of our own for tests: every API, small databases, short dialogues. */
import { apiDefinitions } from "./apis/index.js";
import { type ApiBank, createApiBank } from "./benchmark.js";
import { readDescriptions } from "./descriptions.js";
import { readDialogue } from "./dialogue.js";
import { parsePythonJson } from "./python/json.js";
import type { PythonValue } from "./python/value.js";
import type { Databases } from "./world.js";

/** Names of parameters whose type is not text. */
const types: Readonly<Record<string, string>> = {
  room_count: "int",
  adult_count: "int",
  child_count: "int",
  verification_code: "int",
  on: "bool",
  devices: "list",
  health_data: "list",
  attendees: "list(str)",
};

/** One line an API, made from the definitions. */
export function fixtureDescriptions(): string {
  const lines = [...apiDefinitions.values()].map(({ name, required, defaulted = [], optional = [] }) => {
    const parameters = [...required, ...defaulted, ...optional].map((parameter) => [
      parameter,
      { type: types[parameter] ?? "str", description: `The ${parameter}.` },
    ]);
    const description = `Does what ${name} says.`;
    return JSON.stringify({
      name,
      description,
      input_parameters: Object.fromEntries(parameters),
      output_parameters: {},
    });
  });
  return `${lines.join("\n")}\n`;
}

const databases = {
  Account: {
    ann: { password: "pw", token: "tok-ann", email: "ann@example.com" },
    bob: { password: "pw2", token: "tok-bob", email: "bob@example.com" },
  },
  Agenda: {
    "1": { username: "ann", content: "Dentist visit", time: "2023-05-01 09:00:00", location: "Main St" },
  },
  Alarm: {
    "1": { username: "ann", time: "2023-05-01 07:00:00" },
    "2": { username: "bob", time: "2023-05-02 07:00:00" },
  },
  Appointments: {
    "20000001": { patient_name: "Cy", date: "2023-05-03", doctor_name: "Dr. Day" },
    "10000001": { patient_name: "Di", date: "2023-05-04", doctor_name: "Dr. Eve" },
  },
  Bank: { ann: { balance: 12.5 } },
  HealthData: {
    H1: [
      { time: "2023-05-01 08:00:00", weight: 70 },
      { time: "2023-05-03 08:00:00", weight: 71 },
    ],
  },
  History: { "05-01": [{ Title: " May Day ", Date: "1886-05-01", Description: "A strike." }] },
  Hotel: {
    "1": {
      hotel_name: "Inn",
      check_in_time: "2023-05-10",
      check_out_time: "2023-05-15",
      room_count: 1,
      adult_count: 2,
      child_count: 0,
    },
  },
  ImageCaptioning: [{ url: "http://example.com/a.png", caption: "a cat" }],
  Meeting: {
    "1": {
      username: "ann",
      meeting_topic: "Plan",
      start_time: "2023-05-06 10:00:00",
      end_time: "2023-05-06 11:00:00",
      location: "Room 1",
      attendees: ["Ann", "Bob"],
    },
  },
  QuestionAnswering: { "http://example.com/a.txt": [{ question: "Who?", answer: "Ann." }] },
  Reminder: { "1": { username: "ann", content: "Call Bob", time: "2023-05-07 10:00:00" } },
  Scenes: { evening: [{ name: "lamp", description: "A lamp" }] },
  SearchEngine: {
    raw_documents: [
      { title: "Cats", abstract: "On cats." },
      { title: "Dogs", abstract: "On dogs." },
      { title: "Birds", abstract: "On birds and cats." },
    ],
    tokenized_documents: [
      ["cats", "on", "cats", "."],
      ["dogs", "on", "dogs", "."],
      ["birds", "on", "birds", "and", "cats", "."],
    ],
  },
  SpeechRecognition: { "http://example.com/a.wav": "hello" },
  Stock: { ABC: { "2023-05-01": 10, "2023-05-02": 11.5 } },
  Symptom: { cough: [{ name: "Cold", description: "A cold.", aid: "Rest." }] },
  TimeSwitch: { lamp: [{ time: "2023-05-01 20:00:00", on: true }] },
  Wiki: { "machine learning": { url: "http://example.com/ml", summary: "Learning." } },
};

/** The databases as text, by name. */
export function fixtureDatabases(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(databases).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** A call of a dialogue, its result without the name of the API. */
export function apiTurn(
  apiName: string,
  parameters: object,
  output: unknown,
  input: unknown = parameters,
): string {
  const result = { api_name: apiName, input, output, exception: null };
  return JSON.stringify({ role: "API", api_name: apiName, param_dict: parameters, result });
}

/** Something said. */
export function textTurn(role: "User" | "AI", text: string): string {
  return JSON.stringify({ role, text });
}

const meeting = {
  token: "tok-ann",
  meeting_topic: "Budget talk",
  start_time: "2023-05-08 10:00:00",
  end_time: "2023-05-08 11:00:00",
  location: "Room 2",
  attendees: "['Ann', 'Cy']",
};

/** Dialogues as text, by level and name. */
export const fixtureDialogues: Readonly<Record<"L1" | "L2", Readonly<Record<string, string>>>> = {
  L1: {
    "AddAlarm-1": [
      textTurn("User", "Wake me at seven on the fifth of May."),
      textTurn("AI", "Your name and password?"),
      textTurn("User", "ann, pw"),
      apiTurn("GetUserToken", { username: "ann", password: "pw" }, { token: "tok-ann" }),
      apiTurn("AddAlarm", { token: "tok-ann", time: "2023-05-05 07:00:00" }, "success"),
      textTurn("AI", "Done."),
    ].join("\n"),
    "Forgot-1": [
      textTurn("User", "I forgot my password."),
      apiTurn(
        "ForgotPassword",
        { status: "Forgot Password", username: "bob", email: "bob@example.com" },
        970420,
      ),
      textTurn("AI", "What shall it be?"),
      apiTurn(
        "ForgotPassword",
        { status: "Verification Code", verification_code: "970420", new_password: "new" },
        "success",
        { status: "Verification Code", verification_code: 970420, new_password: "new" },
      ),
      textTurn("AI", "Done."),
    ].join("\n"),
    "Meeting-1": [
      textTurn("User", "Book the meeting."),
      apiTurn("AddMeeting", meeting, "success", { ...meeting, attendees: ["Ann", "Cy"] }),
      textTurn("AI", "Booked. Shall I delete the other?"),
      apiTurn(
        "DeleteMeeting",
        { ...meeting, meeting_topic: "Plan", start_time: "2023-05-06 10:00:00" },
        "success",
      ),
      textTurn("AI", "Deleted."),
    ].join("\n"),
    Empty: "",
  },
  L2: {
    "Alarm-2": [
      textTurn("User", "What alarms have I?"),
      apiTurn("ToolSearcher", { keywords: "query alarm" }, [
        { name: "GetUserToken", description: "An older description." },
        { name: "QueryAlarm", description: "An older description." },
      ]),
      apiTurn(
        "QueryAlarm",
        { token: "tok-ann", time: "2023-05-01 07:00:00" },
        { username: "ann", time: "2023-05-01 07:00:00" },
      ),
      textTurn("AI", "One."),
    ].join("\n"),
  },
};

/** The whole. */
export function fixtureBank(): ApiBank {
  const levels = ["L1", "L2"] as const;
  return createApiBank({
    databases: fixtureDatabaseValues(),
    descriptions: readDescriptions(fixtureDescriptions(), "descriptions"),
    dialogues: levels.flatMap((level) =>
      Object.entries(fixtureDialogues[level]).map(([stem, text]) => readDialogue(text, { level, stem })),
    ),
  });
}

function fixtureDatabaseValues(): Databases {
  return new Map(Object.entries(fixtureDatabases()).map(([name, text]) => [name, valueIn(text)]));
}

/** The value in a JSON text. */
export function valueIn(text: string): PythonValue {
  const parsed = parsePythonJson(text);
  if (parsed.ok) return parsed.value;
  throw new TypeError(parsed.message);
}
