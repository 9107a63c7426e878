/** The folder of a small API-Bank of our own, laid out like the official data. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  fixtureDatabases,
  fixtureDescriptions,
  fixtureDialogues,
} from "../../src/tasks/api-bank/fixture-bank.js";

/** Writes the data into `folder`, which is made. */
export async function writeApiBank(folder: string): Promise<void> {
  await mkdir(join(folder, "init_database"), { recursive: true });
  await writeFile(join(folder, "api_descriptions.jsonl"), fixtureDescriptions());
  for (const [name, text] of Object.entries(fixtureDatabases())) {
    await writeFile(join(folder, "init_database", `${name}.json`), text);
  }
  const levels = { L1: "level-1-given-desc", L2: "level-2-toolsearcher" } as const;
  for (const level of ["L1", "L2"] as const) {
    const path = join(folder, "lv1-lv2-samples", levels[level]);
    await mkdir(path, { recursive: true });
    for (const [stem, text] of Object.entries(fixtureDialogues[level])) {
      await writeFile(join(path, `${stem}.jsonl`), text);
    }
  }
}
