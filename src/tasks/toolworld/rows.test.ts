import { describe, expect, it } from "vitest";
import { parseCalls, printCalls } from "../../text/call-grammar.js";
import { importToolaceRow } from "../toolace/import-row.js";
import { toolworldExamples } from "./examples.js";
import { generateToolworld, toolworldRow } from "./generate.js";
import { CATEGORIES, type ToolworldOptions } from "./options.js";
import { splitSystemText, type ToolworldRow } from "./row.js";
import { ARGUMENT_WORKS } from "./work.js";

const take = (options: Partial<ToolworldOptions>): ToolworldRow[] => [
  ...generateToolworld({ seed: 11, split: "train", count: 120, ...options }),
];

const variants: readonly (readonly [string, Partial<ToolworldOptions>])[] = [
  ["plain", {}],
  ["fresh names", { freshNames: 0.7, split: "pretrain" }],
  ["all fresh and explicit", { freshNames: 1, explicitness: 1, split: "pretrain" }],
  ["evaluation", { split: "evaluation" }],
  ["long", { longShare: 1, split: "evaluation" }],
  ["much work", { mixedWork: 1, argumentWork: 1 }],
];

describe("a row", () => {
  it("depends on the options and its index alone", () => {
    const rows = take({ count: 20 });
    expect(toolworldRow({ seed: 11, split: "train" }, 13)).toEqual(rows[13]);
    expect(take({ start: 13, count: 1 })[0]).toEqual(rows[13]);
  });

  it("differs by seed, split and index", () => {
    const rows = [
      take({ count: 1 }),
      take({ count: 1, seed: 12 }),
      take({ count: 1, split: "pretrain" }),
      take({ start: 1, count: 1 }),
    ];
    expect(new Set(rows.map(([row]) => JSON.stringify(row!.conversations))).size).toBe(4);
  });

  it("is plain JSON", () => {
    const rows = take({ count: 50 });
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
  });

  it.each(variants)(
    "is read by the ToolACE importer without a finding, as the same examples: %s",
    (_, options) => {
      for (const row of take(options)) {
        const imported = importToolaceRow(
          { row: row.meta.index, value: JSON.parse(JSON.stringify(row)) },
          { file: "toolworld" },
        );
        if (!imported.ok) throw new Error(`${imported.rejection.rule}: ${imported.rejection.message}`);
        // A value that needs work stands nowhere in the dialogue: that is the point of it.
        expect(imported.findings.filter(({ rule }) => !rule.startsWith("ungrounded-"))).toEqual([]);
        const ours = toolworldExamples(row);
        const strip = (examples: readonly object[]) => JSON.parse(JSON.stringify(examples, withoutOrigin));
        expect(strip(ours)).toEqual(strip(imported.examples));
      }
    },
  );

  it.each(variants)("writes its calls as the text module prints and reads them: %s", (_, options) => {
    for (const example of take(options).flatMap(toolworldExamples)) {
      if (example.gold.kind === "text") continue;
      expect(printCalls(example.calls)).toBe(example.response);
      expect(
        parseCalls(
          example.response,
          example.tools.map(({ name }) => name),
        ).ok,
      ).toBe(true);
    }
  });
});

/** What the two ways name differently, and what only text has: ids, origins, spans and sources of values. */
function withoutOrigin(key: string, value: unknown): unknown {
  if (["id", "origin", "span"].includes(key)) return undefined;
  if (key === "source" && typeof value === "string") return undefined;
  return typeof value === "bigint" ? `${value}n` : value;
}

