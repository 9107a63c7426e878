/**
 * A data file from end to end: find out its format, check it, keep a part for the evaluation by tool list, leave out what
 * stands in a benchmark, and write the rest in another format.
 *
 *     npx tsx examples/data.ts [FILE] [OUTPUT-FOLDER] [BENCHMARK-FILE]
 *
 * Without a file it makes a small one.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// In a project of your own: from "itool".
import {
  checkData,
  createOverlapIndex,
  type DataCheck,
  detectRows,
  importRow,
  isRejection,
  type OverlapIndex,
  readDataRows,
  splitKey,
  withLineWriters,
  writeRow,
} from "../src/index.js";

/** What was found and written. */
export interface DataTour {
  readonly check: DataCheck;
  readonly train: number;
  readonly evaluation: number;
  /** Rows that were not written: set aside, in the benchmark, or without a place in the new format. */
  readonly leftOut: number;
}

/** Reads the rows of `file` and writes `train.jsonl` and `evaluation.jsonl` as OpenAI chat rows. */
export async function dataTour(file: string, folder: string, benchmark?: string): Promise<DataTour> {
  const check = await checkData(readDataRows(file), {
    file,
    onFinding: ({ row, field, rule, message }) => console.log(`row ${row} ${field} (${rule}): ${message}`),
  });
  const known = await indexOf(benchmark);
  const counts = { train: 0, evaluation: 0, leftOut: 0 };
  await mkdir(folder, { recursive: true });
  const paths = [join(folder, "train.jsonl"), join(folder, "evaluation.jsonl")];
  await withLineWriters(paths, async ([train, evaluation]) => {
    const { format, rows } = await detectRows(readDataRows(file));
    for await (const item of rows) {
      const row = isRejection(item) ? undefined : importRow(item, { file, format });
      const written = row?.ok ? writeRow(row.dialogue, "openai-chat") : undefined;
      if (!row?.ok || !written?.ok || known.compare(row.dialogue).sharedRuns > 0) {
        counts.leftOut += 1;
        continue;
      }
      const { tools, turns } = row.dialogue;
      const side = sideOf(splitKey({ tools, messages: turns.map(({ message }) => message) }));
      counts[side] += 1;
      await (side === "train" ? train : evaluation)?.write(written.value.text);
    }
  });
  return { check, ...counts };
}

/** All runs of ten words of a file. */
async function indexOf(benchmark: string | undefined): Promise<OverlapIndex> {
  const index = createOverlapIndex(10);
  if (benchmark === undefined) return index;
  for await (const item of readDataRows(benchmark)) if (!isRejection(item)) index.add(item.value, benchmark);
  return index;
}

/** Rows with the same tools fall on the same side: about three tool lists in ten are for the evaluation. */
function sideOf(key: string): "train" | "evaluation" {
  return Number.parseInt(key.slice(0, 8), 16) / 2 ** 32 < 0.3 ? "evaluation" : "train";
}

/** Rows in LLaMA-Factory's format: sound ones, and one whose argument is text where a number is asked for. */
export function smallFile(): string {
  const rows = Array.from({ length: 20 }, (_, index) => {
    const tool = {
      name: `book_table_${index % 7}`,
      description: "Books a table",
      parameters: { type: "object", properties: { guests: { type: "integer" } }, required: ["guests"] },
    };
    const call = { name: tool.name, arguments: { guests: index === 3 ? String(index) : index } };
    return {
      conversations: [
        { from: "human", value: `A table for ${index} guests at the place number ${index}, please.` },
        { from: "function_call", value: JSON.stringify(call) },
      ],
      tools: JSON.stringify([tool]),
    };
  });
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [given, folder = "data-tour", benchmark] = process.argv.slice(2);
  await mkdir(folder, { recursive: true });
  const file = given ?? join(folder, "rows.jsonl");
  if (given === undefined) await writeFile(file, smallFile());
  const { check, ...counts } = await dataTour(file, folder, benchmark);
  console.log({ format: check.format, rows: check.rows, duplicates: check.duplicates, ...counts });
}
