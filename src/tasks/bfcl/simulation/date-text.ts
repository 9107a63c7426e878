/** Dates as Python's `strptime` reads them. */
import { PythonError } from "../python/error.js";
import { repr } from "../python/repr.js";
import { type PythonValue, typeName } from "../python/value.js";
import type { CalendarDay } from "./world.js";

/** Milliseconds since 1970 of a UTC day and time. */
const patterns = {
  "%Y-%m-%d": /^(\d{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\d|0[1-9]|[1-9])$/,
  "%Y-%m-%d %H:%M:%S":
    /^(\d{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\d|0[1-9]|[1-9])\s+(2[0-3]|[01]\d|\d):([0-5]\d|\d):(6[01]|[0-5]\d|\d)$/,
} as const;

/** `datetime.strptime(value, format)` as milliseconds since 1970. @throws PythonError (`TypeError`, `ValueError`) */
export function parseDate(value: PythonValue, format: keyof typeof patterns): number {
  if (typeof value !== "string") {
    throw new PythonError("TypeError", `strptime() argument 1 must be str, not ${typeName(value)}`);
  }
  const match = patterns[format].exec(value);
  if (match === null) {
    throw new PythonError("ValueError", `time data ${repr(value)} does not match format '${format}'`);
  }
  const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCDate() !== day || year === 0)
    throw new PythonError("ValueError", "day is out of range for month");
  return date.getTime();
}

/** `datetime.strptime(value, "%Y-%m-%d")` as a day. @throws PythonError (`TypeError`, `ValueError`) */
export function parseDay(value: PythonValue): CalendarDay {
  const date = new Date(parseDate(value, "%Y-%m-%d"));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** `%Y-%m-%d %H:%M:%S` of seconds since 1970. */
export function timestampText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}
