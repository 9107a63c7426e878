/** Texts as the benchmark compares them. */

/** Without spaces and `,./-_*^`, in lower case, with double quotation marks. */
export function standardText(text: string): string {
  return text
    .replace(/[ ,./\-_*^]/g, "")
    .toLowerCase()
    .replaceAll("'", '"');
}
