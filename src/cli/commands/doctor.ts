/** `itool doctor`: what this machine has, what is missing, and how to mend it. */
import { access, constants, stat } from "node:fs/promises";
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

/** Where to look. */
export interface Surroundings {
  /** The package's folder. */
  readonly root: string;
  /** The folder that runs are written to. */
  readonly directory: string;
}

/** Files that a model folder needs. */
const MODEL_FILES = ["model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"] as const;

/** Looks at everything that a run needs. Never throws: what cannot be looked at is a finding. */
export async function examineMachine({
  root = packageRoot(),
  directory = process.cwd(),
}: Partial<Surroundings> = {}): Promise<Finding[]> {
  return [
    nodeFinding(process.versions.node),
    await runtimeFinding(),
    memoryFinding(availableMemory()),
    { name: "cores", ok: true, found: String(availableParallelism()) },
    await modelFinding(root),
    await pageFinding(root),
    await writableFinding(directory),
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

/** What this process may use: the machine's memory, or less in a container that is limited. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

async function runtimeFinding(): Promise<Finding> {
  const name = "onnxruntime-node";
  try {
    const ort = await import("onnxruntime-node");
    return { name, ok: true, found: ort.env.versions.node ?? "loaded" };
  } catch (error) {
    const found = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    const fix =
      "Run `ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0`; the embedded engine needs it.";
    return { name, ok: false, found, fix };
  }
}

async function modelFinding(root: string): Promise<Finding> {
  const name = "small model";
  const sizes = await Promise.all(MODEL_FILES.map((file) => sizeOf(join(root, "models/nano", file))));
  const missing = MODEL_FILES.filter((_, index) => sizes[index] === undefined);
  if (missing.length === 0) return { name, ok: true, found: `models/nano, ${megabytes(sizes[0]!)}` };
  const fix = "Fetch the repository again: models/nano is a part of it.";
  return { name, ok: false, found: `models/nano lacks ${missing.join(", ")}`, fix };
}

async function pageFinding(root: string): Promise<Finding> {
  const name = "report page";
  const path = "dist/report/page.html";
  const size = await sizeOf(join(root, path));
  if (size !== undefined) return { name, ok: true, found: `${path}, ${megabytes(size)}` };
  return { name, ok: false, found: `${path} is missing`, fix: "Run `npm run build` in the repository." };
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

/** Bytes of a file; `undefined` where there is none. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
