/**
 * One process per run directory. The lock is a file that names its holder; a holder that is no longer alive (killed,
 * machine restarted) is recognised and its lock taken over, so a kill never has to be cleaned up by hand.
 */
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { StoreError } from "../spec/index.js";
import { systemCode, withFailure } from "./failure.js";

const holderSchema = z.strictObject({
  pid: z.int(),
  host: z.string(),
  /** Boot and start time of the process: tells a living holder from a later process with the same number. */
  started: z.string().nullable(),
  token: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

/** A lock that is held. */
export interface Lock {
  /** Gives the lock back; a second call does nothing. */
  release(): Promise<void>;
}

/**
 * Takes the lock at `path`.
 *
 * @throws StoreError when a living process, or one on another machine, holds it
 */
export async function acquireLock(path: string): Promise<Lock> {
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    started: await startOf(process.pid),
    token: randomBytes(8).toString("hex"),
  };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await create(path, own)) return { release: () => release(path, own) };
    const holder = await readHolder(path);
    if (holder === "absent") continue;
    if (holder !== "damaged" && (await isAlive(holder))) throw heldBy(path, holder);
    await takeAway(path, holder);
  }
  throw new StoreError(`cannot lock ${path}: other processes take it at the same time. Try again.`, { path });
}

/** Creates the lock with its content in one step; false when there is one already. */
async function create(path: string, own: Holder): Promise<boolean> {
  const draft = `${path}.${own.token}`;
  return withFailure("lock", path, async () => {
    try {
      await writeFile(draft, `${JSON.stringify(own)}\n`);
      await link(draft, path);
      return true;
    } catch (cause) {
      if (systemCode(cause) === "EEXIST") return false;
      throw cause;
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function readHolder(path: string): Promise<Holder | "absent" | "damaged"> {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : "damaged";
  } catch (cause) {
    return systemCode(cause) === "ENOENT" ? "absent" : "damaged";
  }
}

/** Removes a dead holder's lock, unless someone else replaced it in the meantime. */
async function takeAway(path: string, dead: Holder | "damaged"): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString("hex")}`;
  await withFailure("lock", path, async () => {
    try {
      await rename(path, aside);
    } catch (cause) {
      if (systemCode(cause) === "ENOENT") return;
      throw cause;
    }
    const moved = await readHolder(aside);
    const isTheDead = dead === "damaged" || (typeof moved === "object" && moved.token === dead.token);
    if (!isTheDead) await link(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
  });
}

async function release(path: string, own: Holder): Promise<void> {
  const holder = await readHolder(path);
  if (typeof holder === "object" && holder.token === own.token) await rm(path, { force: true });
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (cause) {
    if (systemCode(cause) === "ESRCH") return false;
  }
  const started = await startOf(holder.pid);
  return started === null || holder.started === null || started === holder.started;
}

/**
 * When a process began, as text that differs for any other process of the same number, or `null` where the system does
 * not tell (other than Linux). A zombie counts as ended.
 */
async function startOf(pid: number): Promise<string | null> {
  try {
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "ended" : `${boot}:${fields[19]}`;
  } catch {
    return null;
  }
}

function heldBy(path: string, holder: Holder): StoreError {
  const fix =
    holder.host === hostname()
      ? `Wait until process ${holder.pid} ends, or end it, or choose another folder`
      : `It was taken on ${holder.host}: if nothing runs there any more, delete the lock file`;
  const message = `the run directory is in use: ${path} is held by process ${holder.pid}. ${fix}.`;
  return new StoreError(message, { path, pid: holder.pid, host: holder.host });
}
