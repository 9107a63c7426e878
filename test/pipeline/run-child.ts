/**
 * A process that runs the tiny pipeline, to be killed: `run-child.ts DIR MODEL [KILL-AT [OVERRIDE…]]`. With a number, it
 * kills itself at that write to the disk: before it, after it, or in the middle of an appended line.
 */
import { appendFile } from "node:fs/promises";
import type { Store } from "../../src/spec/index.js";
import { runPipeline } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { openTinyModel, tinyRecipe } from "./tiny-run.js";
import { wrapStore } from "./wrap-store.js";

const [directory = "", modelFolder = "", killAt = "0", ...overrides] = process.argv.slice(2);

const recipe = tinyRecipe(overrides);
const model = await openTinyModel(modelFolder, recipe);
const run = await openRunDirectory(directory);
process.send?.("started");
await runPipeline({ recipe, model }, { store: killedAt(run, Number(killAt)) });
await run.close();

/** The store, whose process is killed at the n-th change of the disk; 0 is never. */
function killedAt(store: Store, number: number): Store {
  let changes = 0;
  const die = () => process.kill(process.pid, "SIGKILL");
  return wrapStore(store, async (change, path, row) => {
    changes += 1;
    if (changes === number) {
      if (number % 3 === 0 && row !== undefined) {
        await appendFile(store.path(path), JSON.stringify(row).slice(0, 20));
      } else if (number % 3 !== 1) await change();
      die();
    }
    await change();
  });
}
