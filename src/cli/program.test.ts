import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../test/support/cli-console.js";
import { row } from "../tasks/toolace/fixture-rows.js";

const commands = [
  "run",
  "plan",
  "pretrain",
  "data",
  "warmup",
  "rank",
  "explore",
  "pair",
  "prefer",
  "eval",
  "grade",
  "report",
  "export",
  "doctor",
];
let folder: string;
let home: string;

// Everything runs from a folder that is not the package's.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-program-"));
  home = process.cwd();
  process.chdir(folder);
  const good = row({
    turns: [
      ["user", "Weather in Oslo?"],
      ["assistant", '[Weather API(city="Oslo")]'],
    ],
  });
  await writeFile("good.jsonl", `${JSON.stringify(good)}\n{"a":1}\n`);
  await writeFile("bad.jsonl", '{"a":1}\n{"a":2}\n');
});
afterAll(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true });
});

describe("help", () => {
  it("names every command, how to begin, and the exit codes", async () => {
    const { stdout, code } = await runCommandLine("--help");
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b.{10}`, "m"));
    expect(stdout).toMatch(
      /Begin with:[\s\S]*itool doctor[\s\S]*Exit codes: 0 done, 1 failed, 2 wrong usage/,
    );
  });

  it.each(commands)("of %s describes every argument and flag", async (command) => {
    const { stdout, code } = await runCommandLine(command, "--help");
    expect(code).toBe(0);
    const [sections = ""] = stdout.split("\nExamples:");
    const flags = sections.match(/^ {2}(-{1,2}|[a-z])[\w-].*$/gm) ?? [];
    expect(flags.length).toBeGreaterThan(2);
    for (const flag of flags) expect(flag).toMatch(/^ {2}\S+(,? \S+)* {2,}\S/);
  });

  it("is what no command gets, with the code of wrong usage", async () => {
    const { stderr, code } = await runCommandLine();
    expect(stderr).toContain("Usage: itool");
    expect(code).toBe(2);
  });

  it.each([
    [
      "explore",
      [
        "--hard",
        "--adapter",
        "--out",
        "round-01/hard/examples.jsonl",
        "Writes in the output folder: round-01/trees",
      ],
    ],
    ["eval", ["single, multiple, parallel, multi-turn, refusal"]],
    ["run", ["Examples:", "recipes/toolace.yaml --set data.path=", "runs/<name of the recipe>"]],
  ])("of %s says what a new user asks", async (command, parts) => {
    const { stdout } = await runCommandLine(command, "--help");
    for (const part of parts) expect(stdout.replaceAll(/\s+/g, " ")).toContain(part);
  });
});

describe("a mistake on the command line exits with 2 and names the fix", () => {
  it.each([
    ["runn", /unknown command 'runn'\n\(Did you mean run\?\)/],
    ["run --ot x", /unknown option '--ot'\n\(Did you mean --out\?\)/],
    ["plan --speed fast", /argument 'fast' is invalid\. Give a number above 0/],
    ["eval --benchmark bfcl --out x", /--benchmark bfcl needs --data: the folder of its official data/],
    ["eval --benchmark gsm8k --out x", /'gsm8k' is invalid\. Allowed choices are toolworld, bfcl/],
    ["eval --benchmark toolworld", /required option '--out <folder>' not specified/],
    ["eval --benchmark toolworld --out x --rows 0", /Give a whole number above 0/],
    ["explore --out x", /required option '--hard <file>' not specified/],
    ["pretrain", /missing required argument 'recipe'/],
    ["run a.yaml b.yaml", /too many arguments/],
    ["data check", /missing required argument 'file'/],
    ["data chek x", /unknown command 'chek'\n\(Did you mean check\?\)/],
    ["data check good.jsonl --max-set-aside 2", /Give a share from 0 to 1/],
    ["run --set epochs", /--set epochs: write key=value/],
    ["run --set warmup.epoch=1", /unknown key warmup\.epoch .*Did you mean epochs\?/],
    [
      "plan --set explore.samples=many",
      /explore\.samples: .*--set explore\.samples=many.*K: fragments drawn/,
    ],
    ["run --set model=nowhere", /model is nowhere, and there is no such folder/],
    [
      "run --set engine={kind:\u00a0openai,url:\u00a0http://localhost}",
      /engine\.kind is openai, which serves a model and does not train it/,
    ],
    ["run recipes/toolace.yaml", /data\.path is data\.json.*--set data\.path=FILE/],
    ["run toolace", /Did you mean recipes\/toolace\.yaml\?/],
    [
      "pair --out x --trees nowhere",
      /--trees is nowhere, and there is no such file\. In a run directory it is/,
    ],
    ["report nowhere", /nowhere is not a run directory/],
    ["export nowhere --format merged --out x", /nowhere is not a run directory/],
    ["data check nowhere", /the data file is nowhere, and there is no such file/],
    ["data preview good.jsonl --row 9", /good\.jsonl has the rows 0 … 1; there is no row 9/],
  ])("itool %s", async (line, message) => {
    const { stderr, stdout, code } = await runCommandLine(
      ...line.split(" ").map((word) => word.replaceAll("\u00a0", " ")),
    );
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("unexpected");
    expect([code, stdout]).toEqual([2, ""]);
    expect(existsSync("x")).toBe(false);
  });
});

describe("itool data", () => {
  it.each([
    ["check good.jsonl", 0],
    ["check good.jsonl --max-set-aside 0.5", 0],
    ["check good.jsonl --max-set-aside 0.4", 3],
    ["check bad.jsonl", 3],
  ])("%s exits with %d", async (line, code) => {
    const ending = await runCommandLine("data", ...line.split(" "));
    expect(ending.code).toBe(code);
    expect(ending.stdout).toMatch(/2 rows read/);
  });

  it("writes one JSON document with --json", async () => {
    const { stdout } = await runCommandLine("data", "check", "good.jsonl", "--json");
    expect(JSON.parse(stdout).rows).toMatchObject({ read: 2, setAside: 1 });
  });

  it("preview of a row that is set aside is bad data, and names the rule", async () => {
    const { stderr, code } = await runCommandLine("data", "preview", "good.jsonl", "--row", "1");
    expect(stderr).toMatch(/Row 1 of good\.jsonl was set aside by the rule field-type/);
    expect(code).toBe(3);
  });

  it("preview uses the small model of the package", async () => {
    const { stdout, code } = await runCommandLine("data", "preview", "good.jsonl", "--json");
    expect(code).toBe(0);
    const previews: { tokens: { text: string; trained: boolean }[] }[] = JSON.parse(stdout);
    const trained = previews[0]!.tokens.filter((token) => token.trained).map(({ text }) => text);
    expect(trained.join("")).toBe('[Weather API(city="Oslo")]<|end|>');
  });
});

it("doctor gives its findings as JSON, and fails only where something is to be mended", async () => {
  const { stdout, code } = await runCommandLine("doctor", "--json");
  const findings: { ok: boolean }[] = JSON.parse(stdout);
  expect(code).toBe(findings.every(({ ok }) => ok) ? 0 : 1);
});
