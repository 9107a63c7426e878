/** The commands, their flags and their help. What a command does lies in `commands/`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { CATEGORIES } from "../tasks/toolworld/index.js";
import { renderCheck, renderPreview } from "./commands/data/index.js";
import { checkDataFile, previewDataRow } from "./commands/data.js";
import { examineMachine, renderFindings } from "./commands/doctor.js";
import { BENCHMARKS, renderEvaluation, runEvaluation } from "./commands/evaluate.js";
import { planRecipe, renderPlan } from "./commands/plan.js";
import { renderPretrain, runPretrain } from "./commands/pretrain.js";
import { rewriteReport } from "./commands/report.js";
import { renderRun, runRecipe } from "./commands/run.js";
import {
  INPUT_PLACES,
  runStage,
  STAGE_INPUTS,
  STAGE_NAMES,
  type StageName,
  stageOutputs,
} from "./commands/stage.js";
import { EXIT } from "./exit-code.js";
import { collect, pick, positiveInteger, positiveNumber, share, wholeNumber } from "./flags.js";
import { packageRoot } from "./package-root.js";
import { createTerminal, type Terminal } from "./terminal.js";

/** Flags of every command. */
interface GlobalFlags {
  readonly json?: true;
  readonly quiet?: true;
}

/** Sets the exit code where nothing was thrown, e.g. 3 for bad data. */
type Exit = (code: number) => void;

const DEFAULT_RECIPE = "recipes/nano.yaml";
const PROGRAM_HELP = `
Begin with:
  itool doctor                     is everything here?
  itool run                        the whole loop on the small model that comes with itool
  itool data check FILE            what of your own data can be used
  itool plan recipes/toolace.yaml --set data.path=FILE

A command's own flags: itool <command> --help. Settings of recipes: docs/recipes.md.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad data, 130 interrupted (the same command goes on).`;
const STAGE_SUMMARIES: Readonly<Record<StageName, string>> = {
  warmup: "supervised training on examples, easy to hard",
  rank: "perplexity of gold responses; selects the hard rows",
  explore: "tree search over the responses to hard rows",
  pair: "preference pairs from trees",
  prefer: "SimPO (or DPO, IPO, ORPO, CPO) on pairs",
};

/**
 * For commands that can go on later: asking says that they stop at a checkpoint when the signal fires. Who does not ask
 * is ended by an interrupt at once.
 */
type CheckpointSignal = () => AbortSignal;

/** The whole command line. */
export function createProgram(signal: CheckpointSignal, exit: Exit = setExitCode): Command {
  const program = new Command("itool")
    .description(
      "Teaches language models to use tools: warm-up, search, preference pairs, SimPO, round after round.",
    )
    .version(packageVersion())
    .option("--json", "write one JSON document to stdout instead of text")
    .option("--quiet", "no progress and no notes on stderr")
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText("after", PROGRAM_HELP)
    .showSuggestionAfterError()
    .showHelpAfterError("Add --help to see what the command takes.")
    .exitOverride();
  addRun(program, signal);
  addPlan(program);
  addPretrain(program, signal, exit);
  addData(program, exit);
  for (const name of STAGE_NAMES) addStage(program, name, signal);
  addEvaluation(program, signal);
  addReport(program);
  addDoctor(program, exit);
  return program;
}

function addRun(program: Command, signal: CheckpointSignal): void {
  withSettings(program.command("run").description("the whole loop; the same command again continues"))
    .addArgument(recipeArgument())
    .option("--out <folder>", "run directory (default: runs/<name of the recipe>)")
    .addHelpText(
      "after",
      "\nExamples:\n  itool run\n  itool run recipes/toolace.yaml --set data.path=data.json --set seed=2 --out runs/two",
    )
    .action(async (recipe: string, flags: { set?: string[]; out?: string }, command: Command) => {
      const terminal = terminalOf(command);
      const summary = await runRecipe(
        { recipe, overrides: flags.set ?? [], signal: signal(), ...pick(flags, "out") },
        terminal,
      );
      print(terminal, summary, renderRun);
    });
}

