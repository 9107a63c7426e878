import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { examineMachine, memoryFinding, nodeFinding, renderFindings } from "./doctor.js";

describe("itool doctor", () => {
  it.each([
    ["20.19.0", true],
    ["24.0.1", true],
    ["20.18.3", false],
    ["18.20.0", false],
  ])("node %s: %s", (version, ok) => expect(nodeFinding(version).ok).toBe(ok));

  it.each([
    [8 * 2 ** 30, true],
    [2 * 2 ** 30, false],
  ])("memory of %d bytes: %s", (bytes, ok) => expect(memoryFinding(bytes).ok).toBe(ok));

  it("names what an incomplete clone lacks, and how to mend it", async () => {
    const root = await mkdtemp(join(tmpdir(), "itool-doctor-"));
    await mkdir(join(root, "models/nano"), { recursive: true });
    await writeFile(join(root, "models/nano/config.json"), "{}");
    const findings = await examineMachine({ root, directory: join(root, "nowhere") });
    await rm(root, { recursive: true });
    const text = renderFindings(findings);
    expect(text).toMatch(/MEND {2}small model +models\/nano lacks model\.safetensors, tokenizer\.json, tok/);
    expect(text).toMatch(/MEND {2}report page +dist\/report\/page\.html is missing\n +→ Run `npm run build`/);
    expect(text).toMatch(/MEND {2}folder .*nowhere cannot be written\n +→ Start itool in a folder of yours/);
    expect(text).toMatch(/ok {4}node/);
  });

  it("gives a fix for everything that is not ok, and only for that", async () => {
    for (const finding of await examineMachine()) expect(finding.fix === undefined).toBe(finding.ok);
  });
});
