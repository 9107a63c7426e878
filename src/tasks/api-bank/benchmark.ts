/** The benchmark as a whole: what its files hold, put together. */
import { DataError, type ToolFinder } from "../../spec/index.js";
import { apiDefinitions } from "./apis/index.js";
import type { ApiDescription } from "./descriptions.js";
import type { Dialogue } from "./dialogue.js";
import { type ApiBankVerdict, type JudgeOptions, judgeOutput, keywordsOf } from "./judge.js";
import type { PythonDictionary } from "./python/value.js";
import { type ApiBankSample, apiSamplesOf } from "./samples.js";
import { type Databases, requireDatabases } from "./world.js";

/** Data that verdicts depend on, and the samples. */
export interface ApiBank {
  readonly databases: Databases;
  readonly descriptions: ReadonlyMap<string, ApiDescription>;
  /** Samples that ask for a call, in the order of the dialogues. */
  readonly samples: readonly ApiBankSample[];
}

/** What the files hold. */
export interface ApiBankFiles {
  readonly databases: Databases;
  readonly descriptions: ReadonlyMap<string, ApiDescription>;
  readonly dialogues: readonly Dialogue[];
}

/** @throws DataError where a database or a description is missing */
export function createApiBank({ databases, descriptions, dialogues }: ApiBankFiles): ApiBank {
  requireDatabases(databases);
  const missing = [...apiDefinitions.keys()].filter((name) => !descriptions.has(name));
  if (missing.length > 0) {
    throw new DataError(
      `There is no description of ${missing.join(", ")}. Complete the file of descriptions.`,
      { missing },
    );
  }
  return { databases, descriptions, samples: dialogues.flatMap(apiSamplesOf) };
}

/** Descriptions as ToolSearcher knows them. */
export function toolLibraryOf({
  descriptions,
}: Pick<ApiBank, "descriptions">): ReadonlyMap<string, PythonDictionary> {
  return new Map([...descriptions].map(([name, { value }]) => [name, value]));
}

/** The verdict on an output, with a search for tools made first where the output asks for one. */
export async function judgeWithSearch(
  sample: ApiBankSample,
  output: string,
  options: JudgeOptions & { readonly finder: ToolFinder },
): Promise<ApiBankVerdict> {
  const keywords = keywordsOf(sample, output);
  if (keywords === undefined) return judgeOutput(sample, output, options);
  const best = await options.finder.find(keywords);
  return judgeOutput(sample, output, { ...options, searchTools: () => best });
}
