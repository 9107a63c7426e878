/**
 * The house rules that a compiler does not check: the order of the modules, no circles, exports by name. Type imports
 * count. Walks the sources as text; an import is a string after `from` or in `import(…)`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../src");
const MODULES = ["spec", "text", "method", "tasks", "engine", "store", "stages", "report", "cli"];
const IMPORT = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("report/page/"))
  .map((name) => resolve(ROOT, name));
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const product = files.filter((file) => !file.endsWith(".test.ts"));

describe("architecture", () => {
  it("reads the sources", () => {
    expect(product.length).toBeGreaterThan(50);
    expect([...imports.values()].flat().length).toBeGreaterThan(100);
  });

  it("has only the nine modules", () => {
    const unknown = product.map(moduleOf).filter((name) => name !== "index.ts" && !MODULES.includes(name));
    expect(unknown).toEqual([]);
  });

  it("lets each module import only from those above it", () => {
    const wrong = files.flatMap((file) =>
      imports
        .get(file)!
        .filter((target) => rank(target) > rank(file))
        .map((target) => `${show(file)} imports ${show(target)}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has no circular import", () => {
    expect(findCircle()).toEqual([]);
  });

  it("has no default export", () => {
    const wrong = product.filter((file) => /^export default /m.test(readFileSync(file, "utf8"))).map(show);
    expect(wrong).toEqual([]);
  });

  it("prints and exits in cli only", () => {
    const effects = /\bconsole\.|\bprocess\.(exit|stdout|stderr)\b/;
    const wrong = product.filter(
      (file) => moduleOf(file) !== "cli" && effects.test(withoutComments(readFileSync(file, "utf8"))),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});

function importsOf(file: string): string[] {
  const text = withoutComments(readFileSync(file, "utf8"));
  return [...text.matchAll(IMPORT)].map((match) => resolve(dirname(file), match[1]!.replace(/\.js$/, ".ts")));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function moduleOf(file: string): string {
  return relative(ROOT, file).split("/")[0]!;
}

/** Files of `src` itself stand below all modules; what lies outside (tests' helpers) may be imported from anywhere. */
function rank(file: string): number {
  const isEntry = dirname(file) === ROOT;
  return isEntry ? MODULES.length : MODULES.indexOf(moduleOf(file));
}

function show(file: string): string {
  return relative(ROOT, file);
}

/** The first circle found, as a path of files; empty where there is none. */
function findCircle(): string[] {
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (finished.has(file)) return [];
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].map(show);
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target);
      if (circle.length > 0) return circle;
    }
    path.pop();
    finished.add(file);
    return [];
  };
  for (const file of product) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}
