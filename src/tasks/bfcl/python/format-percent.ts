/** `text % values`: the conversions that models write; anything else is an error. */
import { requireAllowance } from "./allowance.js";
import { asNumber } from "./equality.js";
import { PythonError } from "./error.js";
import { fixedText } from "./number-text.js";
import { repr, str } from "./repr.js";
import { PythonTuple, type PythonValue } from "./value.js";

const conversion = /%(?:%|(?:\.(\d{1,2}))?([sdifr]))/g;

/** @throws PythonError (`TypeError`, `ValueError`) for values that do not fit, or conversions that are not simulated */
export function formatPercent(text: string, values: PythonValue): string {
  const items = values instanceof PythonTuple ? values.items : [values];
  let next = 0;
  if (/%/.test(text.replace(conversion, "")))
    throw new PythonError("ValueError", "unsupported format character");
  const formatted = text.replace(conversion, (source: string, digits: string | undefined, kind: string) => {
    if (source === "%%") return "%";
    if (next >= items.length) throw new PythonError("TypeError", "not enough arguments for format string");
    const shown = convert(items[next++]!, kind, digits);
    requireAllowance(shown.length);
    return shown;
  });
  if (next < items.length) {
    throw new PythonError("TypeError", "not all arguments converted during string formatting");
  }
  return formatted;
}

function convert(value: PythonValue, kind: string, digits: string | undefined): string {
  if (kind === "s" || kind === "r") {
    const text = kind === "s" ? str(value) : repr(value);
    return digits === undefined ? text : text.slice(0, Number(digits));
  }
  const number = asNumber(value);
  if (number === undefined || !Number.isFinite(Number(number))) {
    throw new PythonError("TypeError", `%${kind} format: a real number is required, not ${typeof value}`);
  }
  if (kind === "f") return fixedText(Number(number), digits === undefined ? 6 : Number(digits));
  return (typeof number === "bigint" ? number : BigInt(Math.trunc(number))).toString();
}
