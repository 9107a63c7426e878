/** The runner and the grader on four items of our own: what a model sees, what is kept, what is judged. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBfcl } from "../../src/cli/bfcl-bench.js";
import { bfclRemoteFiles, downloadBfcl } from "../../src/cli/bfcl-download.js";
import { gradingData, renderGrading, runGrade } from "../../src/cli/commands/grade.js";
import { ConfigError } from "../../src/spec/index.js";
import { evaluateBfcl } from "../../src/stages/bfcl.js";
import type { BenchmarkQuestion, Responder } from "../../src/stages/responder.js";
import { openRunDirectory } from "../../src/store/index.js";
import { BFCL_CATEGORIES } from "../../src/tasks/bfcl/index.js";
import { writeSmallData } from "./small-data.js";

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-bfcl-"));
  data = join(folder, "data");
  await writeSmallData(data);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const jsonLines = async (path: string) =>
  (await readFile(path, "utf8"))
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

/** Right answers, by the last thing that was said. */
function perfect({ messages }: BenchmarkQuestion): string {
  const last = messages.at(-1)!.content;
  if (last.startsWith("Weather in Oslo")) return "[weather.of(city='oslo')]";
  if (last.startsWith("Weather in Rome")) return "[weather.of(city='Rome', days=3)]";
  if (last.startsWith("Log in")) return "[message_login(user_id='USR001')]";
  if (last.includes("some more functions")) return "[send_message(receiver_id='USR002', message='Hi')]";
  return "Done.";
}

async function evaluate(out: string, respond: Responder["answer"], stopAfter?: AbortSignal) {
  const { bench, files } = await openBfcl(data);
  const store = await openRunDirectory(join(folder, out));
  const inputs = {
    bench,
    files,
    categories: BFCL_CATEGORIES,
    prompt: "benchmark" as const,
    chunkRows: 1,
    responder: { batches: true, answer: respond },
  };
  try {
    return await evaluateBfcl(inputs, { store, ...(stopAfter && { signal: stopAfter }) });
  } finally {
    await store.close();
  }
}

describe("evaluateBfcl", () => {
  it("gives a perfect model everything, and leaves official files that the grader judges the same", async () => {
    const seen: BenchmarkQuestion[] = [];
    const evaluation = await evaluate("perfect", async (questions) => {
      seen.push(...questions);
      return questions.map((question) => ({ text: perfect(question) }));
    });
    expect(evaluation.summary).toMatchObject({ valid: 4, judged: 4, unknown: 0, deficiencies: {} });
    expect(evaluation.summary.scores.v4.map(({ name }) => name)).toEqual([
      "simple_python",
      "irrelevance",
      "multi_turn_miss_func",
    ]);
    expect(seen[0]!.messages[0]!.content).toContain('"name": "weather.of"');
    const results = join(folder, "perfect/result/BFCL_v4_multi_turn_miss_func_result.json");
    expect(await jsonLines(results)).toEqual([
      {
        id: "multi_turn_miss_func_0",
        result: [
          ["[message_login(user_id='USR001')]", "Done."],
          ["Done."],
          ["[send_message(receiver_id='USR002', message='Hi')]", "Done."],
        ],
      },
    ]);
    const out = join(folder, "verdicts.jsonl");
    await runGrade({ benchmark: "bfcl", data, results, out, strict: false });
    expect(await jsonLines(out)).toEqual([{ id: "multi_turn_miss_func_0", valid: true, error_type: null }]);
  });

  it("shows results to the model, and withheld functions from their turn on", async () => {
    const dialogues: string[] = [];
    await evaluate("seen", async (questions) =>
      questions.map((question) => {
        dialogues.push(question.messages.map(({ role, content }) => `${role}: ${content}`).join("\n"));
        return { text: perfect(question) };
      }),
    );
    const last = dialogues.at(-1)!;
    expect(last).toContain(
      "user: [{'role': 'tool', 'name': \"message_login(user_id='USR001')\", 'content': '{\"login_status\": true, ",
    );
    expect(last.split("assistant:")[0]).not.toContain("send_message");
    expect(last).toContain("{'name': 'send_message'");
  });

  it("ends an item that never stops calling after one step too many", async () => {
    let asked = 0;
    const evaluation = await evaluate("endless", async (questions) => {
      asked += questions.length;
      return questions.map(() => ({ text: "[message_login(user_id='USR001')]" }));
    });
    expect(asked).toBe(3 + 21);
    expect(evaluation.summary.errorTypes).toMatchObject({ "multi_turn:force_terminated": 1 });
  });

  it("goes on where it was stopped, with the same bytes", async () => {
    const whole = async (questions: readonly BenchmarkQuestion[]) =>
      questions.map((question) => ({ text: perfect(question) }));
    await evaluate("whole", whole);
    const controller = new AbortController();
    let asked = 0;
    const stopping: Responder["answer"] = async (questions) => {
      if (++asked === 2) controller.abort();
      return whole(questions);
    };
    await expect(evaluate("stopped", stopping, controller.signal)).rejects.toThrow(/interrupted/);
    await evaluate("stopped", whole);
    for (const file of ["results.jsonl", "verdicts.jsonl", "scores.json"]) {
      expect(await readFile(join(folder, "stopped", file))).toEqual(
        await readFile(join(folder, "whole", file)),
      );
    }
  });
});

