/** One test for each quirk of the official evaluator that `--strict` puts right: the official verdict, and the sane one. */
import { beforeAll, describe, expect, it } from "vitest";
import { loadSyntaxParsers } from "../../src/cli/syntax-parsers.js";
import type { JsonValue } from "../../src/spec/index.js";
import {
  type BfclCategory,
  BfclGrader,
  CategoryItems,
  type SyntaxParsers,
} from "../../src/tasks/bfcl/index.js";

let parsers: SyntaxParsers;
beforeAll(async () => {
  parsers = await loadSyntaxParsers();
});

type Parameters = Readonly<Record<string, JsonValue>>;

function grader(category: BfclCategory, question: object, answer: object): BfclGrader {
  const id = `${category}_0`;
  const questions = JSON.stringify({ id, question: [[]], ...question });
  const items = new CategoryItems({ category, questions, answers: JSON.stringify({ id, ...answer }) });
  const setting = { today: { year: 2026, month: 1, day: 1 }, padding: undefined };
  return new BfclGrader({ categories: new Map([[category, items]]), parsers, setting }, { strict: true });
}

/** Official and strict error type of an output; the functions are `f`, or `f` and `g`, with the same parameters. */
function judge(category: BfclCategory, properties: Parameters, truth: JsonValue, output: string) {
  const parameters = { type: "dict", properties, required: [] };
  const docs = ["f", "g"].map((name) => ({ name, description: "", parameters }));
  const verdict = grader(category, { function: docs }, { ground_truth: truth }).grade({
    id: `${category}_0`,
    result: output,
  });
  return [verdict.error_type, verdict.strict!.error_type];
}

const integer = { a: { type: "integer" } };
const text = { a: { type: "string" } };
const boolean = { a: { type: "boolean" } };

describe("calls", () => {
  it.each<[string, Parameters, JsonValue[], string, string | null, string | null]>([
    ["+5 is 5", integer, [5], "f(a=+5)", "value_error:others", null],
    ["+5 is not -5", integer, [-5], "f(a=+5)", null, "value_error:others"],
    ["~5 is -6", integer, [-6], "f(a=~5)", "value_error:others", null],
    ["not True is False", boolean, [false], "f(a=not True)", "type_error:simple", null],
    ["operators nest", integer, [-3], "f(a=-(1+2))", "ast_decoder:decoder_failed", null],
    [
      "nested in lists",
      { a: { type: "array", items: { type: "integer" } } },
      [[5]],
      "f(a=[+5])",
      "value_error:list/tuple",
      null,
    ],
    ["in dicts", { a: { type: "dict" } }, [{ b: [5] }], "f(a={'b': +5})", "value_error:dict_value", null],
    [
      "positional arguments count",
      text,
      ["x", ""],
      "f('y')",
      null,
      "simple_function_checker:positional_argument",
    ],
    ["a repeated keyword is no Python", integer, [5], "f(a=1, a=5)", null, "ast_decoder:decoder_failed"],
    ["signs alone are not left out", text, ["x", ""], "f(a='-./')", null, "value_error:string"],
    ["an empty text is left out", text, ["x", ""], "f(a='')", null, null],
    ["the rest is as official", text, ["x"], "f(a='y')", "value_error:string", "value_error:string"],
  ])("%s", (_, properties, options, output, official, strict) => {
    const truth = [{ f: { a: options } }];
    expect(judge("simple_python", properties, truth, output)).toEqual([official, strict]);
  });

  it("pairs parallel calls in any order that works", () => {
    // The first call fits both answers; the official checker gives it to the first, and then finds none for the second.
    const truth = [{ f: { a: [1, 2] } }, { f: { a: [1] } }];
    expect(judge("parallel", integer, truth, "[f(a=1), f(a=2)]")).toEqual([
      "parallel_function_checker_no_order:cannot_find_match",
      null,
    ]);
    expect(judge("parallel", integer, truth, "[f(a=2), f(a=2)]")[1]).toBe(
      "parallel_function_checker_no_order:cannot_find_match",
    );
  });
});