describe("rows of every kind", () => {
  it.each(CATEGORIES)("are drawn when asked for: %s", (category) => {
    const rows = take({ categories: { [category]: 1 }, count: 40 });
    expect(new Set(rows.map(({ meta }) => meta.category))).toEqual(new Set([category]));
  });

  it.each(ARGUMENT_WORKS)("carry the work asked for: %s", (work) => {
    for (const split of ["train", "evaluation"] as const) {
      const rows = take({
        split,
        categories: { single: 1 },
        argumentWork: { [work]: 1 },
        freshNames: 0.5,
        count: 25,
      });
      for (const row of rows) expect(row.meta.tags, row.conversations[0]!.value).toContain(work);
    }
  });

  it("have two or three calls where they are parallel", () => {
    const counts = take({ categories: { parallel: 1 } }).map(({ meta }) => meta.answers[0]!.calls.length);
    expect(counts.every((count) => count === 2 || count === 3)).toBe(true);
    expect(new Set(counts).size).toBe(2);
  });

  it("have two or three user turns where they are multi-turn", () => {
    const counts = take({ categories: { "multi-turn": 1 } }).map(
      ({ conversations }) => conversations.filter(({ from }) => from === "user").length,
    );
    expect(new Set(counts)).toEqual(new Set([2, 3]));
  });

  it.each(variants)("never repeat the name of a tool: %s", (_, options) => {
    for (const row of take(options)) {
      const names = toolsOf(row).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("offer as many tools as the options say", () => {
    expect(
      Math.max(...take({ maxTools: 2, categories: { single: 1 } }).map((row) => toolsOf(row).length)),
    ).toBe(2);
    const long = take({ longShare: 1, categories: { single: 1 } }).map((row) => toolsOf(row).length);
    expect([Math.min(...long), Math.max(...long)]).toEqual([6, 10]);
  });
});

function toolsOf(row: ToolworldRow): readonly { readonly name: string }[] {
  return JSON.parse(splitSystemText(row.system).tools);
}

describe("values that need no work", () => {
  const cases = [0, 0.7].flatMap((freshNames) =>
    (["pretrain", "evaluation"] as const).map((split) => ({ freshNames, split })),
  );

  it.each(cases)("stand in the dialogue exactly as in the call: $split, fresh $freshNames", (options) => {
    for (const row of take({ ...options, argumentWork: "none" })) {
      for (const answer of row.meta.answers) {
        const before = row.conversations
          .slice(0, answer.turn)
          .map(({ value }) => value)
          .join("\n");
        for (const [, value] of answer.written.flatMap((call) => call.arguments)) {
          if (typeof value === "string" || typeof value === "number") expect(before).toContain(String(value));
        }
      }
    }
  });

  it("are the only ones of rows tagged none", () => {
    const tags = new Set(
      take({ argumentWork: "none", categories: { single: 1 } }).flatMap(({ meta }) => meta.tags),
    );
    expect(tags).toEqual(new Set(["none"]));
  });
});

describe("refusals", () => {
  const rows = take({ categories: { refusal: 1 }, count: 240 });

  it("ask for a required argument of an offered tool that the request does not give", () => {
    const asking = rows.filter(({ meta }) => meta.tags.includes("missing-argument"));
    expect(asking.length).toBeGreaterThan(60);
    for (const row of asking) {
      const answer = row.conversations[1]!.value;
      const spoken = /(?:the|The) ([a-z ]+?)(?: to do that| is missing|[.?])/.exec(answer)![1]!;
      const required = toolworldExamples(row)[0]!.tools.flatMap(({ parameters }) =>
        parameters.filter((parameter) => parameter.required).map(({ name }) => name.replaceAll("_", " ")),
      );
      expect(required).toContain(spoken);
    }
  });

  it("call nothing", () => {
    for (const { meta } of rows) expect(meta.answers.flatMap(({ calls }) => calls)).toEqual([]);
  });
});

describe("gold answers", () => {
  it("allow a default to be left out or written", () => {
    const optional = take({ count: 900 }).flatMap(({ meta }) =>
      meta.answers.flatMap((answer) =>
        answer.calls.flatMap((call) => call.arguments.filter((given) => given.optional)),
      ),
    );
    expect(optional.length).toBeGreaterThan(8);
  });

  it("allow every meaning of an everyday word", () => {
    const rows = take({ count: 1200, argumentWork: { "enum-synonym": 1 }, categories: { single: 1 } });
    const late = rows.filter(({ conversations }) => conversations[0]!.value.includes("late hours"));
    expect(late.length).toBeGreaterThan(1);
    for (const { meta } of late) {
      const allowed = meta.answers[0]!.calls[0]!.arguments.map((given) => given.allowed);
      expect(allowed).toContainEqual(["evening", "night"]);
    }
  });
});

describe("options", () => {
  it.each([
    [{ categories: { singel: 1 } }, /categories has "singel"/],
    [{ argumentWork: { unit: 1 } }, /argumentWork has "unit"/],
    [{ categories: { single: 0 } }, /every weight of categories is 0/],
    [{ freshNames: 1.5 }, /freshNames is 1.5/],
    [{ argumentWork: -0.1 }, /argumentWork is -0.1/],
  ])("are checked: %j", (options, message) => {
    expect(() => take(options)).toThrow(message);
  });
});
