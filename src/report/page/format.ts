/** Numbers and texts as the page writes them. */
import type { ClippedText } from "../report-data.js";

/** A share in percent with one decimal. */
export function percent(share: number): string {
  return (share * 100).toFixed(1);
}

/** A difference of shares in percentage points, with its sign; what rounds to zero has none. */
export function points(share: number): string {
  const text = (Math.abs(share) * 100).toFixed(1);
  if (Number(text) === 0) return "0.0";
  return share > 0 ? `+${text}` : `−${text}`;
}

/** A whole number in groups of three, the same in every locale. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A value of the search, with two decimals and a real minus sign. */
export function value(number: number): string {
  const text = Math.abs(number).toFixed(2);
  return number < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** Three significant digits, with an exponent only where it is needed to be short. */
export function significant(number: number): string {
  return String(Number(number.toPrecision(3)));
}

/** A perplexity: two decimals, or three significant digits from a hundred on. */
export function perplexity(number: number): string {
  return number < 100 ? number.toFixed(2) : significant(number);
}

/** A duration: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A noun with its number: `1 tree`, `12 trees`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * The text with characters that cannot be seen, or that change the order of others, as visible signs. Line feeds and tabs
 * stay, and the joiners of ordinary writing. What a model wrote is shown, not obeyed.
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** Controls, marks of direction and other format characters, halves of surrogate pairs, separators of lines. */
const unseen = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A clipped text on one line of at most `limit` characters, for labels. */
export function oneLine(text: ClippedText, limit: number): string {
  const whole = visible(text.omitted > 0 ? `${text.head}…${text.tail}` : text.head).replace(/\n/g, "⏎");
  const characters = [...whole];
  return characters.length <= limit ? whole : `${characters.slice(0, limit - 1).join("")}…`;
}
