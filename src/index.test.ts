import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as library from "./index.js";

const folder = import.meta.dirname;
const index = readFileSync(join(folder, "index.ts"), "utf8");

describe("the library's surface", () => {
  it("exports these values and no others", () => {
    expect(Object.keys(library).toSorted()).toMatchInlineSnapshot(`
      [
        "CancelledError",
        "ConfigError",
        "DataError",
        "IToolError",
        "InputError",
        "ModelError",
        "NumericError",
        "ServerError",
        "StoreError",
        "UsageMeter",
        "attemptsCalls",
        "bootstrapMean",
        "buildReportData",
        "canonicalText",
        "checkLength",
        "classifyDifficulty",
        "compare",
        "comparePolicies",
        "comparisonsSchema",
        "copyRow",
        "countData",
        "createChatClient",
        "createChatTemplate",
        "createPolicySource",
        "createRandom",
        "createRowParser",
        "createSearchModel",
        "createTokenizer",
        "dataRecordSchema",
        "defaultPairSettings",
        "defaultSearchSettings",
        "deficiencyOrder",
        "deriveSeed",
        "evaluate",
        "evaluatedPolicies",
        "evaluationOf",
        "evaluationSchema",
        "exampleSchema",
        "explore",
        "extractPairs",
        "findStopToken",
        "fingerprintPath",
        "firstFragmentEnd",
        "fitsContext",
        "fragmentOverlap",
        "fragmentSpans",
        "freshModelConfig",
        "generateCopyRows",
        "generateToolworld",
        "generationPerplexity",
        "gradeResponse",
        "hardRowSchema",
        "importToolace",
        "importToolaceAsync",
        "importToolaceRow",
        "initialiseModel",
        "isRejection",
        "itemSchema",
        "jsonSchemaOf",
        "jsonToLiteral",
        "layoutPairs",
        "learningRateAt",
        "literalToJson",
        "literalsEqual",
        "loadModelFolder",
        "loadRenderContext",
        "matchesEnum",
        "matchesSchema",
        "objectives",
        "openEngine",
        "openRunDirectory",
        "orderByCurriculum",
        "outcomeOf",
        "pair",
        "pairSchema",
        "parseCalls",
        "parseJsonRows",
        "parseJsonRowsAsync",
        "parseLiteral",
        "parseRecipe",
        "parseSettings",
        "perplexityRowSchema",
        "planRun",
        "policyFolder",
        "prefer",
        "prepare",
        "printCalls",
        "printLiteral",
        "printSettings",
        "rank",
        "readAdapter",
        "readDocument",
        "readModelConfig",
        "readPageTemplate",
        "readSafetensors",
        "readSafetensorsHeader",
        "readTextChunks",
        "recipeSchema",
        "rejectionSchema",
        "renderExample",
        "renderPrompt",
        "renderPromptText",
        "renderReport",
        "renderResponse",
        "renderScoreTable",
        "restoreRandom",
        "roundName",
        "rowParser",
        "runManifestSchema",
        "runPaths",
        "runPipeline",
        "runSearch",
        "runStages",
        "schemaFromJson",
        "scoreExamples",
        "scoreOf",
        "scoreTable",
        "scriptedContinuations",
        "selectHard",
        "selfEvaluationOf",
        "stageTimeSchema",
        "stepSchema",
        "toolFromJson",
        "toolworldCategories",
        "toolworldExamples",
        "toolworldRow",
        "toolworldWorks",
        "trainTokenizer",
        "treeSchema",
        "validateSearchSettings",
        "warmup",
        "warmupStepsOf",
        "wilsonInterval",
        "writeAdapter",
        "writeDocument",
        "writeModelFolder",
        "writeSafetensors",
      ]
    `);
  });

  it("exports nothing that is undefined", () => {
    expect(Object.entries(library).filter(([, value]) => value === undefined)).toEqual([]);
  });

  it("lists names one by one", () => {
    expect(index).not.toMatch(/export\s+(type\s+)?\*/);
  });

  it.each(exportedTypesOfSpec())("exports the type %s of the spec", (name) => {
    const fromSpec = index.match(/\{[^}]*\}(?= from "\.\/spec\/index\.js")/g)!.join();
    expect(fromSpec).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

/** Every type that `spec/` declares for others. */
function exportedTypesOfSpec(): string[] {
  const files = readdirSync(join(folder, "spec")).filter((name) => name.endsWith(".ts"));
  const texts = files.map((name) => readFileSync(join(folder, "spec", name), "utf8"));
  return texts.flatMap((text) =>
    [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1]!),
  );
}
