import { spawn } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError, StoreError } from "../spec/index.js";
import { openRunDirectory, type RunDirectory } from "./run-directory.js";

const anything = (value: unknown) => value;

let root: string;
let run: RunDirectory;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "itool-store-"));
  run = await openRunDirectory(root);
});

afterEach(async () => {
  await run.close();
  await rm(root, { recursive: true, force: true });
});

async function rowsOf(relative: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const row of run.readRows(relative, anything)) rows.push(row);
  return rows;
}

describe("paths", () => {
  it.each(["", ".", "..", "../a", "a/../b", "/etc/passwd", "a//b", "a/", "./a", "a\\b", "C:/x", "a\0b"])(
    "refuses %j",
    (path) => {
      expect(() => run.path(path)).toThrow(InputError);
    },
  );

  it("keeps every path that it accepts inside the run directory", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "..", ".", "b.json", "", "...", "~")).map((parts) => parts.join("/")),
        (path) => {
          try {
            expect(run.path(path).startsWith(`${root}/`)).toBe(true);
          } catch (cause) {
            expect(cause).toBeInstanceOf(InputError);
          }
        },
      ),
    );
  });
});

describe("files", () => {
  it("reads back what it wrote, and leaves no temporary file", async () => {
    await run.writeText("a/b.txt", "one");
    await run.writeText("a/b.txt", "zwei ✓");
    expect(await run.readText("a/b.txt")).toBe("zwei ✓");
    expect(await run.list("a")).toEqual(["b.txt"]);
  });

  it("keeps the old file when the rows of the new one fail", async () => {
    await run.writeRows("rows.jsonl", [1, 2]);
    const failing = (function* () {
      yield 3;
      throw new Error("no more rows");
    })();
    await expect(run.writeRows("rows.jsonl", failing)).rejects.toThrow("no more rows");
    expect(await rowsOf("rows.jsonl")).toEqual([1, 2]);
    expect(await readdir(root)).toEqual(["manifests", "rows.jsonl", "run.lock"]);
  });

  it("names a missing file and the fix", async () => {
    await expect(run.readText("gone.json")).rejects.toThrow(/gone\.json: it does not exist.*run again/);
    await expect(run.hash("gone.json")).rejects.toThrow(StoreError);
  });

  it("names a file where a folder was expected", async () => {
    await run.writeText("a", "file");
    await expect(run.writeText("a/b", "x")).rejects.toThrow(StoreError);
  });

  it("refuses bytes that are not UTF-8", async () => {
    await writeFile(join(root, "bad.txt"), new Uint8Array([0x61, 0xff]));
    await expect(run.readText("bad.txt")).rejects.toThrow(/not UTF-8/);
  });

  it("hashes a file by its bytes and a folder by names and bytes", async () => {
    await run.writeText("d/a", "abc");
    expect(await run.hash("d/a")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const before = await run.hash("d");
    await run.writeText("d/e/b", "abc");
    const longer = await run.hash("d");
    await run.remove("d/e");
    expect(longer).not.toBe(before);
    expect(await run.hash("d")).toBe(before);
  });
});

describe("rows", () => {
  it("reads back any rows", async () => {
    const rowsOfJson = fc.array(fc.jsonValue({ noUnicodeString: false }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rowsOfJson, async (rows) => {
        const plain = JSON.parse(JSON.stringify(rows));
        await run.writeRows("p.jsonl", rows);
        expect(await rowsOf("p.jsonl")).toEqual(plain);
        const reader = await run.openRows("p.jsonl", anything);
        const backwards = await Promise.all(
          plain.map((_: unknown, row: number) => reader.read(row)).reverse(),
        );
        await reader.close();
        expect(backwards.reverse()).toEqual(plain);
      }),
      { numRuns: 30 },
    );
  });

  it("reads rows that are longer than a chunk of the disk", async () => {
    const rows = ["x".repeat(300_000), "y", "z".repeat(140_000)];
    await run.writeRows("long.jsonl", rows);
    expect(await rowsOf("long.jsonl")).toEqual(rows);
  });

  it.each([
    ["not JSON", '{"a":1}\n{"a":\n', 1],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22, 0x0a]), 0],
  ])("names the row that is %s", async (_name, content, row) => {
    await writeFile(join(root, "bad.jsonl"), content);
    const failure: unknown = await rowsOf("bad.jsonl").catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ facts: { path: "bad.jsonl", row } });
  });

  it("refuses a row number that is not there", async () => {
    await run.writeRows("two.jsonl", [1, 2]);
    const reader = await run.openRows("two.jsonl", anything);
    await expect(reader.read(2)).rejects.toThrow(/rows are 0 … 1/);
    await reader.close();
  });
});

