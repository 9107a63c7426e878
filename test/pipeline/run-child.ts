/**
 * A process that runs a short pipeline, to be killed: `run-child.ts DIR ENGINE MODEL KILL-AT`. With a number that is not
 * 0, it kills itself at that write to the disk: before it, after it, or in the middle of an appended line.
 */
import { runPipeline } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { killedAt } from "./killed-at.js";
import { nanoRecipe, openNanoModel, openTinyModel, tinyRecipe } from "./tiny-run.js";

const [directory = "", engine = "", folder = "", killAt = "0"] = process.argv.slice(2);

const recipe = engine === "scripted" ? tinyRecipe() : nanoRecipe();
const model = engine === "scripted" ? await openTinyModel(folder, recipe) : await openNanoModel(folder);
const run = await openRunDirectory(directory);
process.send?.("started");
await runPipeline({ recipe, model }, { store: killedAt(run, Number(killAt)) });
await run.close();
