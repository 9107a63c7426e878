/** The grader of the Berkeley Function Calling Leaderboard, on its official data files. */
import type { ResultGrader } from "../../../spec/index.js";
import { BfclGrader } from "../../../tasks/bfcl/index.js";
import { openBfcl } from "../../bfcl-bench.js";
import type { GraderSettings } from "./settings.js";

/** Reads the data. @throws ConfigError where the folder holds no BFCL data */
export async function openBfclGrader({
  data,
  strict,
  native = false,
}: GraderSettings): Promise<ResultGrader> {
  const { bench } = await openBfcl(data);
  return new BfclGrader(bench, { strict, native });
}
