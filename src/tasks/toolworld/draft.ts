/** A row before it is text: the tools offered, the turns and the right answers, and the choice of the tools. */
import type { JsonValue } from "../../spec/index.js";
import { type OfferedTool, offerTool } from "./offered-tool.js";
import { drawWeighted } from "./options.js";
import { composePlan, drawOtherPlan, drawPlan } from "./plans.js";
import { printWrittenCalls } from "./print-call.js";
import type { Wish } from "./request.js";
import type { RowAnswer, ToolworldTurn } from "./row.js";
import type { RowContext } from "./row-context.js";
import { answerCalls, answerText, drawWish, type Job } from "./wish.js";

/** A row under construction. */
export class Draft {
  readonly turns: ToolworldTurn[] = [];
  readonly answers: RowAnswer[] = [];
  readonly domains = new Set<string>();
  /** Tools that are not offered, and that no offered tool may resemble. */
  readonly unoffered: OfferedTool[] = [];

  user(value: string): void {
    this.turns.push({ from: "user", value });
  }

  /** The assistant calls what is wished. */
  call(wishes: readonly Wish[], tags: readonly string[] = []): void {
    const answer = answerCalls(this.turns.length, wishes, tags);
    this.answers.push(answer);
    this.turns.push({ from: "assistant", value: printWrittenCalls(answer.written) });
    for (const { tool } of wishes) this.domains.add(tool.plan.domain);
  }

  /** The assistant answers in words. */
  say(value: string, tags: readonly string[]): void {
    this.answers.push(answerText(this.turns.length, tags));
    this.turns.push({ from: "assistant", value });
  }

  /** The tool answers its call. */
  result(tool: OfferedTool, results: JsonValue): void {
    this.turns.push({ from: "tool", value: JSON.stringify([{ name: tool.name, results }]) });
  }
}

/** A tool that carries work, and what is wished of it. */
export interface Target {
  readonly tool: OfferedTool;
  readonly job: Job;
  readonly wish: Wish;
}

/** Draws the work, a tool that can carry it, and the values. */
export function drawTarget(context: RowContext): Target {
  const { options, random } = context;
  const { plan, job } = drawPlan(drawWeighted(random, options.argumentWork), context);
  const offer = { copiesOnly: job.work === "none" };
  const tool = offerTool(
    plan,
    context,
    job.carrier === undefined ? offer : { ...offer, carrier: job.carrier },
  );
  return { tool, job, wish: drawWish(tool, job, context) };
}

/** How many tools to offer. */
export function drawToolCount(atLeast: number, context: RowContext): number {
  const { random, options } = context;
  const drawn = drawWeighted(random, [
    [1, 30],
    [2, 35],
    [3, 25],
    [4, 10],
  ]);
  return Math.max(atLeast, Math.min(drawn, options.maxTools));
}

/**
 * Tools to stand beside the wanted ones. No two tools have the same name, nor the same object and a verb of one group.
 * `near`: of the same domain, half of them for the same object. Fewer than asked where the domain has no more.
 */
export function offerOthers(
  count: number,
  wanted: readonly OfferedTool[],
  near: boolean,
  context: RowContext,
): OfferedTool[] {
  const others: OfferedTool[] = [];
  for (let attempt = 0; others.length < count && attempt < 8 * count; attempt++) {
    const other = offerOther(wanted[attempt % wanted.length]!, near, context);
    if (isApart(other, wanted) && isApart(other, others)) others.push(other);
  }
  return others;
}

function offerOther(wanted: OfferedTool, near: boolean, context: RowContext): OfferedTool {
  const sameObject = near && context.random.uniform() < 0.5;
  const plan = sameObject
    ? composePlan(wanted.plan, {}, context)
    : drawOtherPlan(near ? wanted.plan.domain : undefined, context);
  return offerTool(plan, context, { copiesOnly: false });
}

/** True where the tool can be told from each of the others by its name and by what it does. */
export function isApart(tool: OfferedTool, others: readonly OfferedTool[]): boolean {
  return others.every(
    (other) => other.name !== tool.name && (other.group !== tool.group || other.noun !== tool.noun),
  );
}

/** True where only the verb tells the tool from another of the row. */
export function needsVerb(tool: OfferedTool, offered: readonly OfferedTool[]): boolean {
  return offered.some((other) => other !== tool && other.noun === tool.noun);
}
