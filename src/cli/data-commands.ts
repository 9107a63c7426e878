/** `itool data …`: the flags and help of the commands on data files. What they do lies in `commands/data/`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../spec/index.js";
import {
  type DataCheck,
  exceeded,
  FORMAT_NAMES,
  type FormatName,
  RULES,
  type Threshold,
} from "../tasks/index.js";
import { type Exit, print, terminalOf } from "./command-output.js";
import {
  convertDataFile,
  type Following,
  findLeaks,
  OUTPUT_FORMATS,
  type OutputFormat,
  renderCheck,
  renderConvert,
  renderLeaks,
  renderPreview,
  renderRepair,
  renderSplit,
  renderStats,
  repairDataFile,
  splitDataFile,
} from "./commands/data/index.js";
import { checkDataFile, measureDataFile, previewDataRow } from "./commands/data.js";
import { EXIT } from "./exit-code.js";
import { collect, pick, positiveInteger, share, wholeNumber } from "./flags.js";
import type { Terminal } from "./terminal.js";

const FILE_HELP = "rows in any known format: JSON, JSONL or parquet, also .gz";
const LIMITS_HELP = `
Limits of --max count per row read. Beside the rules of docs/data-formats.md they can be set-aside (all rows set aside)
and no-call (rows without a call), e.g. --max duplicate-row=0.05 --max set-aside=0.1.`;

/** Adds the commands to the program. */
export function addData(program: Command, exit: Exit): void {
  const data = program.command("data").description("looks at tool-use data, mends, converts and splits it");
  addCheck(data, exit);
  addPreview(data);
  addStats(data);
  addConvert(data, exit);
  addSplit(data, exit);
  addLeaks(data, exit);
}

interface FormatFlag {
  readonly format?: FormatName;
}

/** The result of work whose progress the terminal shows. */
async function follow<T>(terminal: Terminal, work: (following: Following) => Promise<T>): Promise<T> {
  try {
    return await work({ onProgress: (event) => terminal.progress(event) });
  } finally {
    terminal.endProgress();
  }
}

function onFile(command: Command): Command {
  return command
    .argument("<file>", FILE_HELP)
    .addOption(new Option("--format <name>", "the file's format (default: detected)").choices(FORMAT_NAMES));
}

interface CheckFlags extends FormatFlag {
  readonly model?: string;
  readonly places: number;
  readonly findings?: string;
  readonly repair?: string;
  readonly maxSetAside?: number;
  readonly max?: readonly Threshold[];
}

function addCheck(data: Command, exit: Exit): void {
  onFile(data.command("check"))
    .description(
      "what would be imported, and every row that would be set aside with the reason; exits with 3 where nothing is left",
    )
    .option("--model <folder>", "adds lengths in this model's tokens, and sets aside what does not fit")
    .option("--places <count>", "places shown of each reason", positiveInteger, 5)
    .option("--findings <file>", "writes every finding with file, row, field, rule and fix, one a line")
    .option("--repair <file>", "mends what is mechanical into a new file, and lists each change")
    .option("--max-set-aside <share>", "exit with 3 where a larger share of the rows is set aside", share)
    .option("--max <rule=share>", "exit with 3 where a rule is found more often; repeatable", threshold)
    .addHelpText("after", LIMITS_HELP)
    .action(async (file: string, flags: CheckFlags, command: Command) => {
      const terminal = terminalOf(command);
      const { repair: out, places } = flags;
      const options = { file, ...pick(flags, "format") };
      if (out !== undefined) {
        refuseCheckFlags(out, flags);
        const repaired = await follow(terminal, (following) =>
          repairDataFile({ ...options, out, ...following }),
        );
        print(terminal, repaired, renderRepair);
        if (repaired.unchanged + repaired.repaired === 0) exit(EXIT.badData);
        return;
      }
      const given = { ...pick(flags, "model"), ...pick(flags, "findings") };
      const check = await follow(terminal, (following) =>
        checkDataFile({ ...options, places, ...given, ...following }),
      );
      print(terminal, check, renderCheck);
      const passed = exceeded(check, limitsOf(flags));
      for (const { rule, share: most } of passed) terminal.note(`${rule}: more than ${most} of the rows`);
      if (passed.length > 0 || isEmpty(check)) exit(EXIT.badData);
    });
}

/** @throws ConfigError where flags of a check stand beside `--repair`, which would do nothing */
function refuseCheckFlags(out: string, { model, findings, max, maxSetAside }: CheckFlags): void {
  if ((model ?? findings ?? max ?? maxSetAside) === undefined) return;
  const message = `--repair writes a file; --model, --findings, --max and --max-set-aside belong to a check. Repair first, then: itool data check ${out} …`;
  throw new ConfigError(message, { out });
}

function limitsOf({ max = [], maxSetAside }: CheckFlags): readonly Threshold[] {
  return maxSetAside === undefined ? max : [...max, { rule: "set-aside", share: maxSetAside }];
}

/** Nothing was imported. */
function isEmpty({ rows }: DataCheck): boolean {
  return rows.setAside === rows.read;
}

/** `rule=share`. @throws InvalidArgumentError */
function threshold(text: string, before: readonly Threshold[] = []): Threshold[] {
  const [rule = "", value = ""] = text.split("=");
  if (![...RULES, "set-aside", "no-call"].includes(rule))
    throw new InvalidArgumentError(`There is no rule ${rule}; docs/data-formats.md has them all.`);
  return [...before, { rule, share: share(value) }];
}

interface PreviewFlags extends FormatFlag {
  readonly row: number;
  readonly turn?: number;
  readonly model: string;
  readonly ids?: true;
  readonly html?: string;
}

