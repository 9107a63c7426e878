/**
 * A fake server in a process of its own, for runs whose client is killed and for measurements:
 * `serve.ts FLAVOUR FOLDER MODEL [RESULT-DELAY-MS]`. MODEL is a model folder for the embedded engine, or `tiny`. Writes its
 * address to stdout; ends with its standard input.
 */
import { openEngine } from "../../../src/engine/index.js";
import { openTinyModel, tinyRecipe } from "../../pipeline/tiny-run.js";
import type { Flavour } from "./fake-pass.js";
import { FakeServer } from "./fake-server.js";

const FLAVOURS: readonly Flavour[] = ["hosted", "skyrl-jax", "skyrl-torch"];
const [name = "", folder = "", model = "", delay = "0", tinyFolder = ""] = process.argv.slice(2);
const flavour = FLAVOURS.find((known) => known === name);
if (flavour === undefined) throw new Error(`There is no flavour ${name}: use one of ${FLAVOURS.join(", ")}.`);

const open =
  model === "tiny"
    ? (await openTinyModel(tinyFolder, tinyRecipe())).openEngine
    : (weights: string = model) => openEngine({ kind: "embedded", model: weights });
const server = await FakeServer.start({ flavour, open, model, folder, resultDelay: Number(delay) });
process.stdout.write(`${server.url}\n`);
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
