import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTar, type TarEntry } from "../../../test/support/tinker/fake-tar.js";
import { ModelError } from "../../spec/index.js";
import { unpackTar } from "./tar.js";

let folder = "";
let places = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-tar-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function* inParts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Unpacks into a new folder, which is returned with what was written. */
async function unpack(archive: Uint8Array, keep?: readonly string[], size = 700) {
  const { mkdir } = await import("node:fs/promises");
  const place = join(folder, String(places++));
  await mkdir(place);
  const options = { source: "the test", ...(keep && { keep }) };
  return { place, names: await unpackTar(inParts(archive, size), place, options) };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("unpackTar", () => {
  it("gives back what was packed, however the bytes come", async () => {
    const content = fc.uint8Array({ maxLength: 1600 });
    await fc.assert(
      fc.asyncProperty(content, content, fc.integer({ min: 1, max: 3000 }), async (one, two, size) => {
        const archive = makeTar([
          { name: "./a.json", content: one },
          { name: "b", content: two },
        ]);
        const { place, names } = await unpack(archive, undefined, size);
        expect(names).toEqual(["a.json", "b"]);
        expect(new Uint8Array(await readFile(join(place, "a.json")))).toEqual(one);
        expect(new Uint8Array(await readFile(join(place, "b")))).toEqual(two);
      }),
      { numRuns: 30 },
    );
  });

  it("writes only what is asked for, and makes no folders", async () => {
    const archive = makeTar([
      { name: "/", folder: true },
      { name: "model/", folder: true },
      { name: "model/README.md", content: bytes("no") },
      { name: "model/wanted", content: bytes("yes") },
    ]);
    const { place, names } = await unpack(archive, ["wanted"]);
    expect(names).toEqual(["wanted"]);
    expect(await readdir(place)).toEqual(["wanted"]);
  });

  it.each<[string, TarEntry, RegExp]>([
    ["an absolute path", { name: "/etc/passwd", content: bytes("x") }, /leads out of the folder/],
    ["a path upwards", { name: "a/../../b", content: bytes("x") }, /leads out of the folder/],
    ["a Windows path upwards", { name: "..\\b", content: bytes("x") }, /leads out of the folder/],
    ["a drive", { name: "C:b", content: bytes("x") }, /leads out of the folder/],
    ["a symbolic link", { name: "adapter_config.json", link: "/etc/passwd" }, /is a link or a device/],
    ["a name twice", { name: "x/first", content: bytes("x") }, /holds first twice/],
  ])("refuses %s, and writes nothing of it", async (_, entry, message) => {
    const archive = makeTar([{ name: "first", content: bytes("1") }, entry]);
    const place = join(folder, String(places));
    await expect(unpack(archive)).rejects.toThrow(message);
    expect(await readdir(place)).toEqual(["first"]);
  });

  it("refuses every archive that is cut short", async () => {
    const archive = makeTar([{ name: "a", content: bytes("y".repeat(900)) }]);
    for (let length = 0; length <= archive.length - 1024; length += 128) {
      await expect(unpack(archive.subarray(0, length))).rejects.toThrow(ModelError);
    }
  });

  it("refuses a header that was changed", async () => {
    const archive = makeTar([{ name: "a", content: bytes("y") }]);
    archive[3] = 65;
    await expect(unpack(archive)).rejects.toThrow(/checksum/);
  });
});
