/** A process that runs the tiny pipeline against a server, to be killed: `tinker-child.ts DIR URL MODEL KILL-AT`. */
import { runPipeline } from "../../src/stages/index.js";
import { openRunDirectory } from "../../src/store/index.js";
import { killedAt } from "./killed-at.js";
import { openTinyOnServer } from "./tinker-model.js";
import { tinyRecipe } from "./tiny-run.js";

const [directory = "", url = "", folder = "", killAt = "0"] = process.argv.slice(2);

const recipe = tinyRecipe(["rounds=1"]);
const model = await openTinyOnServer(folder, url);
const run = await openRunDirectory(directory);
await runPipeline({ recipe, model }, { store: killedAt(run, Number(killAt)) });
await run.close();
