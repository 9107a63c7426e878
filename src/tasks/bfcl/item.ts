/** The benchmark's items, read from its official files. Each line is decoded when its item is first asked for. */
import { DataError, type JsonObject, type JsonValue } from "../../spec/index.js";
import { field, isJsonList, isJsonObject, parseJson } from "../json-text.js";
import type { BfclCategory } from "./category.js";
import type { CallAnswer } from "./check/call-check.js";
import { type FunctionDoc, readFunctionDoc } from "./check/function-doc.js";
import { readJson } from "./python/json-text.js";
import { PythonDict, type PythonValue } from "./python/value.js";

/** The text of a category's files. */
export interface CategoryFiles {
  readonly category: BfclCategory;
  readonly questions: string;
  /** Absent for categories that are judged by rule. */
  readonly answers?: string;
}

/** A message of a question. */
export interface QuestionMessage {
  readonly role: string;
  readonly content: string;
}

/** What an item asks. */
export interface BfclItem {
  readonly id: string;
  readonly category: BfclCategory;
  /** Turns of messages; single-turn items have one. */
  readonly turns: readonly (readonly QuestionMessage[])[];
  /** Empty in multi-turn items, whose functions are those of the classes. */
  readonly docs: readonly FunctionDoc[];
  /** Allowed calls; empty where the category is judged by rule. */
  readonly answers: readonly CallAnswer[];
  readonly multiTurn?: MultiTurnItem;
}

/** What only multi-turn items have. */
export interface MultiTurnItem {
  /** Names of the simulated classes. */
  readonly classes: readonly string[];
  /** Initial state by class. */
  readonly initial: PythonDict;
  /** Calls that make each turn right. */
  readonly truth: readonly (readonly string[])[];
  /** Functions held back until a turn, by the turn's index. */
  readonly heldBack: ReadonlyMap<number, readonly string[]>;
}

/** The items of a category by id. @throws DataError for lines without an id, or question and answer lines that differ */
export class CategoryItems {
  readonly category: BfclCategory;
  readonly #questions: ReadonlyMap<string, string>;
  readonly #answers: ReadonlyMap<string, string>;
  readonly #items = new Map<string, BfclItem>();

  constructor({ category, questions, answers }: CategoryFiles) {
    this.category = category;
    this.#questions = linesById(questions, category);
    this.#answers = answers === undefined ? new Map() : linesById(answers, `possible_answer of ${category}`);
  }

  get ids(): readonly string[] {
    return [...this.#questions.keys()];
  }

  /** The item of an id, or `undefined`. @throws DataError for a damaged line */
  item(id: string): BfclItem | undefined {
    const known = this.#items.get(id);
    const question = this.#questions.get(id);
    if (known !== undefined || question === undefined) return known;
    const item = readItem(this.category, question, this.#answers.get(id));
    this.#items.set(id, item);
    return item;
  }
}

const leadingId = /^\{\s*"id"\s*:\s*"([^"\\]*)"/;

function linesById(text: string, name: string): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const id = leadingId.exec(line)?.[1] ?? idOf(line, name);
    lines.set(id, line);
  }
  return lines;
}

function idOf(line: string, name: string): string {
  const id = field(objectOf(line, name), "id");
  if (typeof id === "string") return id;
  throw damaged(name, "id", "is missing");
}

function objectOf(line: string, name: string): JsonObject {
  const parsed = parseJson(line);
  if (parsed.ok && isJsonObject(parsed.value)) return parsed.value;
  throw damaged(name, "line", parsed.ok ? "is no JSON object" : parsed.message);
}

function damaged(name: string, where: string, what: string): DataError {
  return new DataError(`BFCL ${name}: ${where} ${what}. Restore the official file.`, { name, where });
}

function readItem(category: BfclCategory, question: string, answer: string | undefined): BfclItem {
  const row = objectOf(question, category);
  const id = String(field(row, "id"));
  const docs = listAt(row, "function").filter(isJsonObject).map(readFunctionDoc);
  const base = { id, category, turns: readTurns(row), docs, answers: [] };
  if (category.startsWith("multi_turn"))
    return { ...base, multiTurn: readMultiTurn(row, question, answer, id) };
  return answer === undefined ? base : { ...base, answers: readAnswers(answer, id) };
}

function readTurns(row: JsonObject): QuestionMessage[][] {
  return listAt(row, "question").map((turn) =>
    (isJsonList(turn) ? turn : [turn]).filter(isJsonObject).map((message) => ({
      role: String(field(message, "role") ?? "user"),
      content: String(field(message, "content") ?? ""),
    })),
  );
}

function listAt(row: JsonObject, name: string): readonly JsonValue[] {
  const value = field(row, name);
  return isJsonList(value) ? value : [];
}

function readAnswers(line: string, id: string): CallAnswer[] {
  const row = readJson(line);
  const truth = row instanceof PythonDict ? row.get("ground_truth") : undefined;
  if (!Array.isArray(truth)) throw damaged(`possible answer ${id}`, "ground_truth", "is no list");
  return truth.map((call) => {
    const [entry] = call instanceof PythonDict ? call.entries() : [];
    if (entry === undefined || typeof entry[0] !== "string" || !(entry[1] instanceof PythonDict)) {
      throw damaged(`possible answer ${id}`, "ground_truth", "holds something else than calls");
    }
    return { name: entry[0], parameters: entry[1] };
  });
}

function readMultiTurn(
  row: JsonObject,
  question: string,
  answer: string | undefined,
  id: string,
): MultiTurnItem {
  const exact = readJson(question);
  const initial = exact instanceof PythonDict ? exact.get("initial_config") : undefined;
  const held = field(row, "missed_function");
  const truth = answer === undefined ? [] : listAt(objectOf(answer, `possible answer ${id}`), "ground_truth");
  return {
    classes: texts(listAt(row, "involved_classes")),
    initial: initial instanceof PythonDict ? initial : new PythonDict(),
    truth: truth.map((turn) => (isJsonList(turn) ? texts(turn) : [])),
    heldBack: new Map(
      Object.entries(isJsonObject(held) ? held : {}).map(([turn, names]) => [
        Number(turn),
        isJsonList(names) ? texts(names) : [],
      ]),
    ),
  };
}

function texts(values: readonly PythonValue[] | readonly JsonValue[]): string[] {
  return values.filter((value) => typeof value === "string");
}
