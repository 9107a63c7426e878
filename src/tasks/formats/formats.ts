/** All formats, and which of them a file is in. */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import { isJsonObject } from "../json-text.js";
import { alpacaFormat } from "./alpaca.js";
import { apiBankFormat } from "./api-bank.js";
import { type DataFormat, FORMAT_NAMES, type FormatName } from "./format.js";
import { hermesFormat } from "./hermes.js";
import { openaiChatFormat } from "./openai-chat.js";
import { sealToolsFormat } from "./seal-tools.js";
import { sharegptFormat } from "./sharegpt.js";
import { toolaceFormat } from "./toolace-format.js";
import { xlamFormat } from "./xlam.js";

const formats: Readonly<Record<FormatName, DataFormat>> = {
  toolace: toolaceFormat,
  hermes: hermesFormat,
  xlam: xlamFormat,
  "seal-tools": sealToolsFormat,
  "api-bank": apiBankFormat,
  alpaca: alpacaFormat,
  "openai-chat": openaiChatFormat,
  sharegpt: sharegptFormat,
};

/** The format of this name. */
export function formatOf(name: FormatName): DataFormat {
  return formats[name];
}

/** Fields of a row that its format does not read. */
export function unusedFields(row: JsonObject, name: FormatName): readonly string[] {
  const { fields } = formats[name];
  return Object.keys(row).filter((key) => !fields.includes(key));
}

/** The format that a row is in, the first of `FORMAT_NAMES` that recognises it; `undefined` where none does. */
export function recognizeRow(row: JsonValue): FormatName | undefined {
  return isJsonObject(row) ? FORMAT_NAMES.find((name) => formats[name].recognizes(row)) : undefined;
}

/** The format of most of these rows; at a tie the one that came first. `undefined` where no row is recognised. */
export function detectFormat(rows: Iterable<JsonValue>): FormatName | undefined {
  const counts = new Map<FormatName, number>();
  for (const row of rows) {
    const name = recognizeRow(row);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].reduce<readonly [FormatName, number] | undefined>(
    (best, next) => (best === undefined || next[1] > best[1] ? next : best),
    undefined,
  )?.[0];
}
