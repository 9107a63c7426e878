/** Calendar arithmetic on `YYYY-MM-DD` and the ways in which people say dates and times. Proleptic Gregorian, no zones. */

const DAY = 86_400_000;
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** The date `days` after (negative: before) `date`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Index of the weekday, Sunday being 0. */
export function weekdayIndex(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** `Saturday`. */
export function weekdayName(index: number): string {
  return WEEKDAYS[index % 7]!;
}

/** `14 March 2026`. */
export function dayMonthYear(date: string): string {
  return `${Number(date.slice(8))} ${MONTHS[Number(date.slice(5, 7)) - 1]!} ${date.slice(0, 4)}`;
}

/** `March 14, 2026`. */
export function monthDayYear(date: string): string {
  return `${MONTHS[Number(date.slice(5, 7)) - 1]!} ${Number(date.slice(8))}, ${date.slice(0, 4)}`;
}

/** `14:30`. */
export function clock24(hour: number, minute: number): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** `2:30 pm`, `8 am`. */
export function clock12(hour: number, minute: number): string {
  const half = hour < 12 ? "am" : "pm";
  const shown = hour % 12 === 0 ? 12 : hour % 12;
  return minute === 0 ? `${shown} ${half}` : `${shown}:${String(minute).padStart(2, "0")} ${half}`;
}
