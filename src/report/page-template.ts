/** Where the built page lies, and its text. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../spec/index.js";

/** Next to this file where it is compiled (`dist/report`), else in the `dist` of the package whose sources these are. */
const candidates: readonly URL[] = [
  new URL("./page.html", import.meta.url),
  new URL("../../dist/report/page.html", import.meta.url),
];

/**
 * The text of the built page, for `renderReport`.
 *
 * @throws ConfigError where it is not built.
 */
export async function readPageTemplate(places: readonly URL[] = candidates): Promise<string> {
  for (const place of places) {
    try {
      return await readFile(place, "utf8");
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  throw new ConfigError("The report's page is not built; run `npm run build`.", {
    looked: places.map((place) => fileURLToPath(place)),
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
