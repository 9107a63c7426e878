/** Appointments at the hospital. */
import type { ApiDefinition, Input } from "../api.js";
import {
  all,
  anyOutput,
  asText,
  lenientDate,
  outcome,
  reads,
  same,
  unlessNone,
  whenValid,
} from "../check.js";
import { dictionaryIn, itemOf, textOf } from "../python/access.js";
import { printDate, readLenientDate } from "../python/date.js";
import { raise } from "../python/error.js";
import { strip } from "../python/text.js";
import { copyValue, dictionaryOf, type PythonDictionary, type PythonValue } from "../python/value.js";
import type { World } from "../world.js";

const trimmed = asText(strip);

export const appointmentApis: readonly ApiDefinition[] = [
  {
    name: "AppointmentRegistration",
    required: ["patient_name", "date", "doctor_name"],
    run: register,
    check: all(
      reads("patient_name", "date", "doctor_name"),
      same("patient_name", trimmed),
      same("date", lenientDate("date")),
      same("doctor_name", trimmed),
      anyOutput,
    ),
  },
  {
    name: "CancelRegistration",
    required: ["appointment_id"],
    run: cancel,
    check: all(same("appointment_id", trimmed), outcome),
  },
  {
    name: "ModifyRegistration",
    required: ["appointment_id"],
    defaulted: ["new_appointment_date", "new_appointment_doctor"],
    run: modify,
    check: all(
      reads("appointment_id", "new_appointment_date", "new_appointment_doctor"),
      same("appointment_id", trimmed),
      same("new_appointment_date", unlessNone(lenientDate("date"))),
      same("new_appointment_doctor", unlessNone(trimmed)),
      outcome,
    ),
  },
  {
    name: "QueryRegistration",
    required: ["patient_name", "date"],
    run: query,
    check: all(
      reads("patient_name", "date"),
      same("patient_name", trimmed),
      same("date", lenientDate("date")),
      outcome,
    ),
  },
];

function register(input: Input, world: World): PythonValue {
  const [patient, doctor] = [strip(input.text("patient_name")), strip(input.text("doctor_name"))];
  if (patient === "" || doctor === "") raise("Patient name or doctor name cannot be empty.");
  const date = dayOf(input.value("date"));
  const rows = world.database("Appointments");
  const [taken] = appointmentsOf(rows, patient, date).values();
  if (taken !== undefined) {
    raise(
      itemOf(taken, "doctor_name") === doctor
        ? "This appointment has already been registered."
        : "This patient has already been registered in this day.",
    );
  }
  let id = world.ids.appointment();
  while (rows.has(id)) id = world.ids.appointment();
  rows.set(id, dictionaryOf({ patient_name: patient, date, doctor_name: doctor }));
  return id;
}

function cancel(input: Input, world: World): PythonValue {
  const deleted = world.database("Appointments").delete(strip(input.text("appointment_id")));
  return deleted ? "success" : raise("The appointment ID is incorrect.");
}

function modify(input: Input, world: World): PythonValue {
  const row = world.database("Appointments").get(strip(input.text("appointment_id")));
  if (row === undefined) return raise("The appointment ID does not exist.");
  const doctor =
    input.value("new_appointment_doctor") === null ? null : strip(input.text("new_appointment_doctor"));
  if (doctor === "") raise("Fail because the doctor name is empty.");
  const given = input.value("new_appointment_date");
  const date = given === null ? null : dayOf(given);
  requireChange(date, itemOf(row, "date"), doctor, itemOf(row, "doctor_name"));
  if (date !== null) dictionaryIn(row).set("date", date);
  if (doctor !== null) dictionaryIn(row).set("doctor_name", doctor);
  return "success";
}

function requireChange(
  date: string | null,
  oldDate: PythonValue,
  doctor: string | null,
  oldDoctor: PythonValue,
): void {
  const [sameDate, sameDoctor] = [date === oldDate, doctor === oldDoctor];
  if (date === null && doctor === null) raise("Fail because no modification is made.");
  if (sameDate && sameDoctor) raise("Fail because no modification is made.");
  if (sameDate) raise("Fail because date is not changed.");
  if (sameDoctor) raise("Fail because doctor is not changed.");
}

function query(input: Input, world: World): PythonValue {
  const patient = strip(input.text("patient_name"));
  const found = appointmentsOf(world.database("Appointments"), patient, dayOf(input.value("date")));
  return found.size === 0 ? raise("No appointments found.") : copyValue(found);
}

function appointmentsOf(rows: PythonDictionary, patient: string, date: string): PythonDictionary {
  return new Map(
    [...rows].filter(
      ([, row]) =>
        itemOf(row, "patient_name") === patient && whenValid(() => dayOf(itemOf(row, "date"))) === date,
    ),
  );
}

function dayOf(value: PythonValue): string {
  return printDate(readLenientDate(textOf(value), "date"), "date");
}