describe("Java", () => {
  const array = { a: { type: "Array", items: { type: "String" } } };
  const list = { a: { type: "ArrayList", items: { type: "String" } } };
  const map = { a: { type: "HashMap" } };
  it.each<[string, Parameters, JsonValue[], string, string | null, string | null]>([
    [
      "offsets count characters",
      { a: { type: "String" }, b: { type: "String" } },
      ["é"],
      'f(b="é", a="é")',
      "value_error:string",
      null,
    ],
    ["short calls parse", { a: { type: "integer" } }, [1], "f(a=1)", "ast_decoder:decoder_failed", null],
    [
      "texts in arrays lose their marks",
      array,
      [["x", "y"]],
      'f(a=new String[]{"x", "y"})',
      "value_error:list/tuple",
      null,
    ],
    [
      "words in lists keep their ends",
      list,
      [["xyz"]],
      "f(a=new ArrayList<>(Arrays.asList(xyz)))",
      "value_error:list/tuple",
      null,
    ],
    [
      "texts in lists lose their marks",
      list,
      [["x"]],
      'f(a=new ArrayList<>(Arrays.asList("x")))',
      null,
      null,
    ],
    [
      "maps keep their entries",
      map,
      [{ k: [5] }],
      'f(a=new HashMap<String, Object>() {{ put("k", 5); }})',
      "value_error:dict_key",
      null,
    ],
  ])("%s", (_, properties, options, output, official, strict) => {
    const truth = [{ f: { a: options, ...("b" in properties && { b: ["é"] }) } }];
    expect(judge("simple_java", properties, truth, output)).toEqual([official, strict]);
  });
});

describe("transcripts", () => {
  function transcript(classes: readonly string[], truth: readonly (readonly string[])[], result: JsonValue) {
    const question = { question: truth.map(() => []), involved_classes: classes, initial_config: {} };
    const verdict = grader("multi_turn_base", question, { ground_truth: truth }).grade({
      id: "multi_turn_base_0",
      result,
    });
    return [verdict.error_type, verdict.strict!.error_type];
  }
  const login = "message_login(user_id='USR001')";

  it("does not rewrite texts that look like calls on one side only", () => {
    const send = "send_message(receiver_id='USR002', message='Please send_message (now)')";
    const result = [[`[${login}]`, `[${send}]`]];
    expect(transcript(["MessageAPI"], [[login, send]], result)).toEqual([
      "multi_turn:instance_state_mismatch",
      null,
    ]);
  });

  it("allows no change of state in a turn without right calls", () => {
    const result = [[`[${login}]`], ["[add_contact(user_name='Eve')]"]];
    expect(transcript(["MessageAPI"], [[login], []], result)).toEqual([
      null,
      "multi_turn:instance_state_mismatch",
    ]);
    const reading = [[`[${login}]`], ["[list_users()]"]];
    expect(transcript(["MessageAPI"], [[login], []], reading)).toEqual([null, null]);
  });

  it("notices a last turn that never ends", () => {
    const result = [Array.from({ length: 21 }, () => `[${login}]`)];
    expect(transcript(["MessageAPI"], [[login]], result)).toEqual([null, "multi_turn:force_terminated"]);
  });

  it("prints dicts as dicts", () => {
    const truth = ["edit_ticket(ticket_id=1, updates={})"];
    const steps = ["[edit_ticket(ticket_id=1, updates={})]"];
    expect(transcript(["TicketAPI"], [truth], [steps])).toEqual([
      "multi_turn:empty_turn_model_response",
      null,
    ]);
  });

  it("keeps the lists of one side from the other", () => {
    const sign = "authenticate_twitter(username='john', password='john123')";
    const post = "post_tweet(content='a')";
    const mention = "mention(tweet_id=0, mentioned_usernames=['@b'])";
    const truth = [[sign, post, mention, "post_tweet(content='c')"]];
    const steps = [truth[0]!.map((call) => `[${call}]`)];
    expect(transcript(["TwitterAPI"], truth, steps)).toEqual([
      "multi_turn:execution_response_mismatch",
      null,
    ]);
  });
});
