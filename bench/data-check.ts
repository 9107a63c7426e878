/**
 * Speed and memory of `itool data check`: `npx tsx bench/data-check.ts [rows] [format]`, by default 1,000,000 rows in
 * OpenAI's chat format. The rows are those of the built-in world, each with a number of its own so that none repeats
 * another; the file is made in a temporary folder and removed. The check runs in a process of its own. Prints rows/s by the
 * clock and by processor time, and the largest resident memory as the system counts it.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDataFile } from "../src/cli/commands/data.js";
import { withLineWriters } from "../src/store/index.js";
import { FORMAT_NAMES, type FormatName, importRow, writeRow } from "../src/tasks/index.js";
import { generateToolworld } from "../src/tasks/toolworld/index.js";

const [first, second] = process.argv.slice(2);
/** Different rows; the file repeats them under other numbers. */
const patternCount = 20_000;
/** Stands in every request where the number of the row goes. */
const marker = "ROWNUMBER";

if (first === "--check" && second !== undefined) await check(second);
else await bench(Number(first ?? 1_000_000), FORMAT_NAMES.find((name) => name === second) ?? "openai-chat");

async function bench(rows: number, format: FormatName): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "itool-bench-"));
  try {
    const file = join(folder, "rows.jsonl");
    await writeFile(file, rows, format);
    const { size } = await stat(file);
    console.log(`${rows} rows of ${format}, ${Math.round(size / rows)} bytes each`);
    spawnSync(process.execPath, [...process.execArgv, import.meta.filename, "--check", file], {
      stdio: "inherit",
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function check(file: string): Promise<void> {
  const before = process.cpuUsage();
  const start = performance.now();
  const { rows } = await checkDataFile({ file, places: 5 });
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(before);
  const processor = (used.user + used.system) / 1e6;
  const most = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${rows.read} read, ${rows.imported} imported: ${(rows.read / seconds).toFixed(0)} rows/s by the clock, ${(rows.read / processor).toFixed(0)} a processor second; at most ${most.toFixed(0)} MB resident`,
  );
}

async function writeFile(file: string, rows: number, name: FormatName): Promise<void> {
  const patterns = makePatterns(Math.min(patternCount, rows), name);
  await withLineWriters([file], async ([writer]) => {
    for (let row = 0; row < rows; row += 1) {
      const pattern = patterns[row % patterns.length];
      if (pattern !== undefined) await writer?.write(pattern.replaceAll(marker, `No. ${row}`));
    }
  });
}

function makePatterns(count: number, name: FormatName): string[] {
  const options = { seed: 7, split: "train", count } as const;
  return [...generateToolworld(options)].flatMap((row, index) => {
    const conversations = row.conversations.map(({ from, value }) => ({
      from,
      value: from === "user" ? `${marker}. ${value}` : value,
    }));
    const source = { row: index, value: { system: row.system, conversations } };
    const imported = importRow(source, { file: "", format: "toolace" });
    const written = imported.ok ? writeRow(imported.dialogue, name) : undefined;
    return written?.ok === true ? [written.value.text] : [];
  });
}
