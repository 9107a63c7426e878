import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, StoreError } from "../spec/index.js";
import { isRejection } from "../tasks/index.js";
import { readDataRows } from "./data-rows.js";
import { openLineWriter, withLineWriters } from "./line-writer.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-rows-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function read(path: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of readDataRows(path)) items.push(isRejection(item) ? item.rule : item.value);
  return items;
}

const rows = [
  { query: "Wie spät ist es?", answers: "[]", n: 1 },
  { query: "Two", answers: '[{"name": "f"}]', n: 2 },
];

function parquet(rowGroupSize = 1): Uint8Array {
  const column = (name: "query" | "answers") => ({
    name,
    data: rows.map((row) => row[name]),
    type: "STRING" as const,
  });
  const numbers = { name: "n", data: rows.map(({ n }) => BigInt(n)), type: "INT64" as const };
  const columnData = [column("query"), column("answers"), numbers];
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }));
}

describe("readDataRows", () => {
  const lines = rows.map((row) => JSON.stringify(row)).join("\n");

  it.each<[string, string | (() => Uint8Array)]>([
    ["rows.jsonl", lines],
    ["rows.json", JSON.stringify(rows, undefined, 2)],
    ["rows.jsonl.gz", () => gzipSync(lines)],
    ["gzip under another name.json", () => gzipSync(JSON.stringify(rows))],
    ["rows.parquet", () => parquet()],
    ["one group.parquet", () => parquet(100)],
  ])("reads %s", async (name, content) => {
    const path = await put(name, typeof content === "string" ? content : content());
    expect(await read(path)).toEqual(rows);
  });

  it("refuses damage with a typed error, wherever a parquet file is cut or changed", async () => {
    const whole = parquet();
    for (let at = 4; at < whole.length; at += 23) {
      const changed = whole.slice();
      changed[at] = changed[at]! ^ 0xff;
      for (const bytes of [changed, whole.slice(0, at)]) {
        const path = await put("damaged.parquet", bytes);
        await read(path).then(
          (items) => expect(items.length).toBeLessThan(1_000_000),
          (error: unknown) => expect(error).toBeInstanceOf(DataError),
        );
      }
    }
  });

  it("sets rows aside whose values JSON lacks, and keeps digits", async () => {
    const columnData = [
      { name: "x", data: [1.5, Number.NaN], type: "DOUBLE" as const },
      { name: "big", data: [2n ** 60n, 1n], type: "INT64" as const },
    ];
    const path = await put("values.parquet", new Uint8Array(parquetWriteBuffer({ columnData })));
    expect(await read(path)).toEqual([{ x: 1.5, big: "1152921504606846976" }, "json"]);
  });

  it("leaves out the members that only other rows of a parquet file have, and keeps what JSON says is null", async () => {
    const text = (name: string) =>
      ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }) as const;
    const schema = [
      { name: "root", num_children: 2 },
      { name: "message", repetition_type: "OPTIONAL" as const, num_children: 2 },
      text("role"),
      text("name"),
      { ...text("tools"), converted_type: "JSON" as const },
    ];
    const columnData = [
      {
        name: "message",
        data: [
          { role: "user", name: null },
          { role: "tool", name: "f" },
        ],
      },
      { name: "tools", data: [{ default: null }, null] },
    ];
    const path = await put("members.parquet", new Uint8Array(parquetWriteBuffer({ columnData, schema })));
    expect(await read(path)).toEqual([
      { message: { role: "user" }, tools: { default: null } },
      { message: { role: "tool", name: "f" } },
    ]);
  });

  it("sets aside the rows whose bytes are not UTF-8, and only those", async () => {
    const damaged = Buffer.concat([
      Buffer.from('{"a":"ä"}\n{"a":"'),
      Buffer.from([0xe4]),
      Buffer.from('"}\n{"a":2}'),
    ]);
    expect(await read(await put("latin.jsonl", damaged))).toEqual([{ a: "ä" }, "encoding", { a: 2 }]);
  });

  it("refuses a gzip bomb, and a file that is not there", async () => {
    const bomb = await put("bomb.jsonl.gz", gzipSync(Buffer.alloc(260 * 1024 * 1024, "x")));
    await expect(read(bomb)).rejects.toThrow(/unpacks to more than/);
    await expect(read(join(folder, "gone"))).rejects.toThrow(StoreError);
  });
});

describe("line writers", () => {
  it("write lines, packed where the name says so", async () => {
    for (const name of ["lines.jsonl", "lines.jsonl.gz"]) {
      const path = join(folder, name);
      await withLineWriters([path], async ([writer]) => {
        for (let n = 0; n < 20_000; n += 1) await writer?.write(`{"n":${n},"text":"${"x".repeat(50)}"}`);
      });
      const items = await read(path);
      expect(items).toHaveLength(20_000);
      expect(items.at(-1)).toMatchObject({ n: 19_999 });
    }
  });

  it("leave what was there when the work fails, and no part of the new", async () => {
    for (const name of ["kept.jsonl", "kept.jsonl.gz"]) {
      const path = await put(name, "old");
      const failing = withLineWriters([path], async ([writer]) => {
        await writer?.write("new");
        throw new Error("stop");
      });
      await expect(failing).rejects.toThrow("stop");
      expect(await readFile(path, "utf8")).toBe("old");
    }
  });

  it("say when the disk refuses", async () => {
    const writer = openLineWriter(join(await put("file", ""), "below.jsonl"));
    await writer.write("x");
    await expect(writer.finish()).rejects.toThrow(StoreError);
  });
});
