import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot, resolveInPackage } from "./package-root.js";

const home = process.cwd();
let elsewhere: string;

beforeEach(() => {
  elsewhere = mkdtempSync(join(tmpdir(), "itool-root-"));
  process.chdir(elsewhere);
});

afterEach(() => {
  process.chdir(home);
  rmSync(elsewhere, { recursive: true });
});

describe("resolveInPackage", () => {
  it("finds what comes with the package from any folder", () => {
    expect(resolveInPackage("recipes/nano.yaml")).toBe(join(packageRoot(), "recipes/nano.yaml"));
    expect(existsSync(resolveInPackage("models/nano"))).toBe(true);
  });

  it("prefers what lies here", () => {
    mkdirSync("recipes");
    writeFileSync("recipes/nano.yaml", "mine");
    expect(resolveInPackage("recipes/nano.yaml")).toBe("recipes/nano.yaml");
  });

  it.each([
    "./recipes/nano.yaml",
    "../recipes/nano.yaml",
    "/recipes/nano.yaml",
    "recipes/../recipes/nano.yaml",
    "",
    "nowhere",
  ])("leaves %j alone", (path) => expect(resolveInPackage(path)).toBe(path));
});
