/**
 * Data + built page → one HTML file. The data goes into a script element of type `application/json`, which a browser
 * never runs; the page reads it with `JSON.parse` and writes every text as a text node.
 */
import { ConfigError } from "../spec/index.js";
import type { ReportData } from "./report-data.js";

/** What the built page has in place of the data. */
export const reportPlaceholder = '<script type="application/json" id="report-data"></script>';

/**
 * The page with the data in it.
 *
 * @throws ConfigError where the template does not have the placeholder exactly once.
 */
export function renderReport(data: ReportData, template: string): string {
  const start = template.indexOf(reportPlaceholder);
  const end = start + reportPlaceholder.length;
  if (start === -1 || template.includes(reportPlaceholder, end)) {
    throw new ConfigError(
      "The report's page has no place, or more than one, for its data; build it anew with `npm run build`.",
      { placeholder: reportPlaceholder, found: start !== -1 },
    );
  }
  const opening = reportPlaceholder.slice(0, reportPlaceholder.indexOf("</"));
  return `${template.slice(0, start)}${opening}${embedJson(data)}</script>${template.slice(end)}`;
}

/**
 * JSON that is safe inside a script element and as JavaScript: `<`, `>` and `&` as escapes, so no `</script`, no `<!--`
 * and no entity can arise; U+2028 and U+2029 too, which end a line in old JavaScript. `JSON.parse` gives the data back.
 */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