function addPreview(data: Command): void {
  onFile(data.command("preview"))
    .description("a row as the exact tokens that a model is trained on, the trained ones marked")
    .option("--row <number>", "row of the file, counted from 0", wholeNumber, 0)
    .option("--turn <number>", "answer of the row, counted from 0 (default: all)", wholeNumber)
    .option("--model <folder>", "model folder whose tokenizer and template are used", "models/nano")
    .option("--ids", "adds a table of token ids")
    .option("--html <file>", "writes the tokens as a page too")
    .action(async (file: string, flags: PreviewFlags, command: Command) => {
      const terminal = terminalOf(command);
      const { row, model } = flags;
      const given = { ...pick(flags, "turn"), ...pick(flags, "html"), ...pick(flags, "format") };
      const previews = await follow(terminal, (following) =>
        previewDataRow({ file, row, model, ...given, ...following }),
      );
      const style = { styled: terminal.styled, ids: flags.ids === true };
      print(terminal, previews, (all) => all.map((preview) => renderPreview(preview, style)).join("\n\n"));
    });
}

interface StatsFlags extends FormatFlag {
  readonly model?: string;
  readonly html?: string;
}

function addStats(data: Command): void {
  onFile(data.command("stats"))
    .description("how tools, calls, turns and lengths are distributed")
    .option("--model <folder>", "adds lengths in this model's tokens")
    .option("--html <file>", "writes a page with plots")
    .action(async (file: string, flags: StatsFlags, command: Command) => {
      const given = { ...pick(flags, "model"), ...pick(flags, "html"), ...pick(flags, "format") };
      const terminal = terminalOf(command);
      const stats = await follow(terminal, (following) =>
        measureDataFile({ file, places: 5, ...given, ...following }),
      );
      print(terminal, stats, renderStats);
    });
}

interface ConvertFlags extends FormatFlag {
  readonly to: OutputFormat;
  readonly out: string;
  readonly plainNames?: true;
  readonly dropSystem?: true;
  readonly keepFields?: true;
}

function addConvert(data: Command, exit: Exit): void {
  onFile(data.command("convert"))
    .description("the rows in another format; exits with 3 where none can be written")
    .addOption(new Option("--to <name>", "the new format").choices(OUTPUT_FORMATS).makeOptionMandatory())
    .requiredOption("--out <file>", "the new file: JSONL, also .gz")
    .option("--plain-names", "tools get names of letters, digits, _ and - only, as servers want them")
    .option("--drop-system", "leaves the system message out, for formats that have no place for one")
    .option("--keep-fields", "carries fields that the format does not read, such as id, into the new rows")
    .action(async (file: string, flags: ConvertFlags, command: Command) => {
      const { to, out } = flags;
      const changes = {
        plainNames: flags.plainNames === true,
        dropInstruction: flags.dropSystem === true,
        keepFields: flags.keepFields === true,
      };
      const terminal = terminalOf(command);
      const summary = await follow(terminal, (following) =>
        convertDataFile({ file, to, out, ...changes, ...pick(flags, "format"), ...following }),
      );
      print(terminal, summary, renderConvert);
      if (summary.converted === 0) exit(EXIT.badData);
    });
}

interface SplitFlags extends FormatFlag {
  readonly train: string;
  readonly evaluation: string;
  readonly share: number;
  readonly seed: number;
}

function addSplit(data: Command, exit: Exit): void {
  onFile(data.command("split"))
    .description("two files by tool list: no tool list and no copy of a row is in both")
    .requiredOption("--train <file>", "the rows to train on: JSONL, also .gz")
    .requiredOption("--evaluation <file>", "the rows for the evaluation")
    .option("--share <share>", "share of the tool lists for the evaluation", share, 0.1)
    .option("--seed <number>", "seed of the draw", wholeNumber, 0)
    .action(async (file: string, flags: SplitFlags, command: Command) => {
      const terminal = terminalOf(command);
      const summary = await follow(terminal, (following) => splitDataFile({ file, ...flags, ...following }));
      print(terminal, summary, renderSplit);
      if (summary.setAside === summary.rows) exit(EXIT.badData);
    });
}

interface LeakFlags extends FormatFlag {
  readonly against: readonly string[];
  readonly words: number;
  readonly places: number;
  readonly out?: string;
  readonly max?: number;
}

function addLeaks(data: Command, exit: Exit): void {
  onFile(data.command("leaks"))
    .description("what rows share with benchmarks or other files: runs of words, and tools")
    .requiredOption("--against <path>", "a file, or a folder of BFCL, API-Bank, …; repeatable", collect)
    .option("--words <count>", "words of a run", positiveInteger, 10)
    .option("--places <count>", "rows shown", positiveInteger, 10)
    .option("--out <file>", "writes every row that shares something, one a line")
    .option("--max <share>", "exit with 3 where a larger share of the rows shares text or a tool", share)
    .action(async (file: string, flags: LeakFlags, command: Command) => {
      const { max, ...options } = flags;
      const terminal = terminalOf(command);
      const report = await follow(terminal, (following) => findLeaks({ file, ...options, ...following }));
      print(terminal, report, renderLeaks);
      const worst = Math.max(report.sharingText, report.sharingTool);
      if (max !== undefined && worst > max * report.rows) {
        terminal.note(`leaks: ${worst} rows share text or a tool, more than ${max} of ${report.rows}`);
        exit(EXIT.badData);
      }
      if (report.setAside === report.rows) exit(EXIT.badData);
    });
}
