/**
 * Speed and memory of `itool data check`: `npx tsx bench/data-check.ts [rows] [format]`, by default 1,000,000 rows in
 * OpenAI's chat format. The rows are those of the built-in world, each with a number of its own so that none repeats
 * another; the file is made in a temporary folder and removed. Prints rows/s by the clock and by processor time, and the
 * largest resident memory, which is sampled while the check runs.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDataFile } from "../src/cli/commands/data.js";
import { withLineWriters } from "../src/store/index.js";
import { FORMAT_NAMES, type FormatName, importRow, writeRow } from "../src/tasks/index.js";
import { generateToolworld } from "../src/tasks/toolworld/index.js";

const rows = Number(process.argv[2] ?? 1_000_000);
const format = FORMAT_NAMES.find((name) => name === process.argv[3]) ?? "openai-chat";
/** Different rows; the file repeats them under other numbers. */
const patternCount = 20_000;
/** Stands in every request where the number of the row goes. */
const marker = "ROWNUMBER";
const folder = await mkdtemp(join(tmpdir(), "itool-bench-"));
try {
  await bench(join(folder, "rows.jsonl"), format);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bench(file: string, name: FormatName): Promise<void> {
  await writeFile(file, name);
  const { size } = await stat(file);
  console.log(`${rows} rows of ${name}, ${Math.round(size / rows)} bytes each`);
  const memory = sampleMemory();
  const before = process.cpuUsage();
  const start = performance.now();
  const check = await checkDataFile({ file, places: 5 });
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(before);
  const processor = (used.user + used.system) / 1e6;
  const most = memory.stop();
  console.log(
    `${check.rows.read} read, ${check.rows.imported} imported: ${(rows / seconds).toFixed(0)} rows/s by the clock, ${(rows / processor).toFixed(0)} a processor second; at most ${most.toFixed(0)} MB resident`,
  );
}

async function writeFile(file: string, name: FormatName): Promise<void> {
  const patterns = makePatterns(name);
  await withLineWriters([file], async ([writer]) => {
    for (let row = 0; row < rows; row += 1) {
      const pattern = patterns[row % patterns.length];
      if (pattern !== undefined) await writer?.write(pattern.replaceAll(marker, `No. ${row}`));
    }
  });
}

function makePatterns(name: FormatName): string[] {
  const count = Math.min(patternCount, rows);
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

/** The largest resident memory of the process from now on, in MB. */
function sampleMemory(): { stop(): number } {
  let most = process.memoryUsage.rss();
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(most, process.memoryUsage.rss()) / 2 ** 20;
    },
  };
}
