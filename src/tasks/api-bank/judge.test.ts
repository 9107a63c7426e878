import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorMilliseconds } from "../../../test/support/processor-time.js";
import { judgeWithSearch, toolLibraryOf } from "./benchmark.js";
import { deficienciesOf } from "./deficiency.js";
import { readDialogue } from "./dialogue.js";
import { apiTurn, fixtureBank, textTurn } from "./fixture-bank.js";
import { judgeOutput } from "./judge.js";
import { callText } from "./messages.js";
import { pythonRepr } from "./python/print.js";
import { createLexicalFinder } from "./retrieval/lexical-search.js";
import { type ApiBankSample, apiSamplesOf } from "./samples.js";

const bank = fixtureBank();
const byId = new Map(bank.samples.map((sample) => [sample.id, sample]));

function sampleOf(
  apiName: string,
  parameters: object,
  output: unknown,
  input: unknown = parameters,
): ApiBankSample {
  const text = [
    textTurn("User", "Go."),
    apiTurn(apiName, parameters, output, input),
    textTurn("AI", "Done."),
  ].join("\n");
  return apiSamplesOf(readDialogue(text, { level: "L1", stem: "made" }))[0]!;
}

function verdictOf(sample: ApiBankSample, output: string, strict = false): string {
  const { correct, category } = judgeOutput(sample, output, { ...bank, strict });
  return correct === true ? "right" : correct === null ? "undecided" : category;
}

