/**
 * Dates as the official program reads them: `strptime` with three formats, strict, or after the year was padded with
 * zeros. A field may be one digit, digits may be of any script where Python's pattern says `\d`, a run of any white space
 * may stand for the space of the format.
 */
import { PythonError } from "./error.js";
import { pythonRepr } from "./print.js";
import { digit, digitValue, strip, whiteSpace, zeroFill } from "./text.js";

/** Formats by what they hold. */
export type DateFormat = "date" | "date-time" | "month-day";

/** A day of the calendar and a time of it. */
export interface PythonDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const year = `(?<year>${digit}{4})`;
const month = "(?<month>1[0-2]|0[1-9]|[1-9])";
const day = `(?<day>3[01]|[12]${digit}|0[1-9]|[1-9]| [1-9])`;
const time = `(?<hour>2[0-3]|[01]${digit}|${digit}):(?<minute>[0-5]${digit}|${digit}):(?<second>6[01]|[0-5]${digit}|${digit})`;

const formats: Readonly<Record<DateFormat, { readonly name: string; readonly pattern: RegExp }>> = {
  date: { name: "%Y-%m-%d", pattern: new RegExp(`^${year}-${month}-${day}`, "u") },
  "date-time": {
    name: "%Y-%m-%d %H:%M:%S",
    pattern: new RegExp(`^${year}-${month}-${day}[${whiteSpace}]+${time}`, "u"),
  },
  "month-day": { name: "%m-%d", pattern: new RegExp(`^${month}-${day}`, "u") },
};

/** `datetime.strptime`. The year of a month and day is 1900, so 29 February is none. @throws PythonError (ValueError) */
export function readDate(text: string, format: DateFormat): PythonDate {
  const { name, pattern } = formats[format];
  const match = pattern.exec(text);
  if (match === null)
    throw invalid(`time data ${pythonRepr(text)} does not match format ${pythonRepr(name)}`);
  if (match[0].length < text.length)
    throw invalid(`unconverted data remains: ${text.slice(match[0].length)}`);
  const field = (key: string, otherwise: number) => readField(match.groups?.[key]) ?? otherwise;
  return requireCalendar({
    year: field("year", 1900),
    month: field("month", 1),
    day: field("day", 1),
    hour: field("hour", 0),
    minute: field("minute", 0),
    second: field("second", 0),
  });
}

/** `readDate` of the trimmed text, its year padded to four digits where it is shorter. @throws PythonError (ValueError) */
export function readLenientDate(text: string, format: DateFormat): PythonDate {
  const parts = strip(text).split("-");
  if (parts.length !== 3) return readDate(parts.join("-"), format);
  const [first = "", ...rest] = parts;
  return readDate([zeroFill(first, 4), ...rest].join("-"), format);
}

/** `strftime` in the same format. The year is not padded: so does the C library that the official results were made with. */
export function printDate(date: PythonDate, format: DateFormat): string {
  const monthDay = `${twoDigits(date.month)}-${twoDigits(date.day)}`;
  if (format === "month-day") return monthDay;
  const clock = [date.hour, date.minute, date.second].map(twoDigits).join(":");
  return format === "date" ? `${date.year}-${monthDay}` : `${date.year}-${monthDay} ${clock}`;
}

/** A number that orders dates. */
export function instantOf({ year, month, day, hour, minute, second }: PythonDate): number {
  return [month, day, hour, minute, second].reduce((total, part) => total * 100 + part, year);
}

function invalid(message: string): PythonError {
  return new PythonError("ValueError", message);
}

const anyDigit = new RegExp(digit, "gu");

/** The number of a field; digits of other scripts count by their place in their script. */
function readField(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return Number(text.replace(anyDigit, (character) => String(digitValue(character))));
}

function requireCalendar(date: PythonDate): PythonDate {
  if (date.year === 0) throw invalid("year 0 is out of range");
  const lengths = [31, isLeap(date.year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (date.day > lengths[date.month - 1]!) throw invalid("day is out of range for month");
  if (date.second > 59) throw invalid("second must be in 0..59");
  return date;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");