function addPlan(program: Command): void {
  withSettings(
    program.command("plan").description("rows, tokens, steps, time and memory, before anything runs"),
  )
    .addArgument(recipeArgument())
    .option(
      "--speed <tokens>",
      "tokens trained in a second, for the times (default: measured in some seconds)",
      positiveNumber,
    )
    .action(async (recipe: string, flags: { set?: string[]; speed?: number }, command: Command) => {
      const terminal = terminalOf(command);
      const speed = flags.speed === undefined ? {} : { tokensPerSecond: flags.speed };
      const planned = await planRecipe({ recipe, overrides: flags.set ?? [], ...speed }, terminal);
      print(terminal, planned, renderPlan);
    });
}

function addPretrain(program: Command, signal: CheckpointSignal, exit: Exit): void {
  withSettings(
    program.command("pretrain").description("makes a base model; the same command again continues"),
  )
    .argument("<recipe>", "recipe file, e.g. recipes/nano-base.yaml")
    .option(
      "--out <folder>",
      "run directory; the model is left in its folder model/ (default: runs/<name of the recipe>)",
    )
    .option("--threads <count>", "threads of the engine (default: one a core)", positiveInteger)
    .action(
      async (recipe: string, flags: { set?: string[]; out?: string; threads?: number }, command: Command) => {
        const terminal = terminalOf(command);
        const given = { ...pick(flags, "out"), ...pick(flags, "threads") };
        const options = { recipe, overrides: flags.set ?? [], signal: signal(), ...given };
        const summary = await runPretrain(options, terminal);
        print(terminal, summary, renderPretrain);
        if (summary.stopped !== undefined) exit(EXIT.failure);
      },
    );
}

function addData(program: Command, exit: Exit): void {
  const data = program.command("data").description("looks at tool-use data before it is trained on");
  data
    .command("check")
    .description(
      "what would be imported, and every row that would be set aside with the reason; exits with 3 where nothing is left",
    )
    .argument("<file>", "rows in ToolACE's format: JSON or JSONL, also .gz")
    .option("--model <folder>", "adds lengths in this model's tokens, and sets aside what does not fit")
    .option("--places <count>", "places shown of each reason", positiveInteger, 5)
    .option("--max-set-aside <share>", "exit with 3 where a larger share of the rows is set aside", share)
    .action(
      async (
        file: string,
        flags: { model?: string; places: number; maxSetAside?: number },
        command: Command,
      ) => {
        const check = await checkDataFile({ file, places: flags.places, ...pick(flags, "model") });
        print(terminalOf(command), check, renderCheck);
        const { read, setAside } = check.rows;
        const most = (flags.maxSetAside ?? 1) * read;
        if (setAside > most || setAside === read) exit(EXIT.badData);
      },
    );
  data
    .command("preview")
    .description("a row as the exact tokens that a model is trained on, the trained ones marked")
    .argument("<file>", "rows in ToolACE's format")
    .option("--row <number>", "row of the file, counted from 0", wholeNumber, 0)
    .option("--turn <number>", "answer of the row, counted from 0 (default: all)", wholeNumber)
    .option("--model <folder>", "model folder whose tokenizer and template are used", "models/nano")
    .option("--ids", "adds a table of token ids")
    .action(async (file: string, flags: PreviewFlags, command: Command) => {
      const terminal = terminalOf(command);
      const { row, model } = flags;
      const previews = await previewDataRow({ file, row, model, ...pick(flags, "turn") });
      const style = { styled: terminal.styled, ids: flags.ids === true };
      print(terminal, previews, (all) => all.map((preview) => renderPreview(preview, style)).join("\n\n"));
    });
}

interface PreviewFlags {
  readonly row: number;
  readonly turn?: number;
  readonly model: string;
  readonly ids?: true;
}

interface StageFlags {
  readonly recipe: string;
  readonly set?: string[];
  readonly out: string;
  readonly examples?: string;
  readonly hard?: string;
  readonly trees?: string;
  readonly pairs?: string;
  readonly adapter?: string;
}

