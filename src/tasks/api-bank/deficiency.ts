/** What is wrong with an output, in the classes that all benchmarks share. */
import type { Deficiency } from "../../spec/index.js";
import { attemptsCalls } from "../../text/index.js";
import type { ApiBankVerdict } from "./judge.js";
import { callText } from "./messages.js";
import { pythonText } from "./python/print.js";
import type { ApiBankSample } from "./samples.js";

/** A class, or `benchmark`: the call is the recorded one and the judging refuses it all the same. */
export type ApiBankDeficiency = Deficiency | "benchmark";

/** The classes of an output that is not right; none for one that is. */
export function deficienciesOf(
  sample: ApiBankSample,
  output: string,
  verdict: ApiBankVerdict,
): readonly ApiBankDeficiency[] {
  if (verdict.correct === true) return [];
  const { apiName, parameters } = sample.target;
  if (output.includes(callText(apiName, parameters))) return ["benchmark"];
  if (verdict.call === undefined) {
    return [attemptsCalls(output, [apiName]) ? "format" : "missing-call"];
  }
  if (verdict.category === "API_NAME_MISMATCH") return ["function-name"];
  const wanted = new Map([...parameters].map(([key, value]) => [String(key), pythonText(value)]));
  const found = argumentDeficiencies(verdict.call.parameters, wanted);
  if (verdict.category === "INVALID_PARAMETER_TYPE") return [...found, "argument-type"];
  return found.length === 0 ? ["benchmark"] : found;
}

function argumentDeficiencies(
  given: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): readonly Deficiency[] {
  const found: Deficiency[] = [];
  if (given.size !== wanted.size) found.push("argument-count");
  if ([...given.keys()].some((name) => !wanted.has(name))) found.push("argument-name");
  if ([...given].some(([name, value]) => wanted.has(name) && wanted.get(name) !== value))
    found.push("argument-value");
  return found;
}
