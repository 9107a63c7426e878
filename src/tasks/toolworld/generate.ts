/**
 * The generator: row after row of the built-in world. A row depends on the options and its index alone, so any row can
 * be made again without those before it.
 */
import { createRandom, deriveSeed } from "../../method/index.js";
import { weekdayIndex, weekdayName } from "./calendar-dates.js";
import { Draft, offerOthers } from "./draft.js";
import { draftMultiTurn } from "./multi-turn.js";
import type { OfferedTool } from "./offered-tool.js";
import { draftMultiple, draftParallel, draftRefusal, draftSingle } from "./one-turn.js";
import {
  drawWeighted,
  type RowOptions,
  resolveOptions,
  type ToolworldCategory,
  type ToolworldOptions,
} from "./options.js";
import { systemText, type ToolworldRow } from "./row.js";
import { createRowContext, type RowContext } from "./row-context.js";
import { toolJson } from "./tool-json.js";

/**
 * Rows `start`, `start + 1`, …; `count` of them, or without end.
 *
 * @throws InputError for options that make no sense, at the first row.
 */
export function* generateToolworld(options: ToolworldOptions): Generator<ToolworldRow> {
  const resolved = resolveOptions(options);
  const start = options.start ?? 0;
  const end = options.count === undefined ? Number.POSITIVE_INFINITY : start + options.count;
  for (let index = start; index < end; index++) yield makeRow(resolved, index);
}

/**
 * The row at an index: what `generateToolworld` yields there.
 *
 * @throws InputError for options that make no sense.
 */
export function toolworldRow(options: ToolworldOptions, index: number): ToolworldRow {
  return makeRow(resolveOptions(options), index);
}

const DRAFTERS: Readonly<Record<ToolworldCategory, (draft: Draft, context: RowContext) => OfferedTool[]>> = {
  single: draftSingle,
  multiple: draftMultiple,
  parallel: draftParallel,
  "multi-turn": draftMultiTurn,
  refusal: draftRefusal,
};

function makeRow(options: RowOptions, index: number): ToolworldRow {
  const random = createRandom(deriveSeed(options.seed, "toolworld", options.split, index));
  const context = createRowContext(random, options);
  const category = drawWeighted(random, options.categories);
  const draft = new Draft();
  const isLong = random.uniform() < options.longShare;
  const drafted = DRAFTERS[category](draft, context);
  const tools = isLong ? [...drafted, ...manyMore(draft, drafted, context)] : drafted;
  const tags = [...new Set(draft.answers.flatMap((answer) => answer.tags))].sort();
  return {
    system: systemText(
      random.shuffle(tools).map((tool) => toolJson(tool, isLong)),
      saysToday(tags, context) ? todaySentence(context.today) : undefined,
    ),
    conversations: draft.turns,
    meta: {
      id: `toolworld/${options.split}/${options.seed}/${index}`,
      split: options.split,
      index,
      domains: [...draft.domains],
      category,
      tags,
      answers: draft.answers,
    },
  };
}

/** Enough further tools for six to ten in all. */
function manyMore(draft: Draft, drafted: readonly OfferedTool[], context: RowContext): OfferedTool[] {
  const count = 6 + context.random.integer(5) - drafted.length;
  return offerOthers(Math.max(0, count), [...drafted, ...draft.unoffered], false, context);
}

function saysToday(tags: readonly string[], { random }: RowContext): boolean {
  return tags.includes("relative-date") || random.uniform() < 0.06;
}

function todaySentence(today: string): string {
  return `Today is ${today}, ${weekdayName(weekdayIndex(today))}.`;
}
