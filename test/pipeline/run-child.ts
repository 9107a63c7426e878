/**
 * A process that runs a short pipeline, to be killed: `run-child.ts DIR ENGINE MODEL KILL-AT`. With a number that is not
 * 0, it kills itself at that write to the disk: before it, after it, or in the middle of an appended line.
 */
import { appendFile } from "node:fs/promises";
import type { Store } from "../../src/spec/index.js";
import { runPipeline } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { nanoRecipe, openNanoModel, openTinyModel, tinyRecipe } from "./tiny-run.js";
import { wrapStore } from "./wrap-store.js";

const [directory = "", engine = "", folder = "", killAt = "0"] = process.argv.slice(2);

const recipe = engine === "scripted" ? tinyRecipe() : nanoRecipe();
const model = engine === "scripted" ? await openTinyModel(folder, recipe) : await openNanoModel(folder);
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
