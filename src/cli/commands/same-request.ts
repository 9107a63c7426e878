/** Evaluations that go on in a folder: only with the same request. */
import { ConfigError } from "../../spec/index.js";
import { type RunDirectory, runPaths } from "../../store/index.js";

const REQUEST = "request.json";

/** Results of other settings are not mixed. @throws ConfigError where `out` holds something else */
export async function requireSameRequest(store: RunDirectory, request: string): Promise<void> {
  if (await store.exists(runPaths.manifest)) {
    const message = `--out is ${store.root}, which is the directory of a whole run. Give another folder.`;
    throw new ConfigError(message, { out: store.root });
  }
  if (!(await store.exists(REQUEST))) return store.writeText(REQUEST, request);
  if ((await store.readText(REQUEST)) === request) return;
  throw new ConfigError(
    `${store.root} holds the results of another evaluation (see ${REQUEST}). Give another --out, or remove it.`,
    { out: store.root },
  );
}