/** What a call gives on fresh databases: the output, or the exception. */
function resultOf(text: string): string {
  const name = /\[(\w+)/.exec(text)![1]!;
  const { result, error } = judgeOutput(sampleOf(name, {}, null), text, bank);
  if (result === undefined) return `raised: ${error}`;
  return result.get("exception") === null
    ? pythonRepr(result.get("output")!)
    : `exception: ${result.get("exception")}`;
}

describe("what the APIs do", () => {
  it.each<[string, string]>([
    ["[GetUserToken(username='ann', password='pw')]", "{'token': 'tok-ann'}"],
    ["[GetUserToken(username='eve', password='pw')]", "exception: The username does not exist."],
    ["[GetUserToken(username='ann', password='no')]", "exception: The password is incorrect."],
    [
      "[GetUserToken(username='ann')]",
      "raised: GetUserToken.call() missing 1 required positional argument: 'password'",
    ],
    [
      "[BookHotel(room_count='1')]",
      "raised: BookHotel.call() missing 5 required positional arguments: 'hotel_name', 'check_in_time', 'check_out_time', 'adult_count', and 'child_count'",
    ],
    ["[GetUserToken(name='ann')]", "raised: invalid parameter name. parameter: name"],
    ["[GetUserToken(username='constructor', password='pw')]", "exception: The username does not exist."],
    ["[CheckToken(token='tok-bob')]", "{'username': 'bob'}"],
    ["[CheckToken(token='x')]", "exception: The token is invalid."],
    ["[DeleteAccount(token='tok-ann')]", "{'status': 'success'}"],
    ["[RegisterUser(username='ann', password='x', email='y')]", "exception: The username already exists."],
    ["[ModifyPassword(token='tok-ann', old_password='pw', new_password='x')]", "{'status': 'success'}"],
    [
      "[ModifyPassword(token='tok-ann', old_password='no', new_password='x')]",
      "exception: The old password is incorrect.",
    ],
    ["[ForgotPassword(status='Forgot Password', username='ann', email='ann@example.com')]", "970420"],
    [
      "[ForgotPassword(status='Forgot Password', username='ann')]",
      "exception: The username and email are required for the first call.",
    ],
    [
      "[ForgotPassword(status='Forgot Password', username='ann', email='x')]",
      "exception: The email is incorrect.",
    ],
    [
      "[ForgotPassword(status='Verification Code', verification_code='970420', new_password='x')]",
      "exception: You need to call the API with status 'Forgot Password' at first.",
    ],
    [
      "[ForgotPassword(status='x')]",
      "exception: The status is only 'Forgot Password' or 'Verification Code'.",
    ],
    ["[ForgotPassword(status='x', verification_code='1x')]", "raised: invalid parameter type. parameter: 1x"],
    ["[AddAgenda(token='tok-ann', content='x', time='2023-05-01 09:00:00', location='y')]", "'success'"],
    [
      "[AddAgenda(token='tok-ann', content='x', time='2023-05-01', location='y')]",
      "exception: time data '2023-05-01' does not match format '%Y-%m-%d %H:%M:%S'",
    ],
    [
      "[AddAgenda(token='bad', content=' ', time='2023-05-01 09:00:00', location='y')]",
      "exception: Content should not be null",
    ],
    [
      "[AddAgenda(token='bad', content='x', time='2023-05-01 09:00:00', location='y')]",
      "exception: The token is invalid.",
    ],
    [
      "[DeleteAgenda(token='tok-ann', content='Dentist visit', time='2023-05-09 09:00:00', location='y')]",
      "'success'",
    ],
    [
      "[DeleteAgenda(token='tok-bob', content='Dentist visit', time='2023-05-01 09:00:00', location='y')]",
      "exception: You have no meeting about Dentist visit",
    ],
    ["[ModifyAgenda(token='tok-ann', content='x', time='2023-05-01 09:00:00', location='y')]", "'success'"],
    [
      "[QueryAgenda(token='tok-ann', content='x', time='2023-05-01 09:00:00', location='y')]",
      "{'username': 'ann', 'content': 'Dentist visit', 'time': '2023-05-01 09:00:00', 'location': 'Main St'}",
    ],
    [
      "[QueryAgenda(token='tok-ann', content='x', time='2023-05-01 09:00:01', location='y')]",
      "exception: You have no agenda about x",
    ],
    ["[AddReminder(token='tok-ann', content='x', time='2023-05-01 9:0:0')]", "'success'"],
    [
      "[QueryReminder(token='tok-ann', content='Call Bob', time='2023-05-01 09:00:00')]",
      "{'username': 'ann', 'content': 'Call Bob', 'time': '2023-05-07 10:00:00'}",
    ],
    [
      "[ModifyReminder(token='tok-bob', content='Call Bob', time='2023-05-01 09:00:00')]",
      "exception: You have no reminder about Call Bob or at time : 2023-05-01 09:00:00",
    ],
    ["[DeleteReminder(token='tok-ann', content='Call Bob', time='2023-05-01 09:00:00')]", "'success'"],
    ["[DeleteAlarm(token='tok-ann', time='2023-05-01 07:00:00')]", "'success'"],
    [
      "[DeleteAlarm(token='tok-ann', time='2023-05-02 07:00:00')]",
      "exception: You have no alarm clock at time : 2023-05-02 07:00:00",
    ],
    [
      "[ModifyAlarm(token='tok-ann', from_time='2023-05-02 07:00:00', to_time='2023-05-01 07:00:00')]",
      "exception: You have no agenda at time : 2023-05-02 07:00:00",
    ],
    [
      "[QueryAlarm(token='tok-ann', time='2023-05-01 07:00:00')]",
      "{'username': 'ann', 'time': '2023-05-01 07:00:00'}",
    ],
    [
      "[QueryMeeting(token='tok-ann', meeting_topic='Plan', start_time='2023-05-01 07:00:00', end_time='2023-05-01 07:00:00', location='x', attendees='y')]",
      "{'username': 'ann', 'meeting_topic': 'Plan', 'start_time': '2023-05-06 10:00:00', 'end_time': '2023-05-06 11:00:00', 'location': 'Room 1', 'attendees': ['Ann', 'Bob']}",
    ],
    [
      "[ModifyMeeting(token='tok-bob', meeting_topic='Plan', start_time='2023-05-01 07:00:00', end_time='2023-05-01 07:00:00', location='x', attendees='y')]",
      "exception: You have no meeting about Plan",
    ],
    [
      "[AddMeeting(token='tok-bob', meeting_topic=' ', start_time='2023-05-01 07:00:00', end_time='2023-05-01 07:00:00', location='x', attendees='y')]",
      "exception: Meeting Topic should not be null",
    ],
    [
      "[AppointmentRegistration(patient_name=' ', date='2023-05-03', doctor_name='x')]",
      "exception: Patient name or doctor name cannot be empty.",
    ],
    [
      "[AppointmentRegistration(patient_name='Cy ', date=' 2023-5-3', doctor_name='Dr. Day')]",
      "exception: This appointment has already been registered.",
    ],
    [
      "[AppointmentRegistration(patient_name='Cy', date='2023-05-03', doctor_name='Dr. Eve')]",
      "exception: This patient has already been registered in this day.",
    ],
    ["[CancelRegistration(appointment_id=' 20000001 ')]", "'success'"],
    ["[CancelRegistration(appointment_id='1')]", "exception: The appointment ID is incorrect."],
    ["[ModifyRegistration(appointment_id='20000001')]", "exception: Fail because no modification is made."],
    [
      "[ModifyRegistration(appointment_id='20000001', new_appointment_date='2023-05-03')]",
      "exception: Fail because date is not changed.",
    ],
    [
      "[ModifyRegistration(appointment_id='20000001', new_appointment_doctor='Dr. Day')]",
      "exception: Fail because doctor is not changed.",
    ],
    [
      "[ModifyRegistration(appointment_id='20000001', new_appointment_date='2023-05-03', new_appointment_doctor='Dr. Day')]",
      "exception: Fail because no modification is made.",
    ],
    [
      "[ModifyRegistration(appointment_id='20000001', new_appointment_date='x', new_appointment_doctor=' ')]",
      "exception: Fail because the doctor name is empty.",
    ],
    ["[ModifyRegistration(appointment_id='20000001', new_appointment_date='2023-06-01')]", "'success'"],
    [
      "[QueryRegistration(patient_name='Cy', date='2023-05-03')]",
      "{'20000001': {'patient_name': 'Cy', 'date': '2023-05-03', 'doctor_name': 'Dr. Day'}}",
    ],
    ["[QueryRegistration(patient_name='Cy', date='2023-05-04')]", "exception: No appointments found."],
    ["[OpenBankAccount(account='test', password='x', name='y')]", "'failed'"],
    ["[OpenBankAccount(account='other', password='x', name='y')]", "'success'"],
    ["[QueryBalance(token='tok-ann')]", "12.5"],
    ["[QueryBalance(token='tok-bob')]", "exception: The user does not have an account."],
    ["[QueryBalance(token=' tok-ann')]", "exception: The token is incorrect."],
    ["[QueryStock(stock_code=' abc ', date='2023-5-2')]", "11.5"],
    [
      "[QueryStock(stock_code='abc', date='2023-05-03')]",
      "exception: The stock price of this date is not maintained.",
    ],
    ["[QueryStock(stock_code='x', date='2023-05-03')]", "exception: The stock code does not exist."],
    [
      "[BookHotel(hotel_name='Inn', check_in_time='2023-05-01', check_out_time='2023-05-09', room_count='1', adult_count='2', child_count='0')]",
      "'2'",
    ],
    [
      "[BookHotel(hotel_name='Inn', check_in_time='2023-05-14', check_out_time='2023-05-19', room_count='1', adult_count='2', child_count='0')]",
      "exception: The room is not available.",
    ],
    [
      "[BookHotel(hotel_name='Inn', check_in_time='2023-05-01', check_out_time='2023-05-30', room_count='1', adult_count='2', child_count='0')]",
      "'2'",
    ],
    [
      "[BookHotel(hotel_name='Inn', check_in_time='2023-05-01', check_out_time='2023-05-09', room_count='1', adult_count='3', child_count='0')]",
      "exception: The number of adults is greater than 2. Two rooms are ordered.",
    ],
    [
      "[BookHotel(hotel_name='Inn', check_in_time='2023-05-01', check_out_time='2023-05-09', room_count='１', adult_count='²', child_count='0')]",
      "raised: invalid parameter type. parameter: ²",
    ],
    [
      "[QueryHealthData(user_id='h1', start_time='2023-05-01 08:00:00', end_time='2023-05-02 08:00:00')]",
      "[{'time': '2023-05-01 08:00:00', 'weight': 70}]",
    ],
    [
      "[QueryHealthData(user_id='h1', start_time='a', end_time='b')]",
      "exception: time data 'a' does not match format '%Y-%m-%d %H:%M:%S'; time data 'b' does not match format '%Y-%m-%d %H:%M:%S'",
    ],
    [
      "[QueryHealthData(user_id='h1', start_time='2023-05-03 08:00:00', end_time='2023-05-02 08:00:00')]",
      "exception: The start time cannot be later than the end time.",
    ],
    [
      "[QueryHealthData(user_id='h1', start_time='2022-05-01 08:00:00', end_time='2022-05-02 08:00:00')]",
      "exception: There is no health data in the given time span.",
    ],
    [
      "[RecordHealthData(user_id='h1', time='2023-05-01 08:00:00', health_data=[{'name': 'a', 'value': '1'}])]",
      "exception: The health data has invalid format.",
    ],
    [
      "[RecordHealthData(user_id='h1', time='2023-05-01 08:00:00')]",
      "exception: The health data cannot be empty.",
    ],
    ["[SymptomSearch(symptom=' Cough')]", "[{'name': 'Cold', 'description': 'A cold.'}]"],
    ["[EmergencyKnowledge(symptom='cough')]", "[{'name': 'Cold', 'aid': 'Rest.'}]"],
    ["[EmergencyKnowledge(symptom='x')]", "exception: The symptom does not exist."],
    ["[QueryScene(name=' Evening')]", "[{'name': 'lamp', 'description': 'A lamp'}]"],
    ["[DeleteScene(name='x')]", "exception: The scene does not exist."],
    ["[AddScene(name='x', devices=[{'name': 'a'}])]", "exception: Invalid device format."],
    ["[TimedSwitch(name='Lamp', time='2023-05-01 20:00:00', on='True')]", "'success'"],
    ["[CancelTimedSwitch(name='Lamp', time='2023-05-01 20:00:00')]", "'success'"],
    ["[CancelTimedSwitch(name='Lamp', time='2023-05-01 21:00:00')]", "exception: time does not exist."],
    ["[CancelTimedSwitch(name='x', time='2023-05-01 21:00:00')]", "exception: device name does not exist."],
    ["[PlayMusic(music_name=' A Song ')]", "'music://a song'"],
    ["[GetToday()]", "'2023-03-31'"],
    ["[GetToday(day='1')]", "raised: invalid parameter name. parameter: day"],
    [
      "[QueryHistoryToday(date='2023-05-01')]",
      "['Title: May Day, Date: 1886-05-01, Description: A strike.']",
    ],
    ["[QueryHistoryToday(date='5-1')]", "['Title: May Day, Date: 1886-05-01, Description: A strike.']"],
    ["[QueryHistoryToday(date='5-2')]", "exception: The date is not in the database."],
    ["[QueryHistoryToday(date='x')]", "exception: time data 'x' does not match format '%m-%d'"],
    ["[Wiki(keyword=' Machine_Learning')]", "{'url': 'http://example.com/ml', 'summary': 'Learning.'}"],
    [
      "[DocumentQA(url='http://example.com/a.txt', question='Who?')]",
      "'The question is too difficult to answer.'",
    ],
    ["[DocumentQA(url='x', question='Who?')]", "exception: The document of this url failed to be processed."],
    ["[ImageCaption(url='http://example.com/a.png')]", "'a cat'"],
    [
      "[ImageCaption(url='http://example.com/a.gif')]",
      "exception: The url should end with .jpg, .jpeg or .png.",
    ],
    ["[SpeechRecognition(url='http://example.com/a.wav')]", "'hello'"],
    [
      "[SearchEngine(keyword='Dogs')]",
      "[{'title': 'Dogs', 'abstract': 'On dogs.'}, {'title': 'Cats', 'abstract': 'On cats.'}]",
    ],
    ["[SendEmail(receiver='a.b@example.com', subject='x', content='y')]", "'success'"],
    [
      "[SendEmail(receiver='A@example.com', subject='x', content='y')]",
      "exception: Email address of the receiver is invalid.",
    ],
    [
      "[SendEmail(receiver='a@example.com', subject='x', content='y')]",
      "exception: Email address of the receiver is invalid.",
    ],
    [
      "[SendEmail(receiver='a.b.c@example.com', subject='x', content='y')]",
      "exception: Email address of the receiver is invalid.",
    ],
    [
      "[SendEmail(receiver='ab@example.info', subject='x', content='y')]",
      "exception: Email address of the receiver is invalid.",
    ],
    ["[Translate(src='x', tgt_lang='Klingon')]", "exception: Language not supported."],
  ])("%s", (text, expected) => expect(resultOf(text)).toBe(expected));

  it("makes ids of their form", () => {
    expect(resultOf("[RegisterUser(username='new', password='x', email='y')]")).toMatch(
      /^\{'token': '[a-z0-9]{18}'\}$/,
    );
    const text = "[AppointmentRegistration(patient_name='Cy', date='2023-06-03', doctor_name='x')]";
    expect(resultOf(text)).toMatch(/^'[1-9]\d{7}'$/);
  });
});

describe("official judging", () => {
  const alarm = byId.get("L1/AddAlarm-1/2")!;
  const right = "[AddAlarm(token='tok-ann', time='2023-05-05 07:00:00')]";

  it.each<[string, string]>([
    [right, "right"],
    [`API-Request: ${right}->done`, "right"],
    ["[AddAlarm(token='tok-ann', time='2023-5-5 7:00:00')]", "INPUT_MISMATCH"],
    ["[AddAlarm(token='tok-bob', time='2023-05-05 07:00:00')]", "INPUT_MISMATCH"],
    ["[AddAlarm(token='x', time='2023-05-05 07:00:00')]", "HAS_EXCEPTION"],
    ["[AddAlarm(token='tok-ann')]", "MISS_INPUT_ARGUMENT"],
    ["[AddAlarm(token='tok-ann', when='7')]", "INVALID_INPUT_PARAMETER"],
    ["[addAlarm(token='tok-ann', time='2023-05-05 07:00:00')]", "API_NAME_MISMATCH"],
    ["I will.", "NO_API_CALL"],
    ["", "NO_API_CALL"],
  ])("%s: %s", (output, verdict) => expect(verdictOf(alarm, output)).toBe(verdict));

  it("does not replay earlier calls, and strict judging does", () => {
    const second = byId.get("L1/Forgot-1/2")!;
    const literal = callText("ForgotPassword", second.target.parameters);
    expect(verdictOf(second, literal)).toBe("HAS_EXCEPTION");
    expect(verdictOf(second, literal, true)).toBe("right");
    expect(verdictOf(second, literal.replace("970420", "970421"), true)).toBe("HAS_EXCEPTION");
  });

  it("replays an appointment whose recorded id is taken", () => {
    const parameters = { patient_name: "Cy", date: "2023-07-01", doctor_name: "x" };
    const text = [
      apiTurn("AppointmentRegistration", parameters, "20000001"),
      apiTurn("GetToday", {}, "2023-03-31", null),
    ].join("\n");
    const [, second] = apiSamplesOf(readDialogue(text, { level: "L1", stem: "made" }));
    expect(verdictOf(second!, "[GetToday()]", true)).toBe("right");
  });

  it("keeps lists as text, and strict judging reads them", () => {
    const meeting = byId.get("L1/Meeting-1/0")!;
    const literal = callText("AddMeeting", meeting.target.parameters);
    const other = literal.replace("'Cy'", "'Di'");
    expect(verdictOf(meeting, literal)).toBe("INPUT_MISMATCH");
    expect(verdictOf(meeting, literal, true)).toBe("right");
    expect(verdictOf(meeting, other, true)).toBe("INPUT_MISMATCH");
    expect(verdictOf(meeting, literal.replace("Budget talk", "Budget"), true)).toBe("INPUT_MISMATCH");
  });

  it("fails to compare deleted meetings, and strict judging compares their start", () => {
    const deleted = byId.get("L1/Meeting-1/2")!;
    const literal = callText("DeleteMeeting", deleted.target.parameters);
    expect(verdictOf(deleted, literal)).toBe("KEY_ERROR");
    expect(verdictOf(deleted, literal, true)).toBe("right");
  });

  it.each<[string, object, unknown, string, string]>([
    [
      "AddAgenda",
      { token: "t", content: "a b c", time: "2023-05-01 09:00:00", location: "x" },
      "success",
      "[AddAgenda(token='tok-ann', content='a b', time='2023-05-01 09:00:00', location='x')]",
      "right",
    ],
    [
      "AddAgenda",
      { token: "t", content: "a b", time: "2023-05-01 09:00:00", location: "x" },
      "success",
      "[AddAgenda(token='tok-ann', content='a', time='2023-05-01 09:00:00', location='x')]",
      "INPUT_MISMATCH",
    ],
    [
      "AddReminder",
      { token: "t", content: "A b", time: "2023-05-01 09:00:00" },
      "success",
      "[AddReminder(token='tok-ann', content='a B', time='2023-05-01 09:00:00')]",
      "right",
    ],
    [
      "QueryStock",
      { stock_code: "ABC", date: "2023-05-01" },
      10.0,
      "[QueryStock(stock_code=' abc', date='2023-5-1')]",
      "right",
    ],
    [
      "QueryStock",
      { stock_code: "ABC", date: "x" },
      10,
      "[QueryStock(stock_code='ABC', date='x')]",
      "HAS_EXCEPTION",
    ],
    [
      "QueryHistoryToday",
      { date: "05-01" },
      ["Title: May Day, Date: 1886-05-01, Description: A strike."],
      "[QueryHistoryToday(date='2023-05-01')]",
      "right",
    ],
    [
      "CancelTimedSwitch",
      { device_id: "7", time: "2023-05-01 20:00:00" },
      "success",
      "[CancelTimedSwitch(name='lamp', time='2023-05-01 20:00:00')]",
      "KEY_ERROR",
    ],
    ["SymptomSearch", { symptom: "cough" }, [], "[SymptomSearch(symptom=' ')]", "CHECKER_ERROR"],
    ["EmergencyKnowledge", { symptom: "cough" }, [], "[EmergencyKnowledge(symptom=' ')]", "CHECKER_ERROR"],
    ["BookHotel", {}, "2", "[BookHotel(room_count='two')]", "INVALID_PARAMETER_TYPE"],
    ["PlayMusic", { music_name: "a" }, "music://a", "[PlayMusic(music_name=' A')]", "right"],
    ["GetToday", {}, "2020-01-01", "[GetToday()]", "right"],
    [
      "RegisterUser",
      { username: "new", password: "x", email: "y" },
      { token: "z" },
      "[RegisterUser(username='new', password='x', email='y')]",
      "right",
    ],
    ["Dictionary", { keyword: "a" }, [], "[Dictionary(keyword='b')]", "undecided"],
    ["Translate", { src: "a" }, "b", "[Translate(src='a', tgt_lang='fr')]", "undecided"],
    ["Translate", { src: "a" }, "b", "[Translate(src='c')]", "OUTPUT_MISMATCH"],
    [
      "SearchEngine",
      { keyword: "a" },
      [
        { title: "Cats", abstract: "On cats." },
        { title: "Dogs", abstract: "On dogs." },
      ],
      "[SearchEngine(keyword='dogs')]",
      "right",
    ],
    ["Nowhere", {}, "x", "[Nowhere()]", "INVALID_PARAMETER_TYPE"],
  ])("%s, recorded %o → %o: %s is %s", (name, parameters, output, text, verdict) => {
    expect(verdictOf(sampleOf(name, parameters, output), text)).toBe(verdict);
  });

  it("leaves the samples and databases as they were", () => {
    const outputs = [
      "[DeleteAccount(token='tok-ann')]",
      "[DeleteAlarm(token='tok-ann', time='2023-05-01 07:00:00')]",
    ];
    for (const output of [...outputs, ...outputs]) expect(resultOf(output)).toMatch(/success/);
    expect(resultOf("[CheckToken(token='tok-ann')]")).toBe("{'username': 'ann'}");
  });

  it("has a verdict for any text, and never throws", () => {
    const unit = fc.constantFrom(
      "[AddMeeting(",
      "[ToolSearcher(keywords='",
      "token='",
      "tok-ann'",
      "=[",
      "{'a': ",
      "]",
      ")]",
      "'",
      ",",
      "\n",
      "x",
      "\ud800",
    );
    const samples = [...byId.values()];
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 30 }),
        fc.nat(samples.length - 1),
        fc.boolean(),
        (parts, index, strict) => {
          const verdict = judgeOutput(samples[index]!, parts.join(""), { ...bank, strict });
          expect(verdict.correct === true).toBe(verdict.category === "CORRECT");
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("takes long and deep values in reasonable time", () => {
    const meeting = byId.get("L1/Meeting-1/0")!;
    const [open, close] = ["[".repeat(100_000), "]".repeat(100_000)];
    const values = [open, close, open + close, "x ".repeat(100_000), "'".repeat(100_000)];
    const spent = processorMilliseconds(() => {
      for (const value of values) {
        const output = `[AddMeeting(token='tok-ann', meeting_topic='${value}', attendees=${value})]`;
        for (const strict of [false, true]) verdictOf(meeting, output, strict);
      }
    });
    expect(spent).toBeLessThan(10_000);
  });
});

describe("search for tools", () => {
  const sample = byId.get("L2/Alarm-2/0")!;
  const finder = createLexicalFinder(toolLibraryOf(bank));

  it("is undecided without a search only where an answer could be right", () => {
    expect(verdictOf(sample, "[ToolSearcher(keywords='x')]")).toBe("OUTPUT_MISMATCH");
    expect(verdictOf(sample, "[ToolSearcher(keywords='x')]", true)).toBe("undecided");
  });

  it("compares descriptions officially, and names strictly", async () => {
    const verdict = async (output: string, strict: boolean) =>
      (await judgeWithSearch(sample, output, { ...bank, finder, strict })).category;
    expect(await verdict("[ToolSearcher(keywords='query alarm')]", false)).toBe("OUTPUT_MISMATCH");
    expect(await verdict("[ToolSearcher(keywords='query alarm')]", true)).toBe("CORRECT");
    expect(await verdict("[ToolSearcher(keywords='QueryAlarm')]", true)).toBe("CORRECT");
    expect(await verdict("[ToolSearcher(keywords='calculator')]", true)).toBe("OUTPUT_MISMATCH");
    expect(await verdict("[ToolSearcher(keywords='zzz')]", true)).toBe("HAS_EXCEPTION");
    expect(await verdict("[ToolSearcher(query='zzz')]", true)).toBe("INVALID_INPUT_PARAMETER");
  });
});

describe("deficienciesOf", () => {
  const alarm = byId.get("L1/AddAlarm-1/2")!;
  const meeting = byId.get("L1/Meeting-1/0")!;

  it.each<[string, readonly string[]]>([
    ["[AddAlarm(token='tok-ann', time='2023-05-05 07:00:00')]", []],
    ["Sure.", ["missing-call"]],
    ["[AddAlarm(token='tok-ann'", ["format"]],
    ["[Bell(token='tok-ann')]", ["function-name"]],
    ["[AddAlarm(token='tok-ann')]", ["argument-count"]],
    ["[AddAlarm(token='x', when='7')]", ["argument-name", "argument-value"]],
  ])("of %s", (output, expected) => {
    expect(deficienciesOf(alarm, output, judgeOutput(alarm, output, bank))).toEqual(expected);
  });

  it("names the benchmark where the recorded call itself is refused", () => {
    const literal = callText("AddMeeting", meeting.target.parameters);
    expect(deficienciesOf(meeting, literal, judgeOutput(meeting, literal, bank))).toEqual(["benchmark"]);
  });
});
