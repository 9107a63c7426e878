import { expect, it } from "vitest";
import { ConfigError } from "../spec/index.js";
import { type EngineOptions, openEngine } from "./open-engine.js";

it("names the known kinds where the kind is unknown", async () => {
  const options: EngineOptions = JSON.parse('{"kind":"quantum"}');
  const failure = await openEngine(options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  expect(failure).toMatchObject({
    facts: { kind: "quantum", known: ["embedded", "openai", "scripted", "tinker"] },
  });
});

it("opens the scripted engine", async () => {
  const engine = await openEngine({ kind: "scripted", vocabularySize: 5 });
  expect(engine.model).toEqual({
    name: "scripted",
    vocabularySize: 5,
    contextLength: 1024,
    parameterCount: 25,
  });
  await engine.close();
});

it("refuses a vocabulary without tokens", async () => {
  await expect(openEngine({ kind: "scripted", vocabularySize: 0 })).rejects.toThrow(ConfigError);
});
