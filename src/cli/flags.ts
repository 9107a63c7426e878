/** Readers of flags: from the text of the command line to values, with a complaint that says what to write. */
import { InvalidArgumentError } from "commander";

/** Collects a flag that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** The flag as an object, or nothing: optional properties must be absent, not undefined. */
export function pick<T extends object, K extends keyof T>(flags: T, key: K): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  if (flags[key] !== undefined) picked[key] = flags[key];
  return picked;
}

/** 1, 2, 3 … @throws InvalidArgumentError */
export function positiveInteger(text: string): number {
  const value = wholeNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("Give a whole number above 0.");
}

/** 0, 1, 2 … @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give a whole number.");
}

/** @throws InvalidArgumentError */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Give a number above 0.");
}

/** 0 … 1. @throws InvalidArgumentError */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("Give a share from 0 to 1.");
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/** A number of bytes: `5GB`, `500 MB`, `2GiB`, `1000000`. @throws InvalidArgumentError */
export function byteSize(text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,12}(?:\.\d{1,3})?) *([A-Za-z]*)$/.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN));
  if (number !== "" && bytes > 0) return bytes;
  throw new InvalidArgumentError("Give a size, e.g. 5GB, 500MB or 2GiB.");
}
