/** What a model sees of a sample: one system message, then the turns before the target. */
import { DataError, type SpokenMessage } from "../../spec/index.js";
import type { ApiDescription } from "./descriptions.js";
import type { Turn } from "./dialogue.js";
import { pythonText } from "./python/print.js";
import type { ApiBankSample } from "./samples.js";

/**
 * Our instruction: it asks for what the official one asks for, in other words. The official text is not kept here; where a
 * file holds it, give that one.
 */
export const ownInstruction = [
  "Read the API descriptions and the conversation so far, and write the API request that the AI makes next.",
  "Write it as [ApiName(key1='value1', key2='value2', ...)] with the real name of the API, the real names of its parameters and their values.",
  'Begin with "[" and end with "]". Write nothing else: no explanation, and not the result of the call.',
  "The current year is 2023.",
  "",
  "API descriptions:",
  "",
].join("\n");

/** SHA-256 of the official instruction (664 characters, with a line feed at either end). */
export const officialInstructionHash = "bf428a1d00aa56b8520e62b45fc4c1a65512c0fdda8d9993c8e6e07d527ce892";

/** How the messages are made. */
export interface MessageOptions {
  readonly descriptions: ReadonlyMap<string, ApiDescription>;
  readonly instruction: string;
}

/**
 * The messages of a sample. L1 shows the descriptions of all APIs of the dialogue in order of name (the official order
 * changes from run to run), L2 that of ToolSearcher only.
 *
 * @throws DataError where an API of the dialogue is not described
 */
export function messagesOf(sample: ApiBankSample, options: MessageOptions): readonly SpokenMessage[] {
  const lines = describedApis(sample).map((name) => {
    const description = options.descriptions.get(name);
    if (description !== undefined) return description.line;
    throw new DataError(`${sample.id}: ${name} has no description. Add it to the file of descriptions.`, {
      name,
    });
  });
  const system: SpokenMessage = { role: "system", content: options.instruction + lines.join("\n") };
  return [system, ...contextMessages(sample)];
}

/** The APIs whose descriptions a sample shows. */
export function describedApis({ level, apis }: Pick<ApiBankSample, "level" | "apis">): readonly string[] {
  return level === "L1" ? apis : ["ToolSearcher"];
}

/** One message for each turn before the target. */
export function contextMessages({
  dialogue,
  turn,
}: Pick<ApiBankSample, "dialogue" | "turn">): readonly SpokenMessage[] {
  return dialogue.turns.slice(0, turn).map(messageOf);
}

/** A call as the messages and the literal ground truth write it: every value in single quotation marks, none escaped. */
export function callText(
  apiName: string,
  parameters: Iterable<readonly [string | bigint, Parameters<typeof pythonText>[0]]>,
): string {
  return `[${apiName}(${[...parameters].map(([key, value]) => `${key}='${pythonText(value)}'`).join(", ")})]`;
}

function messageOf(turn: Turn): SpokenMessage {
  if (turn.role !== "API") return { role: turn.role === "User" ? "user" : "assistant", content: turn.text };
  const output = pythonText(turn.result.get("output") ?? null);
  return { role: "system", content: `${callText(turn.apiName, turn.parameters)} Response: ${output}` };
}
