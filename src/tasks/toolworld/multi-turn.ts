/**
 * Rows of several user turns: an opening, said at once or spread over two turns, and one or two continuations that need
 * what was said or returned before.
 */
import type { JsonObject } from "../../spec/index.js";
import { code } from "./attribute.js";
import { objectWords, type ToolPlan } from "./domain.js";
import { type Draft, drawTarget, isApart, needsVerb, offerOthers, type Target } from "./draft.js";
import { capitalize } from "./name-style.js";
import { type OfferedTool, offerTool } from "./offered-tool.js";
import { askFor, sayChange, without } from "./one-turn.js";
import { composePlan } from "./plans.js";
import { pseudoCode } from "./pseudo.js";
import { type Mention, ownPhrase, sayDetails, sayWish, type Wish } from "./request.js";
import type { RowContext } from "./row-context.js";
import type { VerbName } from "./verbs.js";
import { drawWish, withValue } from "./wish.js";

/** Two or three user turns. Returns the tools. */
export function draftMultiTurn(draft: Draft, context: RowContext): OfferedTool[] {
  const { random } = context;
  const target = drawTarget(context);
  const follow = random.uniform() < 0.6 ? offerFollower(target.tool, context) : undefined;
  const wanted = follow === undefined ? [target.tool] : [target.tool, follow];
  const tools = [...wanted, ...offerOthers(random.integer(2), wanted, false, context)];
  const spread = random.uniform() < (follow === undefined ? 0.6 : 0.25);
  if (spread) openSpread(draft, target, tools, context);
  else openAtOnce(draft, target, tools, context);
  if (follow !== undefined) continueWithResult(draft, target.tool, follow, tools, context);
  if (follow === undefined && (!spread || random.uniform() < 0.3)) continueChanged(draft, target, context);
  return tools;
}

function openAtOnce(
  draft: Draft,
  { tool, wish }: Target,
  tools: readonly OfferedTool[],
  context: RowContext,
): void {
  draft.user(sayWish(wish, context, needsVerb(tool, tools)));
  draft.call([wish]);
}

/** The request lacks an argument, the assistant asks, the user tells. */
function openSpread(
  draft: Draft,
  { tool, wish }: Target,
  tools: readonly OfferedTool[],
  context: RowContext,
): void {
  const required = wish.mentions.filter(({ parameter }) => parameter.required);
  const missing = context.random.choice(required);
  draft.user(sayWish(without(wish, missing), context, needsVerb(tool, tools)));
  draft.say(askFor(missing, context), ["missing-argument"]);
  draft.user(sayMissing(missing, context));
  draft.call([wish], ["turn-spread"]);
}

function sayMissing(mention: Mention, { random }: RowContext): string {
  const { value, parameter } = mention;
  const spoken = parameter.attribute.name.replaceAll("_", " ");
  const phrase = ownPhrase(mention, random);
  const whole = value.phrase !== undefined && phrase !== undefined;
  if (whole) return `Please do it ${phrase}.`;
  return random.choice([
    `The ${spoken} is ${value.said}.`,
    `It is ${value.said}.`,
    `Take ${value.said}.`,
    phrase === undefined ? `Use ${value.said}.` : `Please do it ${phrase}.`,
  ]);
}

const FOLLOWING_VERBS: readonly VerbName[] = [
  "cancel",
  "update",
  "confirm",
  "extend",
  "track",
  "share",
  "rate",
  "pay",
];

/** A tool that takes the id of what the first tool returns. */
function offerFollower(tool: OfferedTool, context: RowContext): OfferedTool | undefined {
  const { random } = context;
  const nouns = objectWords(tool.plan.object);
  const id = code(`${nouns[nouns.length - 1]!}_id`);
  if (tool.plan.required.some(({ name }) => name === id.name)) return undefined;
  const base: ToolPlan = { ...tool.plan, object: `the ${nouns.join(" ")}` };
  const composed = composePlan(base, {}, context);
  const verb = random.choice(FOLLOWING_VERBS);
  const further = composed.required.filter(({ kind }) => kind.type !== "code").slice(0, random.integer(2));
  const description = `${capitalize(verb)} ${base.object}`;
  const plan: ToolPlan = { ...base, verb, description, required: [id, ...further], optional: [] };
  const follower = offerTool(plan, context, { copiesOnly: false });
  return isApart(follower, [tool]) ? follower : undefined;
}

/** The tool returns an id; the user wants something done with the thing, without repeating the id. */
function continueWithResult(
  draft: Draft,
  tool: OfferedTool,
  follow: OfferedTool,
  tools: readonly OfferedTool[],
  context: RowContext,
): void {
  const { random, side } = context;
  const wish = drawWish(follow, { work: "none" }, context);
  const idName = follow.parameters.find(({ planName }) => planName.endsWith("_id"))!;
  const id = pseudoCode(random, side);
  const spoken = idName.attribute.name.replaceAll("_", " ");
  const results: JsonObject = { [idName.attribute.name]: id };
  draft.result(tool, random.uniform() < 0.5 ? results : { ...results, status: "done" });
  draft.say(random.choice([`Done. The ${spoken} is ${id}.`, `The ${spoken} is ${id}.`, "Done."]), [
    "summary",
  ]);
  const known = withValue(wish, {
    parameter: idName,
    value: { gold: id, alternatives: [], said: id, works: [] },
  });
  draft.user(sayFollowing(known, idName, tools, context));
  draft.call([known], ["follow-up"]);
}

function sayFollowing(
  wish: Wish,
  id: Mention["parameter"],
  tools: readonly OfferedTool[],
  context: RowContext,
): string {
  const { random } = context;
  const rest = wish.mentions.filter(({ parameter }) => parameter !== id);
  const verb = random.choice(wish.tool.says);
  const noun = objectWords(wish.tool.object).join(" ");
  const thing = random.choice([`that ${noun}`, `this ${noun}`, tools.length === 2 ? "it" : `the ${noun}`]);
  const details = sayDetails(rest, context);
  return `${random.choice(["Now", "Thanks. Now", "Good. Please", "Please", "Then"])} ${verb} ${thing}${details.tail}.${details.sentence}`;
}

/** The same call with one value changed. */
function continueChanged(draft: Draft, { tool, job, wish }: Target, context: RowContext): void {
  const { random } = context;
  draft.result(tool, { status: random.choice(["done", "ok", "success"]) });
  draft.say(random.choice(["Done.", "That is done.", "All done."]), ["summary"]);
  const changed = random.choice(drawWish(tool, job, context).mentions);
  const known = wish.mentions.some(({ parameter }) => parameter === changed.parameter);
  const next = known ? withValue(wish, changed) : { tool, mentions: [...wish.mentions, changed] };
  const again = random.choice(["Now the same", "Do it again, this time", "Once more", "The same again"]);
  draft.user(`${again} ${sayChange(changed, context)}.`);
  draft.call([next], ["follow-up"]);
}
