import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, StoreError } from "../spec/index.js";
import { readTextChunks } from "./text-chunks.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-text-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function textOf(content: Uint8Array): Promise<string> {
  const path = join(folder, "data");
  await writeFile(path, content);
  let text = "";
  for await (const chunk of readTextChunks(path)) text += chunk;
  return text;
}

describe("readTextChunks", () => {
  const long = "ä€😀".repeat(40_000);

  it.each([
    ["nothing", "", ""],
    ["text with characters across chunks", long, long],
    ["text with a byte order mark", "\uFEFF[1]", "[1]"],
  ])("reads %s, plain and compressed", async (_name, content, expected) => {
    expect(await textOf(Buffer.from(content))).toBe(expected);
    expect(await textOf(gzipSync(content))).toBe(expected);
  });

  it.each([
    ["UTF-16", Buffer.from("\uFEFF[1]", "utf16le")],
    ["text after the compressed text", Buffer.concat([gzipSync("[1]"), Buffer.from("[2]")])],
    [
      "a second member whose beginning is damaged",
      Buffer.concat([gzipSync("1\n"), gzipSync("2").fill(0, 0, 1)]),
    ],
    ["damaged compression", gzipSync("a".repeat(1000)).fill(7, 12, 16)],
    ["compression that is cut off", gzipSync(long).subarray(0, 40)],
  ])("refuses %s", async (_name, content) => {
    await expect(textOf(content)).rejects.toThrow(DataError);
  });

  it("marks bytes that are not UTF-8 and reads on", async () => {
    expect(await textOf(Buffer.from([0x61, 0xc3, 0x28, 0x62, 0xe2, 0x82]))).toBe("a\udcc3(b\udce2\udc82");
  });

  it("reads several members, and zeros after them", async () => {
    const members = Buffer.concat([gzipSync("[1,"), gzipSync("2]"), Buffer.alloc(512)]);
    expect(await textOf(members)).toBe("[1,2]");
  });

  it("names a file that is not there", async () => {
    const reading = (async () => {
      for await (const _ of readTextChunks(join(folder, "gone.json")));
    })();
    await expect(reading).rejects.toThrow(StoreError);
  });
});