describe("logs", () => {
  it("appends in the order of the calls, also when nobody waits", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, row) => run.appendRow("metrics.jsonl", row)));
    expect(await rowsOf("metrics.jsonl")).toEqual(Array.from({ length: 50 }, (_, row) => row));
  });

  it.each(['{"a"', '{"a":2}'])("drops the cut last line %j at the next opening", async (tail) => {
    await run.appendRow("r/trees.jsonl", { a: 1 });
    await run.close();
    await appendFile(join(root, "r/trees.jsonl"), tail);
    run = await openRunDirectory(root);
    expect(await rowsOf("r/trees.jsonl")).toEqual([{ a: 1 }]);
    await run.appendRow("r/trees.jsonl", { a: 3 });
    expect(await rowsOf("r/trees.jsonl")).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it("goes on after the log was replaced or removed", async () => {
    await run.appendRow("metrics.jsonl", 1);
    await run.writeRows("metrics.jsonl", [7]);
    await run.appendRow("metrics.jsonl", 8);
    expect(await rowsOf("metrics.jsonl")).toEqual([7, 8]);
    await run.remove("metrics.jsonl");
    await run.appendRow("metrics.jsonl", 9);
    expect(await rowsOf("metrics.jsonl")).toEqual([9]);
  });
});

describe("opening", () => {
  it("removes what a killed write left, and nothing else", async () => {
    await run.writeText("data/x.json", "1");
    await run.close();
    await writeFile(join(root, "data/.x.json.0badf00d.itool-part"), "half");
    await writeFile(join(root, "data/mine.txt"), "keep");
    await mkdir(join(root, "data/.adapter.partial"));
    await writeFile(join(root, "data/.adapter.partial/weights"), "half");
    run = await openRunDirectory(root);
    expect(await run.list("data")).toEqual(["mine.txt", "x.json"]);
  });

  it("does not touch a folder that holds other things", async () => {
    const other = await mkdtemp(join(tmpdir(), "itool-other-"));
    await writeFile(join(other, "thesis.txt"), "mine");
    await expect(openRunDirectory(other)).rejects.toThrow(/not a run directory.*thesis\.txt/);
    expect(await readdir(other)).toEqual(["thesis.txt"]);
    await rm(other, { recursive: true });
  });

  it("names a path that is a file", async () => {
    await run.writeText("file", "x");
    await expect(openRunDirectory(join(root, "file"))).rejects.toThrow(StoreError);
  });
});

describe("lock", () => {
  it("refuses a second opening while the first is open", async () => {
    await expect(openRunDirectory(root)).rejects.toThrow(`held by process ${process.pid}`);
    await run.close();
    run = await openRunDirectory(root);
  });

  it("refuses a lock of another machine, naming it", async () => {
    await run.close();
    const holder = { pid: 1, host: "elsewhere", started: null, token: "t" };
    await writeFile(join(root, "run.lock"), JSON.stringify(holder));
    await expect(openRunDirectory(root)).rejects.toThrow(/taken on elsewhere/);
    await rm(join(root, "run.lock"));
    run = await openRunDirectory(root);
  });

  it.each([
    [
      "of a dead process",
      async () => ({ pid: await deadProcess(), host: hostname(), started: null, token: "t" }),
    ],
    [
      "of a number now used by another process",
      async () => ({ pid: process.pid, host: hostname(), started: "boot:1", token: "t" }),
    ],
    ["that is damaged", async () => "{"],
  ])("takes over a lock %s", async (_name, holder) => {
    await run.close();
    await writeFile(join(root, "run.lock"), JSON.stringify(await holder()));
    run = await openRunDirectory(root);
    expect(JSON.parse(await readFile(join(root, "run.lock"), "utf8"))).toMatchObject({ pid: process.pid });
    expect(await readdir(root)).toEqual(["manifests", "run.lock"]);
  });
});

/** Number of a process that has just ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.on("exit", resolve));
  return child.pid!;
}

describe("disk", () => {
  it.skipIf(process.getuid?.() === 0)(
    "names a folder without permission (skipped: root may write everywhere)",
    async () => {
      await mkdir(join(root, "locked"), { mode: 0o500 });
      await expect(run.writeText("locked/a", "x")).rejects.toThrow(/locked\/a: permission denied/);
    },
  );

  it.skipIf(process.platform !== "linux")(
    "names a full disk and the fix (skipped: no /dev/full)",
    async () => {
      const { symlink } = await import("node:fs/promises");
      await symlink("/dev/full", join(root, "metrics.jsonl"));
      const failure: unknown = await run
        .appendRow("metrics.jsonl", { a: 1 })
        .catch((cause: unknown) => cause);
      expect(failure).toBeInstanceOf(StoreError);
      expect(failure).toMatchObject({ facts: { code: "ENOSPC" } });
      expect(String(failure)).toMatch(/metrics\.jsonl: the disk is full\. Free some space/);
      await rm(join(root, "metrics.jsonl"));
    },
  );
});
