/** The command as a process: exit codes, signals and pipes. What needs no process is in `program.test.ts`. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeTinyFolder } from "../../test/pipeline/tiny-run.js";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const loader = pathToFileURL(fileURLToPath(import.meta.resolve("tsx"))).href;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-main-"));
  await writeTinyFolder(join(folder, "model"));
  await writeFile(join(folder, "bad.jsonl"), '{"a":1}\n'.repeat(4000));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

interface Options {
  /** Sent once this was written to stderr. */
  readonly interruptAt?: string;
  /** Ends the reading of a stream after its first bytes. */
  readonly closes?: "stdout" | "stderr";
}

/** How the process ended: with a code, or by a signal. */
interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

function itool(words: readonly string[], { interruptAt, closes }: Options = {}): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", loader, main, ...words], { cwd: folder });
    let stderr = "";
    let isInterrupted = false;
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (bytes: Buffer) => {
        if (name === "stderr") stderr += bytes.toString();
        if (closes === name) child[name].destroy();
        if (interruptAt === undefined || isInterrupted || !stderr.includes(interruptAt)) return;
        isInterrupted = true;
        child.kill("SIGINT");
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stderr }));
  });
}

const prepare = ["--set", "model=model", "--set", "data.trainRows=50000", "--set", "data.maxTools=1"];

describe("the process", () => {
  it.each<[number, string]>([
    [0, "--version"],
    [1, "explore --out . --hard bad.jsonl --set model=model"],
    [2, "run --set rouds=1"],
    [3, "data check bad.jsonl"],
  ])("exits with %d from `itool %s`", async (code, line) => {
    const ending = await itool(line.split(" "));
    expect(ending.code).toBe(code);
    expect(ending.stderr).not.toMatch(/^ +at /m);
  });

  it("exits with 130 after an interrupt of a run, saying that the same command goes on", async () => {
    const { code, stderr } = await itool(["run", "recipes/smoke.yaml", "--out", "run", ...prepare], {
      interruptAt: "1/10 prepare",
    });
    expect(stderr).toMatch(
      /Stopping after a checkpoint; once more to stop at once\.\n[\s\S]*The same command goes on from here\.\n$/,
    );
    expect(code).toBe(130);
  });

  it("is ended at once by an interrupt where there is nothing to go on with", async () => {
    const { code, signal, stderr } = await itool(["plan", ...prepare], { interruptAt: "Counting" });
    expect(stderr).toBe("Counting the data …\n");
    // A shell calls this 130.
    expect([code, signal]).toEqual([null, "SIGINT"]);
  });

  it("takes a reader that goes away for the end, not for an error", async () => {
    const words = ["data", "check", "bad.jsonl", "--places", "4000", "--json"];
    const { code, stderr } = await itool(words, { closes: "stdout" });
    expect([code, stderr]).toEqual([0, ""]);
  });
});
