/** Rows of one user turn: a single call, one among similar tools, several calls, and requests that cannot be met. */
import {
  type Draft,
  drawTarget,
  drawToolCount,
  isApart,
  needsVerb,
  offerOthers,
  type Target,
} from "./draft.js";
import { capitalize } from "./name-style.js";
import type { OfferedTool } from "./offered-tool.js";
import { joined, type Mention, ownPhrase, sayClause, sayDetails, sayWish, type Wish } from "./request.js";
import type { RowContext } from "./row-context.js";
import { drawWish, withValue } from "./wish.js";

/** One call; one to four tools, those beside it from anywhere. Returns the tools. */
export function draftSingle(draft: Draft, context: RowContext): OfferedTool[] {
  const target = drawTarget(context);
  const others = offerOthers(drawToolCount(1, context) - 1, [target.tool], false, context);
  return finishOneCall(draft, target, others, context);
}

/** One call; the tools beside it are of the same domain. */
export function draftMultiple(draft: Draft, context: RowContext): OfferedTool[] {
  const target = drawTarget(context);
  const others = offerOthers(drawToolCount(2, context) - 1, [target.tool], true, context);
  return finishOneCall(draft, target, others, context);
}

function finishOneCall(
  draft: Draft,
  { tool, wish }: Target,
  others: readonly OfferedTool[],
  context: RowContext,
): OfferedTool[] {
  draft.user(sayWish(wish, context, needsVerb(tool, others)));
  draft.call([wish]);
  return [tool, ...others];
}

/** Two or three calls: of one tool with all or one of its values changed, or of different tools. */
export function draftParallel(draft: Draft, context: RowContext): OfferedTool[] {
  const { random } = context;
  const first = drawTarget(context);
  const draw = random.uniform();
  if (draw < 0.4) return differentTools(draft, first, context);
  const size = random.uniform() < 0.75 ? 2 : 3;
  const others = offerOthers(drawToolCount(1, context) - 1, [first.tool], false, context);
  const varied =
    first.wish.mentions.length > 1 && draw < 0.7 ? random.choice(first.wish.mentions) : undefined;
  const changed = varied === undefined ? [] : varyWish(first, varied, size, context);
  const wishes = changed.length > 1 ? changed : repeatWish(first, size, context);
  draft.user(
    varied === undefined || changed.length < 2
      ? sayRepeated(wishes, context)
      : sayVaried(wishes, varied.parameter, context, needsVerb(first.tool, others)),
  );
  draft.call(wishes);
  return [first.tool, ...others];
}

function repeatWish({ tool, job, wish }: Target, size: number, context: RowContext): Wish[] {
  const wishes = [wish];
  while (wishes.length < size) wishes.push(drawWish(tool, job, context));
  return wishes;
}

function varyWish({ tool, job, wish }: Target, varied: Mention, size: number, context: RowContext): Wish[] {
  const wishes = [wish];
  for (let attempt = 0; wishes.length < size && attempt < 20; attempt++) {
    const fresh = drawWish(tool, job, context).mentions.find(
      ({ parameter }) => parameter === varied.parameter,
    );
    const seen = wishes.map(
      ({ mentions }) => mentions.find(({ parameter }) => parameter === varied.parameter)!.value,
    );
    if (
      fresh === undefined ||
      seen.some(({ gold }) => JSON.stringify(gold) === JSON.stringify(fresh.value.gold))
    )
      continue;
    wishes.push(withValue(wish, fresh));
  }
  return wishes;
}

function sayRepeated(wishes: readonly Wish[], context: RowContext): string {
  const [first, ...rest] = wishes;
  const parts = rest.map((wish) => `another${sayDetails(wish.mentions, context, false).tail}`);
  return `${startClause(sayClause(first!, context), first!.tool, context)}, and ${parts.join(", and ")}.`;
}

function sayVaried(
  wishes: readonly Wish[],
  parameter: Mention["parameter"],
  context: RowContext,
  verb: boolean,
): string {
  const { random } = context;
  const [first, ...rest] = wishes;
  const changes = rest.map(({ mentions }) =>
    sayChange(mentions.find((mention) => mention.parameter === parameter)!, context),
  );
  const again = random.choice(["Do the same", "Then do the same", "Also do it", "And the same"]);
  return `${sayWish(first!, context, verb)} ${again} ${joined(changes)}.`;
}

