import { describe, expect, it } from "vitest";
import { ConfigError } from "../spec/index.js";
import { requireData, requireFile, requireFolder } from "./input-files.js";

const file = import.meta.filename;
const folder = import.meta.dirname;

describe("requireFile and requireFolder", () => {
  it("say nothing of what is there", () => {
    requireFile(file, "--pairs", "Fix.");
    requireFolder(folder, "--model", "Fix.");
  });

  it.each([
    [
      () => requireFile("nowhere", "--pairs", "Look in the run."),
      "--pairs is nowhere, and there is no such file. Look in the run.",
    ],
    [() => requireFile(folder, "--pairs", "Fix."), `--pairs is ${folder}, which is a folder. Fix.`],
    [() => requireFolder(file, "--model", "Fix."), `--model is ${file}, which is a file. Fix.`],
    [() => requireFolder("", "--model", "Fix."), "--model is , and there is no such folder. Fix."],
  ])("name the option and the fix (%#)", (check, message) => {
    expect(check).toThrow(ConfigError);
    expect(check).toThrow(message);
  });
});

it("asks for a data file only where the recipe has one", () => {
  const limits = { evaluationShare: 0, trainRows: 0, evaluationRows: 0 };
  expect(() => requireData({ data: { source: "toolace", path: "nowhere.json", ...limits } })).toThrow(
    /data\.path is nowhere\.json.*--set data\.path=FILE/,
  );
  requireData({ data: { source: "toolace", path: file, ...limits } });
});
