/** `itool export`: what a run made, in formats of other programs. */
import { type Command, Option } from "commander";
import { print, terminalOf } from "./command-output.js";
import {
  DATA_EXPORTS,
  type DataExportName,
  exportRunData,
  renderDataExport,
} from "./commands/export-data.js";
import { pick } from "./flags.js";

const FORMATS = Object.entries(DATA_EXPORTS).map(([name, { title }]) => `  ${name.padEnd(20)} ${title}`);

interface ExportFlags {
  readonly format: DataExportName;
  readonly out?: string;
  readonly model?: string;
}

/** Adds the command to the program. */
export function addExport(program: Command): void {
  program
    .command("export")
    .description("examples, preference pairs and search trees of a run for other programs")
    .argument("<run>", "run directory, e.g. runs/nano")
    .addOption(
      new Option("--format <name>", "what to write").choices(Object.keys(DATA_EXPORTS)).makeOptionMandatory(),
    )
    .option("--out <file>", "the new file, also .gz (default: exports/<format>.jsonl in the run directory)")
    .option("--model <folder>", "folder of the base model, where it is no longer what the recipe says")
    .addHelpText("after", `\nFormats:\n${FORMATS.join("\n")}`)
    .action(async (directory: string, flags: ExportFlags, command: Command) => {
      const given = { ...pick(flags, "out"), ...pick(flags, "model") };
      const summary = await exportRunData({ directory, format: flags.format, ...given });
      print(terminalOf(command), summary, renderDataExport);
    });
}
