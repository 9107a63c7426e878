/** From an offered tool to a wish, and from a wish to the right call. */
import type { Attribute } from "./attribute.js";
import type { OfferedTool } from "./offered-tool.js";
import type { Mention, Wish } from "./request.js";
import type { RowAnswer, RowArgument, RowCall, WrittenCall } from "./row.js";
import type { RowContext } from "./row-context.js";
import { drawValue } from "./values.js";
import { type WorkOrNone, worksOf } from "./work.js";

/** The work that a row exercises, and the attribute of the plan that carries it. */
export interface Job {
  readonly work: WorkOrNone;
  /** Name in the plan; absent for `none`. */
  readonly carrier?: string;
}

/** Values for all required parameters, for the carrier, and for some optional ones. */
export function drawWish(tool: OfferedTool, job: Job, context: RowContext): Wish {
  const { random } = context;
  const mentions: Mention[] = [];
  for (const parameter of tool.parameters) {
    const carries = parameter.planName === job.carrier;
    if (!parameter.required && !carries && random.uniform() < 0.4) continue;
    const work = carries ? job.work : furtherWork(parameter.attribute, job, context);
    mentions.push({ parameter, value: drawMention(parameter, work, context) });
  }
  return { tool, mentions };
}

function drawMention(
  parameter: Mention["parameter"],
  work: WorkOrNone,
  context: RowContext,
): Mention["value"] {
  const value = drawValue(parameter.attribute, work, context, parameter.nameOrder);
  return work === "exclusion" ? { ...value, works: ["exclusion"] } : value;
}

function furtherWork(attribute: Attribute, job: Job, { random, options }: RowContext): WorkOrNone {
  const works = worksOf(attribute.kind);
  if (job.work === "none" || works.length === 0 || random.uniform() >= options.mixedWork) return "none";
  const allowed = works.filter((work) => options.argumentWork.some(([item]) => item === work));
  return allowed.length === 0 ? "none" : random.choice(allowed);
}

/** The same wish with another value for one argument. */
export function withValue(wish: Wish, mention: Mention): Wish {
  return {
    tool: wish.tool,
    mentions: wish.mentions.map((old) => (old.parameter === mention.parameter ? mention : old)),
  };
}

/** The call as written: the arguments mentioned, in the order of the schema. */
export function writtenCall({ tool, mentions }: Wish): WrittenCall {
  const given = tool.parameters.flatMap((parameter) => {
    const mention = mentions.find((candidate) => candidate.parameter === parameter);
    return mention === undefined ? [] : [[parameter.attribute.name, mention.value.gold] as const];
  });
  return { name: tool.name, arguments: given };
}

/** Everything that is right for the wish: other values, and the default of what was not mentioned. */
export function rightCall({ tool, mentions }: Wish): RowCall {
  return {
    name: tool.name,
    arguments: tool.parameters.flatMap((parameter): RowArgument[] => {
      const { name, fallback } = parameter.attribute;
      const mention = mentions.find((candidate) => candidate.parameter === parameter);
      if (mention === undefined)
        return fallback === undefined ? [] : [{ name, allowed: [fallback], optional: true }];
      const allowed = [mention.value.gold, ...mention.value.alternatives];
      return [{ name, allowed, optional: fallback !== undefined && allowed.includes(fallback) }];
    }),
  };
}

/** The answer to these wishes. */
export function answerCalls(
  turn: number,
  wishes: readonly Wish[],
  further: readonly string[] = [],
): RowAnswer {
  const works = new Set(wishes.flatMap(({ mentions }) => mentions.flatMap(({ value }) => value.works)));
  const tags = works.size === 0 && further.length === 0 ? ["none"] : [...works, ...further].sort();
  return { turn, written: wishes.map(writtenCall), calls: wishes.map(rightCall), tags };
}

/** An answer in words. */
export function answerText(turn: number, tags: readonly string[]): RowAnswer {
  return { turn, written: [], calls: [], tags };
}
