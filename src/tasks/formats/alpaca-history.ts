/** The dialogue and the answer of ToolRL's rows: parts in tags, one after the other. */
import type { DraftTurn } from "../dialogue/dialogue.js";
import { bad, good, type Reading } from "../dialogue/problem.js";
import type { ReadNotes } from "../dialogue/read-notes.js";
import { readTaggedAnswer, splitReasoning } from "./tagged-answer.js";

interface Part {
  readonly tag: string;
  readonly text: string;
}

/** The turns before the answer; answers among them are history. Rules: `role-order`, and those of `readTaggedAnswer`. */
export function readAlpacaHistory(input: string, notes: ReadNotes): Reading<readonly DraftTurn[]> {
  const parts = readParts(input, "input");
  if (!parts.ok) return parts;
  const drafts: DraftTurn[] = [];
  let reasoning: string | undefined;
  for (const { tag, text } of parts.value) {
    const place = { position: drafts.length, field: "input", trained: false };
    const thoughts = reasoning === undefined ? {} : { reasoning };
    const last = drafts.at(-1);
    if (tag === "think") reasoning = text;
    else if (tag === "user") drafts.push({ role: "user", text: text.trim(), ...place });
    else if (tag === "obs") drafts.push({ role: "tool", text: text.trim(), ...place });
    else if (tag === "tool_call") {
      const answer = readTaggedAnswer(`<tool_call>${text}</tool_call>`, "input", notes);
      if (!answer.ok) return answer;
      const { calls = [] } = answer.value;
      drafts.push({ role: "assistant", text: "", calls, ...place, ...thoughts });
    } else if (last?.role === "assistant" && last.calls !== undefined) {
      drafts[drafts.length - 1] = { ...last, text: text.trim() };
    } else drafts.push({ role: "assistant", text: text.trim(), ...place, ...thoughts });
    if (tag !== "think") reasoning = undefined;
  }
  return good(drafts);
}

/** The answer: thoughts, calls, and a response beside or instead of them. */
export function readAlpacaAnswer(output: string, position: number, notes: ReadNotes): Reading<DraftTurn> {
  const { reasoning, rest } = splitReasoning(output);
  const answer = readTaggedAnswer(rest, "output", notes);
  if (!answer.ok) return answer;
  const { text, calls } = answer.value;
  const said = /^<response>([\s\S]*)<\/response>$/u.exec(text.trim())?.[1]?.trim() ?? text.trim();
  const thoughts = reasoning === undefined ? {} : { reasoning };
  const draft = { role: "assistant" as const, position, field: "output", text: said, ...thoughts };
  return good(calls === undefined ? draft : { ...draft, calls });
}

const partPattern = /\s*<(user|think|tool_call|obs|response)>/y;

function readParts(text: string, path: string): Reading<readonly Part[]> {
  const parts: Part[] = [];
  for (let at = 0; text.slice(at).trim() !== ""; ) {
    partPattern.lastIndex = at;
    const head = partPattern.exec(text);
    const tag = head?.[1] ?? "";
    const start = at + (head?.[0].length ?? 0);
    const stop = text.indexOf(`</${tag}>`, start);
    if (head === null || stop < 0) {
      const shown = JSON.stringify(text.slice(at).trim().slice(0, 40));
      return bad(
        path,
        "role-order",
        `${shown} stands outside of the tags, or its tag does not end; repair it.`,
      );
    }
    parts.push({ tag, text: text.slice(start, stop) });
    at = stop + `</${tag}>`.length;
  }
  return good(parts);
}
