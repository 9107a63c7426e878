/** `itool export`: what a run made, in formats of other programs. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { ConfigError, type ExportOptions } from "../spec/index.js";
import { print, terminalOf } from "./command-output.js";
import { EXPORT_FORMATS, type ExportFormatName } from "./commands/export/formats.js";
import { exportRun, renderExport } from "./commands/export/index.js";
import {
  DATA_EXPORTS,
  type DataExportName,
  exportRunData,
  renderDataExport,
} from "./commands/export-data.js";
import { byteSize, pick } from "./flags.js";

/** What was asked for: something trained, or something of the data. */
type Format =
  | { readonly kind: "weights"; readonly name: ExportFormatName }
  | { readonly kind: "data"; readonly name: DataExportName };

interface ExportFlags {
  readonly format: Format;
  readonly out?: string;
  readonly model?: string;
  readonly policy?: string;
  readonly dtype?: NonNullable<ExportOptions["dtype"]>;
  readonly shardSize?: number;
}

/** Adds the command to the program. */
export function addExport(program: Command): void {
  program
    .command("export")
    .description("what a run has trained and made of its data, for other programs")
    .argument("<run>", "run directory, e.g. runs/nano")
    .addOption(
      new Option("--format <name>", "what to write: see below").argParser(parseFormat).makeOptionMandatory(),
    )
    .option(
      "--out <path>",
      "the new folder of a model, or the new file (also .gz; default: exports/<format>.jsonl in the run directory)",
    )
    .option("--policy <name>", "warmup, round-01 … (default: the last that is complete)")
    .addOption(
      new Option("--dtype <name>", "numbers of the weights (default: float32)").choices([
        "float32",
        "float16",
        "bfloat16",
      ]),
    )
    .option("--shard-size <bytes>", "most bytes of a weight file, e.g. 500MB (default: 5GB)", byteSize)
    .option("--model <folder>", "folder of the base model, where it is no longer what the recipe says")
    .addHelpText("after", `\n${formatHelp()}`)
    .action(runExport);
}

async function runExport(directory: string, flags: ExportFlags, command: Command): Promise<void> {
  const { format } = flags;
  const terminal = terminalOf(command);
  if (format.kind === "weights") {
    print(terminal, await exportRun(weightOptions(directory, format.name, flags)), renderExport);
    return;
  }
  refuseWeightFlags(format.name, flags);
  const given = { ...pick(flags, "out"), ...pick(flags, "model") };
  print(terminal, await exportRunData({ directory, format: format.name, ...given }), renderDataExport);
}

function weightOptions(directory: string, format: ExportFormatName, flags: ExportFlags) {
  const { out, shardSize } = flags;
  if (out === undefined) {
    throw new ConfigError(`--format ${format} writes a folder: name it with --out FOLDER.`, { format });
  }
  return {
    ...{ directory, format, out },
    ...pick(flags, "policy"),
    ...pick(flags, "dtype"),
    ...pick(flags, "model"),
    ...(shardSize === undefined ? {} : { shardBytes: shardSize }),
  };
}

function refuseWeightFlags(format: DataExportName, { policy, dtype, shardSize }: ExportFlags): void {
  if ((policy ?? dtype ?? shardSize) === undefined) return;
  throw new ConfigError(
    `--format ${format} writes data; --policy, --dtype and --shard-size belong to --format peft or merged.`,
    { format },
  );
}

function parseFormat(text: string): Format {
  if (isNameOf(EXPORT_FORMATS, text)) return { kind: "weights", name: text };
  if (isNameOf(DATA_EXPORTS, text)) return { kind: "data", name: text };
  const known = [...Object.keys(EXPORT_FORMATS), ...Object.keys(DATA_EXPORTS)].join(", ");
  throw new InvalidArgumentError(`Allowed choices are ${known}.`);
}

function isNameOf<T extends object>(table: T, text: string): text is Extract<keyof T, string> {
  return Object.hasOwn(table, text);
}

function formatHelp(): string {
  const weights = Object.entries(EXPORT_FORMATS).map(([name, { summary }]) => formatLine(name, summary));
  const data = Object.entries(DATA_EXPORTS).map(([name, { title }]) => formatLine(name, title));
  return ["Formats of what was trained:", ...weights, "Formats of data:", ...data].join("\n");
}

function formatLine(name: string, text: string): string {
  return `  ${name.padEnd(20)} ${text}`;
}
