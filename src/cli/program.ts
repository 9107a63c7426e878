/** The commands, their flags and their help. What a command does lies in `commands/`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { CATEGORIES } from "../tasks/toolworld/index.js";
import { type Exit, print, terminalOf } from "./command-output.js";
import { examineMachine, renderFindings } from "./commands/doctor.js";
import { EVALUATIONS } from "./commands/evaluations.js";
import { BENCHMARK, gradingData, renderGrading, runGrade } from "./commands/grade.js";
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
import { addData } from "./data-commands.js";
import { EXIT } from "./exit-code.js";
import { addExport } from "./export-command.js";
import { collect, pick, positiveInteger, positiveNumber, wholeNumber } from "./flags.js";
import { PROMPTS, type PromptKind } from "./open-responder.js";
import { packageRoot } from "./package-root.js";

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
  addGrade(program, exit);
  addReport(program);
  addExport(program);
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
  readonly data?: string;
  readonly strict?: true;
  readonly instruction?: string;
  readonly embeddings?: string;
  readonly embeddingModel?: string;
  readonly download?: true;
  readonly limit?: number;
  readonly prompt: PromptKind;
  readonly requestsInFlight?: number;
  readonly maxTokens: number;
  readonly out: string;
}

function addEvaluation(program: Command, signal: CheckpointSignal): void {
  program
    .command("eval")
    .description("scores a model on a benchmark; the same command again continues")
    .addOption(
      new Option("--benchmark <name>", "what to score on")
        .choices(Object.keys(EVALUATIONS))
        .makeOptionMandatory(),
    )
    .option("--model <spec>", "model folder, tinker:URL#model or openai:URL#model", "models/nano")
    .option("--tokenizer <folder>", "tokenizer and config of a model on a server")
    .option("--adapter <folder>", "adapter in PEFT layout on top of the model")
    .option(
      "--categories <names...>",
      `only these, e.g. of toolworld ${CATEGORIES.join(", ")} (default: all)`,
    )
    .option("--rows <count>", "toolworld: rows of the evaluation", positiveInteger, 1000)
    .option("--seed <number>", "toolworld: seed of the evaluation rows", wholeNumber, 0)
    .option("--data <folder>", "bfcl, api-bank: folder of the official data")
    .option("--strict", "bfcl, api-bank: adds the verdicts without the official code's quirks")
    .option("--instruction <file>", "api-bank: text of the official instruction (default: our own words)")
    .option("--embeddings <url>", "api-bank: server that ranks the tools of level 2 (default: BM25)")
    .option("--embedding-model <name>", "api-bank: model of that server")
    .option("--download", "bfcl: fetch the official data (Apache-2.0) into that folder first")
    .option("--limit <count>", "bfcl: items of each category (default: all)", positiveInteger)
    .addOption(
      new Option(
        "--prompt <kind>",
        "bfcl, api-bank: who shows the functions: the benchmark's prompt, the model's template, or (bfcl, openai: models) the server's native tool calling",
      )
        .choices(PROMPTS)
        .default("benchmark"),
    )
    .option(
      "--requests-in-flight <count>",
      "bfcl, api-bank: most requests to a server at once (default: 64)",
      positiveInteger,
    )
    .option("--max-tokens <count>", "bfcl, api-bank: longest answer, in tokens", positiveInteger, 512)
    .requiredOption("--out <folder>", "folder of the results")
    .action(async (flags: EvaluationFlags, command: Command) => {
      const terminal = terminalOf(command);
      const run = EVALUATIONS[flags.benchmark]!;
      const { maxTokens: maximumTokens, ...rest } = flags;
      const { data, text } = await run({ ...rest, maximumTokens, signal: signal() }, terminal);
      print(terminal, data, () => text);
    });
}

interface GradeFlags {
  readonly benchmark: string;
  readonly data: string;
  readonly results: string;
  readonly out: string;
  readonly strict?: true;
  readonly native?: true;
  readonly embeddings?: string;
  readonly embeddingModel?: string;
}

function addGrade(program: Command, exit: Exit): void {
  program
    .command("grade")
    .description("judges a benchmark's result file; one verdict line for each result line, in the same order")
    .addOption(
      new Option("--benchmark <name>", "whose results").choices(Object.keys(BENCHMARK)).makeOptionMandatory(),
    )
    .requiredOption("--data <folder>", "folder of the benchmark's official data")
    .requiredOption("--results <file>", "result file in the official format")
    .requiredOption("--out <file>", "file of the verdicts")
    .option("--strict", "adds the verdicts without the official code's quirks")
    .option("--native", "bfcl: the results are of native tool calling: their texts hold no calls")
    .option("--embeddings <url>", "server that ranks the tools of api-bank's level 2 (default: BM25)")
    .option("--embedding-model <name>", "model of that server")
    .action(async (flags: GradeFlags, command: Command) => {
      const terminal = terminalOf(command);
      const grading = await runGrade({ ...flags, strict: flags.strict === true });
      terminal.data(
        terminal.json ? JSON.stringify(gradingData(grading), undefined, 2) : renderGrading(grading),
      );
      if (grading.unreadable > 0) exit(EXIT.badData);
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

function setExitCode(code: number): void {
  process.exitCode = code;
}

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(packageRoot(), "package.json"), "utf8"),
  );
  return version;
}