describe("itool grade", () => {
  const grade = async (lines: readonly string[], strict = false) => {
    const results = join(folder, "results.jsonl");
    const out = join(folder, "out.jsonl");
    await writeFile(results, lines.join("\n"));
    const grading = await runGrade({ benchmark: "bfcl", data, results, out, strict });
    return { grading, verdicts: await jsonLines(out) };
  };

  it("judges every line in its order, whatever stands in it", async () => {
    const { grading, verdicts } = await grade([
      '{"id": "simple_python_1", "result": "weather.of(city=\\"Rome\\", days=3.0)"}',
      "{not json",
      "",
      '{"id": "simple_python_1", "result": [{"weather_of": "{\\"city\\": \\"Rome\\", \\"days\\": 3}"}]}',
      '{"id": "nobody_7", "result": ""}',
      '{"id": "irrelevance_0"}',
      '{"id": "irrelevance_0", "result": "[weather.of(city=1)]"}',
      '{"id": "multi_turn_miss_func_0", "result": "none"}',
      "[]",
    ]);
    expect(verdicts).toEqual([
      { id: "simple_python_1", valid: false, error_type: "type_error:simple" },
      { id: null, valid: false, error_type: "result_line:not_json" },
      { id: "simple_python_1", valid: true, error_type: null },
      { id: "nobody_7", valid: false, error_type: "result_line:unknown_id" },
      { id: "irrelevance_0", valid: false, error_type: "result_line:no_result" },
      { id: "irrelevance_0", valid: false, error_type: "irrelevance_error:decoder_success" },
      { id: "multi_turn_miss_func_0", valid: false, error_type: "multi_turn:inference_error" },
      { id: null, valid: false, error_type: "result_line:unknown_id" },
    ]);
    expect(grading).toMatchObject({ lines: 8, unreadable: 1 });
    expect(gradingData(grading)).toMatchObject({
      deficienciesByTool: { "weather.of": { "argument-type": 1 } },
      deficienciesByCategory: { irrelevance: { "unexpected-call": 1 } },
    });
    expect(renderGrading(grading)).toMatch(/1 of 8 lines are no JSON/);
  });

  it("puts the sane verdict beside the official one", async () => {
    const { verdicts } = await grade(
      ['{"id": "simple_python_0", "result": "weather.of(5, city=\'Oslo\')"}'],
      true,
    );
    expect(verdicts).toEqual([
      {
        id: "simple_python_0",
        valid: true,
        error_type: null,
        strict: { valid: false, error_type: "simple_function_checker:positional_argument" },
      },
    ]);
  });

  it("says what is missing", async () => {
    const options = { benchmark: "bfcl", data, results: data, out: join(folder, "x"), strict: false };
    await expect(runGrade(options)).rejects.toThrow(/--results is .*, which is a folder/);
    await expect(runGrade({ ...options, data: "nowhere" })).rejects.toThrow(
      /--data is nowhere, and there is no such folder/,
    );
    await expect(runGrade({ ...options, benchmark: "constructor" })).rejects.toThrow(ConfigError);
    const results = join(folder, "empty.jsonl");
    await writeFile(results, "");
    await expect(runGrade({ ...options, results, data: folder })).rejects.toThrow(
      /has no file BFCL_v4_simple_python\.json/,
    );
  });
});

describe("downloadBfcl", () => {
  it("fetches every file of the pinned commit, and says whose they are", async () => {
    const asked: string[] = [];
    const notes: string[] = [];
    const fetchText = async (url: string) => {
      asked.push(url);
      return "{}\n";
    };
    await downloadBfcl(join(folder, "fetched"), (line) => notes.push(line), fetchText);
    expect(asked).toHaveLength(bfclRemoteFiles().length);
    expect(asked.every((url) => url.includes("/6ea57973c7a6097fd7c5915698c54c17c5b1b6c8/"))).toBe(true);
    expect(notes.join()).toMatch(/Apache-2\.0/);
    expect(await readFile(join(folder, "fetched/possible_answer/BFCL_v4_multiple.json"), "utf8")).toBe(
      "{}\n",
    );
  });
});
