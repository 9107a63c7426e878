/**
 * One suite for every engine. An engine that passes does what `spec/engine.ts` promises; what it does not have is skipped
 * with a reason in the name of the test.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/spec/index.js";
import type { EngineFixture, Subject } from "./engine-fixture.js";
import { describeScoringAndSampling } from "./sampling-conformance.js";
import { describeTraining } from "./training-conformance.js";

/** Starting an engine takes long on a machine that is busy with other work. */
const START_TIMEOUT_MS = 60_000;

/** Declares the tests of the engine `name`. @param variant Of what it is tested on, for the title. */
export function describeEngine(name: string, fixture: EngineFixture, variant = ""): void {
  describe(`engine ${name} ${variant}`.trim(), () => {
    let engine: Engine;
    let folder = "";
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "itool-engine-"));
      engine = await fixture.open();
    }, fixture.startTimeout ?? START_TIMEOUT_MS);
    afterAll(async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    });
    const subject: Subject = { fixture, engine: () => engine, folder: () => folder };

    it("knows its model", () => {
      expect(engine.kind).toBe(name);
      expect(engine.model.vocabularySize).toBeGreaterThanOrEqual(16);
      expect(engine.model.contextLength).toBeGreaterThanOrEqual(64);
    });
    describeScoringAndSampling(subject);
    describeTraining(subject);
  });
}