function addStage(program: Command, name: StageName, signal: CheckpointSignal): void {
  const command = withSettings(program.command(name).description(`one stage alone: ${STAGE_SUMMARIES[name]}`))
    .option("--recipe <file>", "recipe that has the settings", DEFAULT_RECIPE)
    .requiredOption("--out <folder>", "folder of the outputs, laid out as a run directory");
  for (const input of STAGE_INPUTS[name]) {
    command.requiredOption(`--${input} <file>`, `JSONL; in a run directory, ${INPUT_PLACES[input]}`);
  }
  if (name !== "pair" && name !== "warmup")
    command.option(
      "--adapter <folder>",
      "adapter to start from; in a run directory, warmup/adapter (default: the base model)",
    );
  command
    .addHelpText("after", `\nWrites in the output folder: ${stageOutputs(name).join(", ")}`)
    .action(async (flags: StageFlags, invoked: Command) => {
      const terminal = terminalOf(invoked);
      const { recipe, set, ...rest } = flags;
      const written = await runStage(
        name,
        { recipe, overrides: set ?? [], signal: signal(), ...rest },
        terminal,
      );
      print(terminal, { written }, (result) => result.written.join("\n"));
    });
}

interface EvaluationFlags {
  readonly benchmark: string;
  readonly model: string;
  readonly tokenizer?: string;
  readonly adapter?: string;
  readonly categories?: string[];
  readonly rows: number;
  readonly seed: number;
  readonly out: string;
}

function addEvaluation(program: Command, signal: CheckpointSignal): void {
  program
    .command("eval")
    .description("scores a model on held-out rows; the same command again continues")
    .addOption(new Option("--benchmark <name>", "what to score on").choices(BENCHMARKS).makeOptionMandatory())
    .option("--model <spec>", "model folder, tinker:URL#model or openai:URL#model", "models/nano")
    .option("--tokenizer <folder>", "tokenizer and config of a model on a server")
    .option("--adapter <folder>", "adapter in PEFT layout on top of the model")
    .option("--categories <names...>", `only these of ${CATEGORIES.join(", ")} (default: all)`)
    .option("--rows <count>", "rows of the evaluation", positiveInteger, 1000)
    .option("--seed <number>", "seed of the evaluation rows", wholeNumber, 0)
    .requiredOption("--out <folder>", "folder of the results")
    .action(async (flags: EvaluationFlags, command: Command) => {
      const terminal = terminalOf(command);
      print(terminal, await runEvaluation({ ...flags, signal: signal() }, terminal), renderEvaluation);
    });
}

function addReport(program: Command): void {
  program
    .command("report")
    .description("writes report.html of a run again from its records")
    .argument("<run>", "run directory, e.g. runs/nano")
    .option("--model <folder>", "folder of the base model, where it is no longer what the recipe says")
    .action(async (directory: string, flags: { model?: string }, command: Command) => {
      const terminal = terminalOf(command);
      const report = await rewriteReport({ directory, ...pick(flags, "model") }, terminal);
      print(terminal, { report }, (result) => result.report);
    });
}

function addDoctor(program: Command, exit: Exit): void {
  program
    .command("doctor")
    .description("what this machine has, what is missing, and how to mend it")
    .action(async (_flags: object, command: Command) => {
      const findings = await examineMachine();
      print(terminalOf(command), findings, renderFindings);
      if (findings.some((finding) => !finding.ok)) exit(EXIT.failure);
    });
}

function recipeArgument(): Argument {
  return new Argument("[recipe]", "recipe file").default(DEFAULT_RECIPE);
}

function withSettings(command: Command): Command {
  return command.option(
    "--set <key=value>",
    "changes a setting of the recipe, e.g. --set explore.samples=6; repeatable",
    collect,
  );
}

function terminalOf(command: Command): Terminal {
  const { json, quiet } = command.optsWithGlobals<GlobalFlags>();
  return createTerminal({ json: json === true, quiet: quiet === true });
}

function print<T>(terminal: Terminal, value: T, render: (value: T) => string): void {
  terminal.data(terminal.json ? JSON.stringify(value, undefined, 2) : render(value));
}

function setExitCode(code: number): void {
  process.exitCode = code;
}

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(packageRoot(), "package.json"), "utf8"),
  );
  return version;
}
