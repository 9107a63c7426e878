/** `itool doctor`: what this machine has, what is missing, and how to mend it. */
import { access, constants, readFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do; only where not ok. */
  readonly fix?: string;
}

/** Looks at everything that a run needs. Never throws: what cannot be looked at is a finding. */
export async function examineMachine(): Promise<Finding[]> {
  return [
    nodeFinding(process.versions.node),
    await runtimeFinding(),
    memoryFinding(totalmem()),
    { name: "cores", ok: true, found: String(availableParallelism()) },
    await fileFinding(
      "small model",
      "models/nano/model.safetensors",
      "Check the clone: models/nano is part of the repository.",
    ),
    await fileFinding("report page", "dist/report/page.html", "Run `npm run build`."),
    await writableFinding(process.cwd()),
  ];
}

/** The findings as lines for people. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.name.length));
  return findings
    .map(
      ({ name, ok, found, fix }) =>
        `${ok ? "ok  " : "MEND"}  ${name.padEnd(width)}  ${found}${fix === undefined ? "" : `\n      ${" ".repeat(width)}  → ${fix}`}`,
    )
    .join("\n");
}

/** Node 20.19 or newer. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { name: "node", ok, found: version, ...(ok ? {} : { fix: "Install Node 20.19 or newer." }) };
}

/** The recipe of `npm start` stays under 3 GB. */
export function memoryFinding(bytes: number): Finding {
  const gibibytes = bytes / 2 ** 30;
  const ok = gibibytes >= 4;
  const fix = "`npm start` needs up to 3 GB of memory: close other programs, or use a bigger machine.";
  return { name: "memory", ok, found: `${gibibytes.toFixed(1)} GiB`, ...(ok ? {} : { fix }) };
}

async function runtimeFinding(): Promise<Finding> {
  const name = "onnxruntime-node";
  try {
    const ort = await import("onnxruntime-node");
    return { name, ok: true, found: ort.env.versions.node ?? "loaded" };
  } catch (error) {
    const found = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    const fix =
      "Run `ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0`; the embedded engine needs it, served models do not.";
    return { name, ok: false, found, fix };
  }
}

async function fileFinding(name: string, path: string, fix: string): Promise<Finding> {
  try {
    const { length } = await readFile(join(packageRoot(), path));
    return { name, ok: true, found: `${path}, ${(length / 1e6).toFixed(1)} MB` };
  } catch {
    return { name, ok: false, found: `${path} is missing`, fix };
  }
}

async function writableFinding(directory: string): Promise<Finding> {
  try {
    await access(directory, constants.W_OK);
    return { name: "folder", ok: true, found: "this folder can be written" };
  } catch {
    const fix = "Start itool in a folder of yours, or name one with --out.";
    return { name: "folder", ok: false, found: `${directory} cannot be written`, fix };
  }
}
