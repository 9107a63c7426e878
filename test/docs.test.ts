/** The pages in docs/ that repeat what the code says, held against the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { recipePage, renderRecipePage } from "../scripts/recipe-docs.js";
import { FORMAT_NAMES, RULES } from "../src/tasks/index.js";
import { EVALUATION_DOMAINS, TRAINING_DOMAINS } from "../src/tasks/toolworld/domains/index.js";
import { ARGUMENT_WORKS, CATEGORIES } from "../src/tasks/toolworld/index.js";

const root = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("docs/recipes.md", () => {
  it("is what scripts/recipe-docs.ts writes (run: npx tsx scripts/recipe-docs.ts)", () => {
    expect(read(recipePage)).toBe(renderRecipePage());
  });
});

describe("docs/data-formats.md", () => {
  const page = read("docs/data-formats.md");

  it("has every rule of the importers, and no others", () => {
    const sections = ["### Rows set aside", "### Answers left out", "### Findings", "### Rows not written"];
    const documented = sections.flatMap((title) => firstColumn(section(page, title)));
    expect(documented.toSorted()).toEqual(RULES.toSorted());
  });

  it("knows every rule that the sources name", () => {
    expect(rulesOfImporters().filter((rule) => !RULES.includes(rule))).toEqual([]);
  });

  it("has every format", () => {
    expect(firstColumn(section(page, "## Formats"))).toEqual([...FORMAT_NAMES]);
  });

  it("has every rule of the call grammar, and no others", () => {
    const union = /export type SyntaxRule =([^;]*);/.exec(read("src/text/cursor.ts"))![1]!;
    const rules = [...union.matchAll(/"([a-z-]+)"/g)].map((match) => match[1]!);
    expect(firstColumn(section(page, "### Calls and values")).toSorted()).toEqual(rules.toSorted());
  });

  it("has every category of the built-in world", () => {
    expect(firstColumn(section(page, "### Categories"))).toEqual([...CATEGORIES]);
  });

  it("has every kind of argument work, in the code's order", () => {
    expect(firstColumn(section(page, "### Argument work"))).toEqual([...ARGUMENT_WORKS]);
  });

  it.each([
    ["Training", TRAINING_DOMAINS],
    ["Evaluation", EVALUATION_DOMAINS],
  ] as const)("lists the domains: %s", (side, domains) => {
    const list = new RegExp(`^${side} \\(.*?\\): ([^.]*)\\.`, "ms").exec(page)![1]!;
    const names = list.split(",").map((name) => name.trim().replace(/\s+/g, "_"));
    expect(names.toSorted()).toEqual(domains.map(({ name }) => name).toSorted());
  });
});

describe("docs/library.md", () => {
  const page = read("docs/library.md");
  const surface = read("src/index.ts");
  const names = [...page.matchAll(/import (?:type )?\{([^}]*)\} from "itool"/g)].flatMap((match) =>
    match[1]!.split(",").map((name) => name.replace(/\btype\b/, "").trim()),
  );

  it("shows imports", () => {
    expect(names.length).toBeGreaterThan(10);
  });

  it.each([...new Set(names)].filter((name) => name !== ""))("imports what is there: %s", (name) => {
    expect(surface).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

/** The text from a heading to the next of its level or above. */
function section(page: string, heading: string): string {
  const start = page.indexOf(`${heading}\n`);
  expect(start, heading).toBeGreaterThanOrEqual(0);
  const rest = page.slice(start + heading.length);
  const end = rest.search(/\n##/);
  return end < 0 ? rest : rest.slice(0, end);
}

/** What stands in backticks at the beginning of the rows of a section's tables. */
function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]!);
}

/** Every rule that the sources of the importers name, sorted: as `rule`, or as the rule of `bad`, `fatal`, `reject`. */
function rulesOfImporters(): string[] {
  const folders = ["toolace", "dialogue", "formats"].map((name) => `src/tasks/${name}`);
  const parts = folders.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  const files = [...parts, ...["rows", "value-check", "fits-context"].map((name) => `src/tasks/${name}.ts`)];
  const text = files
    .filter((name) => !/\.test\.ts$|fixture/.test(name))
    .map(read)
    .join("\n");
  const patterns = [
    /\b(?:bad|fatal)\(\s*[^,]+,\s*"([a-z-]+)"/g,
    /\breject\(\s*"([a-z-]+)"/g,
    /\brule: "([a-z-]+)"/g,
  ];
  const table = [...read("src/tasks/rows.ts").matchAll(/^ {2}"?([a-z-]+)"?: "[^"]*",$/gm)];
  return [
    ...new Set(
      [...patterns.flatMap((pattern) => [...text.matchAll(pattern)]), ...table].map((match) => match[1]!),
    ),
  ].toSorted();
}