/** A changed argument: by its phrase, or `with guests 4`. */
export function sayChange(mention: Mention, { random, options }: RowContext): string {
  const phrase = random.uniform() < options.explicitness ? undefined : ownPhrase(mention, random);
  return phrase ?? `with ${mention.parameter.attribute.name.replaceAll("_", " ")} ${mention.value.said}`;
}

function differentTools(draft: Draft, first: Target, context: RowContext): OfferedTool[] {
  const { random } = context;
  const size = random.uniform() < 0.75 ? 2 : 3;
  const targets = [first];
  for (let attempt = 0; targets.length < size && attempt < 12; attempt++) {
    const next = drawTarget(context);
    if (
      isApart(
        next.tool,
        targets.map(({ tool }) => tool),
      )
    )
      targets.push(next);
  }
  const tools = targets.map(({ tool }) => tool);
  const others = offerOthers(drawToolCount(size, context) - tools.length, tools, false, context);
  draft.user(saySequence(targets, context));
  draft.call(targets.map(({ wish }) => wish));
  return [...tools, ...others];
}

function saySequence(targets: readonly Target[], context: RowContext): string {
  const { random } = context;
  const clauses = targets.map(({ wish }) => sayClause(wish, context));
  const start = startClause(clauses[0]!, targets[0]!.tool, context);
  const rest = clauses.slice(1);
  switch (random.integer(4)) {
    case 0:
      return `${start}. ${rest.map((clause) => `Also ${clause}.`).join(" ")}`;
    case 1:
      return `${start}, and then ${rest.join(", and then ")}.`;
    case 2:
      return `${start}. ${rest.map((clause) => `Then ${clause}.`).join(" ")}`;
    default:
      return `${start}; ${rest.map((clause) => `please ${clause}`).join("; ")}.`;
  }
}

/** The beginning of a sentence; a fresh verb keeps its small letter. */
function startClause(clause: string, tool: OfferedTool, { random }: RowContext): string {
  if (tool.freshVerb || random.uniform() < 0.5)
    return `${random.choice(["Please", "I want you to", "First"])} ${clause}`;
  return capitalize(clause);
}

/** A request that no tool fits, or one that lacks a required argument. */
export function draftRefusal(draft: Draft, context: RowContext): OfferedTool[] {
  const target = drawTarget(context);
  return context.random.uniform() < 0.5
    ? draftNoTool(draft, target, context)
    : draftMissing(draft, target, context);
}

function draftNoTool(draft: Draft, { tool, wish }: Target, context: RowContext): OfferedTool[] {
  const { random } = context;
  const others = offerOthers(drawToolCount(1, context), [tool], random.uniform() < 0.4, context);
  draft.user(sayWish(wish, context, needsVerb(tool, others)));
  draft.say(random.choice(NO_TOOL), ["no-tool"]);
  draft.domains.add(tool.plan.domain);
  draft.unoffered.push(tool);
  return others;
}

const NO_TOOL = [
  "None of the functions can do that.",
  "No function here can do that.",
  "I have no function for that.",
  "There is no function that fits.",
];

function draftMissing(draft: Draft, { tool, wish }: Target, context: RowContext): OfferedTool[] {
  const { random } = context;
  const others = offerOthers(drawToolCount(1, context) - 1, [tool], random.uniform() < 0.3, context);
  const required = wish.mentions.filter(({ parameter }) => parameter.required);
  const missing = random.choice(required);
  draft.user(sayWish(without(wish, missing), context, needsVerb(tool, others)));
  draft.say(askFor(missing, context), ["missing-argument"]);
  draft.domains.add(tool.plan.domain);
  return [tool, ...others];
}

/** The wish with one argument left unsaid. */
export function without(wish: Wish, mention: Mention): Wish {
  return { tool: wish.tool, mentions: wish.mentions.filter((other) => other !== mention) };
}

/** A question for an argument. */
export function askFor({ parameter }: Mention, { random }: RowContext): string {
  const spoken = parameter.attribute.name.replaceAll("_", " ");
  return random.choice([
    `I need the ${spoken} to do that.`,
    `Please tell me the ${spoken}.`,
    `The ${spoken} is missing. What is it?`,
    `What is the ${spoken}?`,
  ]);
}
