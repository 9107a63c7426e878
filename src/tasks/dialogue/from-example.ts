/** An example as a dialogue again, to write it in another format. */
import type { Example, Message, Tool } from "../../spec/index.js";
import { parseCalls } from "../../text/index.js";
import type { Dialogue, DialogueTurn } from "./dialogue.js";

/** The dialogue whose last turn, the response, is the only one that is trained. Calls of earlier turns are read again. */
export function dialogueOfExample({ tools, messages, response, calls }: Example): Dialogue {
  const [first, ...rest] = messages;
  const system = first?.role === "system" ? first.content : "";
  const before = (first?.role === "system" ? rest : messages).map((message, position) =>
    historyTurn(message, position, tools),
  );
  const answer: DialogueTurn = {
    message: { role: "assistant", content: response },
    position: before.length,
    field: "response",
    calls,
    response,
    text: calls.length === 0 ? response : "",
    trained: true,
  };
  const toolText = tools.length === 0 ? "" : JSON.stringify(tools.map(({ source, name }) => source ?? name));
  return { instruction: system, tools, toolText, turns: [...before, answer], findings: [] };
}

function historyTurn(message: Message, position: number, tools: readonly Tool[]): DialogueTurn {
  const { role, content } = message;
  const place = { message, position, field: `messages[${position}]`, trained: false };
  if (role !== "assistant") return { ...place, calls: [], response: content, text: content };
  const names = tools.map(({ name }) => name);
  const whole = parseCalls(content, names);
  if (whole.ok && whole.calls.length > 0)
    return { ...place, calls: whole.calls, response: content, text: "" };
  const cut = content.lastIndexOf("\n[");
  const last = cut < 0 ? undefined : parseCalls(content.slice(cut + 1), names);
  if (last?.ok !== true || last.calls.length === 0)
    return { ...place, calls: [], response: content, text: content };
  return { ...place, calls: last.calls, response: content.slice(cut + 1), text: content.slice(0, cut) };
}
