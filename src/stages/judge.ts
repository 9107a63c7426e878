/**
 * Self-evaluation C(s) (method.md §3b): the policy reads the request, the tools, the reference and a response, and says by
 * the probabilities of four letters how good the newest part of the response is. Nothing is sampled. Or somebody outside is
 * asked the same, and answers with one of the letters.
 */
import { type JudgedState, readsOfResponse, selfEvaluationOf } from "../method/index.js";
import type { CallOptions, Example, Policy } from "../spec/index.js";
import { type PromptParts, type RenderContext, renderPrompt } from "../text/index.js";

/** Who judges, and by what. */
export interface JudgeOptions {
  readonly policy: Policy;
  readonly context: RenderContext;
  /** The example of an id. */
  readonly exampleOf: (id: string) => Example;
  /** For the calls of the policy. */
  readonly call: CallOptions;
  /** Judges in place of the policy. */
  readonly outside?: OutsideJudge;
}

/** Answers a question in text. */
export type OutsideJudge = (question: string, signal?: AbortSignal) => Promise<string>;

const letters = ["A", "B", "C", "D"] as const;

/**
 * C in [−1, 1] for each state. A judging prompt that does not fit the model's context is not asked: C is then 0, the
 * middle of the scale.
 */
export async function judge(
  states: readonly JudgedState[],
  options: JudgeOptions,
): Promise<readonly number[]> {
  const { outside, call } = options;
  if (outside !== undefined) {
    const ask = async (state: JudgedState): Promise<number> =>
      readVerdict(await outside(textOf(questionOf(state, options)), call.signal));
    return Promise.all(states.map(ask));
  }
  const answers = letters.map((letter) => options.context.tokenizer.encode(letter, { special: false }));
  const longest = Math.max(...answers.map((answer) => answer.length));
  const prompts = states.map((state) => renderPrompt(options.context, questionOf(state, options)));
  const fits = prompts.map((prompt) => prompt.length + longest <= options.context.contextLength);
  const asked = prompts.filter((_, index) => fits[index]);
  const sequences = asked.flatMap((prompt) => answers.map((answer) => [...prompt, ...answer]));
  const reads = asked.flatMap(({ length }) =>
    answers.map((answer) => readsOfResponse(length + answer.length, length)),
  );
  const scores =
    sequences.length === 0 ? [] : await options.policy.score(sequences, { ...options.call, reads });
  const sums = scores.map((row, index) => {
    const prompt = asked[Math.floor(index / letters.length)]!;
    return row.subarray(prompt.length - 1).reduce((total, value) => total + value, 0);
  });
  let next = 0;
  return fits.map((fit) => {
    if (!fit) return 0;
    const start = letters.length * next++;
    return selfEvaluationOf([sums[start]!, sums[start + 1]!, sums[start + 2]!, sums[start + 3]!]);
  });
}

/** C of the first letter that stands alone in an answer; 0, the middle of the scale, where there is none. */
function readVerdict(answer: string): number {
  const letter = /(?<![A-Za-z])[A-D](?![A-Za-z])/.exec(answer)?.[0];
  if (letter === undefined) return 0;
  const [a, b, c, d] = letters.map((each) => (each === letter ? 0 : Number.NEGATIVE_INFINITY));
  return selfEvaluationOf([a!, b!, c!, d!]);
}

/** A dialogue as one text, for whom it is no dialogue of his own. */
function textOf({ tools, messages }: PromptParts): string {
  const turns = messages.map(({ role, content }) => `${role}: ${content}`);
  return [`Tools: ${JSON.stringify(tools)}`, ...turns].join("\n\n");
}

/** The dialogue that asks for the judgement: the question joins the last turn where that is the user's. */
function questionOf(state: JudgedState, options: JudgeOptions): PromptParts {
  const { tools, messages, response: reference } = options.exampleOf(state.exampleId);
  const { tokenizer, stopToken } = options.context;
  const decode = (tokens: readonly number[]) =>
    tokenizer.decode(tokens.filter((token) => token !== stopToken));
  const part = decode(state.response.slice(state.fragmentStart));
  const question = ask(reference, decode([...state.response, ...state.continuation]), part);
  const last = messages.at(-1);
  if (last?.role !== "user") return { tools, messages: [...messages, { role: "user", content: question }] };
  const content = `${last.content}\n\n${question}`;
  return { tools, messages: [...messages.slice(0, -1), { role: "user", content }] };
}

function ask(reference: string, response: string, part: string): string {
  return [
    "Do not answer the request above. Judge this response to it.",
    `Reference response: ${reference}`,
    `Response: ${response}`,
    `Part to judge: ${part}`,
    "Look at the name of the function, the number of parameters, their names, their values and types, and how near the meaning is to the reference.",
    "Is the part right?",
    "A. Excellent",
    "B. Acceptable",
    "C. Fair",
    "D. Poor",
    "Answer with one letter.",
  ].join("\n");
}
