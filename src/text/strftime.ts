/** Python's `strftime` for one fixed day, in English and UTC, as chat templates use it. */
import { ConfigError } from "../spec/index.js";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * Midnight (UTC) of a day written as `2024-07-26` or `26 Jul 2024`.
 *
 * @throws ConfigError where it is neither, or no day of the calendar.
 */
export function readDay(text: string): Date {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const named = /^(\d{1,2}) ([A-Z][a-z]{2,8}) (\d{4})$/.exec(text);
  if (iso !== null) return calendarDay(text, Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  const month = months.findIndex((name) => name === named?.[2] || name.slice(0, 3) === named?.[2]);
  return calendarDay(text, Number(named?.[3]), month, Number(named?.[1]));
}

function calendarDay(text: string, year: number, month: number, day: number): Date {
  const date = new Date(Date.UTC(year, month, day));
  if (date.getUTCMonth() === month && date.getUTCDate() === day) return date;
  throw new ConfigError(`"${text}" is no date. Write it as 2024-07-26 or 26 Jul 2024.`, { text });
}

/** The date in a `strftime` format; a directive that is not known stays as it is written. */
export function strftime(date: Date, format: string): string {
  return format.replace(
    /%(-?[A-Za-z%])/g,
    (directive, code: string) => directiveText(date, code) ?? directive,
  );
}

function directiveText(date: Date, code: string): string | undefined {
  if (code.startsWith("-")) return directiveText(date, code.slice(1))?.replace(/^0+(?=\d)/, "");
  const month = months[date.getUTCMonth()]!;
  const weekday = weekdays[date.getUTCDay()]!;
  const texts: Readonly<Record<string, string>> = {
    "%": "%",
    A: weekday,
    B: month,
    H: twoDigits(date.getUTCHours()),
    M: twoDigits(date.getUTCMinutes()),
    S: twoDigits(date.getUTCSeconds()),
    Y: String(date.getUTCFullYear()),
    a: weekday.slice(0, 3),
    b: month.slice(0, 3),
    d: twoDigits(date.getUTCDate()),
    m: twoDigits(date.getUTCMonth() + 1),
    y: twoDigits(date.getUTCFullYear() % 100),
  };
  return texts[code];
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");
