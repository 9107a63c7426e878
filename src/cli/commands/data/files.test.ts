/** The commands on data files, on a real disk: check, repair, convert, split, leaks, stats, preview. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ending, runCommandLine } from "../../../../test/support/cli-console.js";
import type { JsonObject, JsonValue } from "../../../spec/index.js";
import { histogram, toolworldRow } from "../../../tasks/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-data-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);
const put = async (name: string, ...rows: readonly (JsonValue | string)[]): Promise<string> => {
  const lines = rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row)));
  await writeFile(path(name), `${lines.join("\n")}\n`);
  return path(name);
};
const linesOf = async (name: string): Promise<JsonObject[]> =>
  (await readFile(path(name), "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
const json = ({ stdout }: Ending): JsonObject => JSON.parse(stdout);

const weather = (name = "get weather") => ({
  name,
  description: "Weather of a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer" } },
    required: ["city"],
  },
});
const sharegpt = (request: string, call: JsonObject, tool = weather()): JsonObject => ({
  conversations: [
    { from: "human", value: request },
    { from: "function_call", value: JSON.stringify({ name: tool.name, arguments: call }) },
  ],
  tools: JSON.stringify([tool]),
});
const oslo = sharegpt("Weather in Oslo for the next 3 days, if you please?", { city: "Oslo", days: 3 });
const text = sharegpt("Weather in Rome for 2 days, and be quick about it?", { city: "Rome", days: "2" });

describe("itool data check", () => {
  it("writes every finding with its place, rule and fix", async () => {
    const file = await put("check.jsonl", oslo, oslo, text, "{broken");
    const ending = await runCommandLine("--json", "data", "check", file, "--findings", path("found.jsonl"));
    expect(ending.code).toBe(0);
    expect(json(ending)).toMatchObject({
      format: "sharegpt",
      rows: { read: 4, imported: 2, setAside: 2, withoutCall: 0 },
      duplicates: { exact: 1, near: 0, sameRequest: 1, compared: 2 },
    });
    const found = await linesOf("found.jsonl");
    expect(found.map(({ row, rule, kind }) => [row, rule, kind])).toEqual([
      [1, "duplicate-row", "remark"],
      [2, "argument-type", "set-aside"],
      [3, "json", "set-aside"],
    ]);
    expect(found.every((finding) => finding.file === file && typeof finding.field === "string")).toBe(true);
    expect(found.every(({ fix, message }) => String(fix) !== "" && String(message) !== "")).toBe(true);
  });

  it("exits with 3 where a limit is passed, and refuses rules that are none", async () => {
    const file = await put("limits.jsonl", oslo, oslo, oslo, oslo);
    const check = (...flags: string[]) => runCommandLine("data", "check", file, ...flags);
    expect((await check("--max", "duplicate-row=0.8")).code).toBe(0);
    const passed = await check("--max", "duplicate-row=0.5", "--max", "no-call=1");
    expect([passed.code, passed.stderr]).toEqual([
      3,
      expect.stringContaining("duplicate-row: more than 0.5"),
    ]);
    expect((await check("--max", "nonsense=0.5")).code).toBe(2);
    expect((await check("--max", "duplicate-row=7")).code).toBe(2);
  });

  it("takes a format that is forced, and sets all aside where none is known", async () => {
    const file = await put("forced.jsonl", oslo);
    const forced = await runCommandLine("--json", "data", "check", file, "--format", "xlam");
    expect([forced.code, json(forced).format]).toEqual([3, "xlam"]);
    const unknown = await put("unknown.jsonl", { text: "hello" });
    const ending = await runCommandLine("--json", "data", "check", unknown);
    expect([ending.code, json(ending).format]).toEqual([3, null]);
    expect(JSON.stringify(json(ending).setAside)).toContain("unknown-format");
  });

  it("--repair mends into a new file and lists each change", async () => {
    const twice = { ...oslo, tools: JSON.stringify(oslo.tools) };
    const missing = sharegpt("Weather?", {});
    const exact =
      '{"conversations": [{"from": "human", "value": "5.0"}, {"from": "gpt", "value": "a"}], "tools": "[]", "x": 5.0}';
    const file = await put("damaged.jsonl", text, twice, missing, exact, "{broken");
    const ending = await runCommandLine("--json", "data", "check", file, "--repair", path("mended.jsonl"));
    expect(json(ending)).toMatchObject({
      rows: 5,
      repaired: 2,
      unchanged: 1,
      damaged: 1,
      unreadable: 1,
      changes: 2,
    });
    const changes = await linesOf("mended.jsonl.changes.jsonl");
    expect(changes).toMatchObject([
      { row: 0, rule: "argument-type", before: '"2"', after: "2" },
      { row: 1, rule: "double-encoded", field: "tools" },
    ]);
    const lines = (await readFile(path("mended.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[3]).toBe(exact);
    const again = json(await runCommandLine("--json", "data", "check", path("mended.jsonl")));
    expect(again.rows).toMatchObject({ read: 4, imported: 3, setAside: 1 });
    expect((await runCommandLine("data", "check", file, "--repair", file)).code).toBe(2);
    const both = await runCommandLine("data", "check", file, "--repair", path("x.jsonl"), "--max", "json=0");
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("data check")]);
  });

  it("--repair leaves everything else as it is, byte for byte", async () => {
    const tools = JSON.stringify(JSON.stringify([weather("f")]));
    const call = (days: string) =>
      JSON.stringify(JSON.stringify({ name: "f", arguments: { city: "Oslo", days: JSON.parse(days) } }));
    const rows = {
      sharegpt: `{"id": 12345678901234567890, "conversations": [{"from": "human",  "value": "x", "w": 1.0}, {"from": "function_call", "value": CALL}], "tools": ${tools}, "e": 1e2}`,
      "openai-chat": `{"messages": [{"role": "user", "content": "x", "w": 1.0}, {"role": "assistant", "name": "a", "content": null, "tool_calls": [{"id": "k", "type": "function", "function": {"name": "f", "arguments": CALL}}]}], "tools":  [${JSON.stringify({ type: "function", function: weather("f") })}], "e": 1e2}`,
      xlam: `{"query": "x", "tools": ${tools}, "answers": CALL, "id": 1.0}`,
    };
    for (const [format, row] of Object.entries(rows)) {
      const args =
        format === "openai-chat"
          ? (text: string) => JSON.stringify(JSON.stringify({ city: "Oslo", days: JSON.parse(text) }))
          : call;
      const list = (text: string) => (format === "xlam" ? JSON.stringify(`[${JSON.parse(text)}]`) : text);
      const file = await put(`${format}.jsonl`, row.replace("CALL", list(args('"3"'))));
      await runCommandLine("data", "check", file, "--format", format, "--repair", path("whole.jsonl"));
      const line = (await readFile(path("whole.jsonl"), "utf8")).trimEnd();
      const loose = (text: string) => text.replaceAll(" ", "");
      expect(loose(line)).toBe(loose(row.replace("CALL", list(args("3")))));
      expect(line).toMatch(/1\.0/);
    }
  });

  it("names the fields that are not used", async () => {
    const file = await put(
      "fields.jsonl",
      { ...oslo, id: 1 },
      { ...text, id: 2, images: [] },
      { ...oslo, id: 3 },
    );
    const report = json(await runCommandLine("--json", "data", "check", file));
    expect(report.unusedFields).toEqual([{ name: "id", count: 2 }]);
    const convert = (...flags: string[]) =>
      runCommandLine(
        "--json",
        "data",
        "convert",
        file,
        "--to",
        "openai-chat",
        "--out",
        path("f.jsonl"),
        ...flags,
      );
    expect(json(await convert()).droppedFields).toEqual([{ name: "id", count: 2 }]);
    expect((await linesOf("f.jsonl")).map(({ id }) => id)).toEqual([undefined, undefined]);
    const world = JSON.parse(JSON.stringify(toolworldRow({ seed: 1, split: "train" }, 0)));
    await put("world.jsonl", world);
    const turn = (to: string) =>
      runCommandLine("--json", "data", "convert", path("world.jsonl"), "--to", to, "--out", path("w.jsonl"));
    expect(json(await turn("sharegpt")).droppedFields).toEqual([{ name: "meta", count: 1 }]);
    expect(json(await turn("toolace")).droppedFields).toEqual([]);
    expect((await linesOf("w.jsonl"))[0]?.meta).toEqual(world.meta);
    expect(json(await convert("--keep-fields")).droppedFields).toEqual([]);
    expect((await linesOf("f.jsonl")).map(({ id }) => id)).toEqual([1, 3]);
  });
});

describe("itool data convert", () => {
  it("writes any format that has a place for the row, and says which rows it left out", async () => {
    const refusal = {
      ...oslo,
      conversations: [
        { from: "human", value: "Hi" },
        { from: "gpt", value: "None fits." },
      ],
    };
    const file = await put("source.jsonl", oslo, refusal, "{broken");
    for (const to of ["toolace", "hermes", "openai-chat", "sharegpt", "xlam", "seal-tools", "trl"]) {
      const ending = await runCommandLine(
        "--json",
        "data",
        "convert",
        file,
        "--to",
        to,
        "--out",
        path(`${to}.jsonl`),
      );
      const rows = await linesOf(`${to}.jsonl`);
      expect([to, ending.code, json(ending).converted]).toEqual([to, 0, rows.length]);
      expect(rows.length).toBe(["xlam", "seal-tools"].includes(to) ? 1 : 2);
      if (to === "trl") continue;
      const check = json(await runCommandLine("--json", "data", "check", path(`${to}.jsonl`)));
      expect(check).toMatchObject({ format: to, rows: { imported: rows.length, setAside: 0 } });
    }
    expect((await linesOf("trl.jsonl"))[0]).toMatchObject({
      prompt: [{ role: "user", content: "Weather in Oslo for the next 3 days, if you please?" }],
      completion: [
        {
          role: "assistant",
          tool_calls: [{ function: { name: "get weather", arguments: { city: "Oslo", days: 3 } } }],
        },
      ],
    });
  });

  it("makes names plain, one to one, in tools, calls and nowhere else", async () => {
    const row = {
      conversations: [
        { from: "human", value: "get weather" },
        {
          from: "function_call",
          value:
            '[{"name": "get weather", "arguments": {"city": "get weather"}}, {"name": "get_weather", "arguments": {"city": "get weather"}}]',
        },
      ],
      tools: JSON.stringify([weather("get weather"), weather("get_weather"), weather("get/weather")]),
    };
    const file = await put("names.jsonl", row);
    await runCommandLine(
      "data",
      "convert",
      file,
      "--to",
      "openai-chat",
      "--plain-names",
      "--out",
      path("plain.jsonl"),
    );
    const [plain] = await linesOf("plain.jsonl");
    const written = JSON.stringify(plain);
    expect(written.match(/"name":"[^"]*"/g)).toEqual(
      ["get_weather_2", "get_weather", "get_weather_2", "get_weather", "get_weather_3"].map(
        (name) => `"name":"${name}"`,
      ),
    );
    expect(written).toContain('"content":"get weather"');
  });

  it("writes ranking rows as TRL preferences, and exits with 3 where nothing can be written", async () => {
    const ranking = {
      conversations: [{ from: "human", value: "Oslo?" }],
      chosen: { from: "function_call", value: '{"name": "get weather", "arguments": {"city": "Oslo"}}' },
      rejected: { from: "gpt", value: "I cannot." },
      tools: JSON.stringify([weather()]),
    };
    const file = await put("ranking.jsonl", ranking);
    const convert = (to: string) =>
      runCommandLine("data", "convert", file, "--to", to, "--out", path("pref.jsonl"));
    expect((await convert("trl-preference")).code).toBe(0);
    expect(await linesOf("pref.jsonl")).toMatchObject([
      { chosen: [{ tool_calls: [{}] }], rejected: [{ content: "I cannot." }] },
    ]);
    expect((await convert("sharegpt")).code).toBe(0);
    expect(await linesOf("pref.jsonl")).toMatchObject([{ rejected: { from: "gpt", value: "I cannot." } }]);
    expect((await convert("openai-chat")).code).toBe(3);
    expect(
      (await runCommandLine("data", "convert", path("gone"), "--to", "xlam", "--out", path("x"))).code,
    ).toBe(2);
  });
});

describe("itool data split", () => {
  it("keeps tool lists and copies on one side, in any order of the rows", async () => {
    const rows = Array.from({ length: 120 }, (_, index) => {
      const tool = weather(`tool ${index % 30}`);
      const conversations = [
        { from: "human", value: `Request ${index % 100}, please` },
        { from: "gpt", value: "None fits." },
      ];
      return { conversations, tools: JSON.stringify([tool]) };
    });
    const split = async (name: string, ordered: readonly JsonObject[], seed = "1") => {
      const file = await put(`${name}.jsonl`, ...ordered, "{broken");
      const outputs = ["--train", path(`${name}-t.jsonl`), "--evaluation", path(`${name}-e.jsonl`)];
      const ending = await runCommandLine(
        "--json",
        "data",
        "split",
        file,
        ...outputs,
        "--share",
        "0.3",
        "--seed",
        seed,
      );
      return {
        summary: json(ending),
        train: await linesOf(`${name}-t.jsonl`),
        evaluation: await linesOf(`${name}-e.jsonl`),
      };
    };
    const one = await split("one", rows);
    expect(one.summary).toMatchObject({ rows: 121, setAside: 1, train: one.train.length });
    expect(one.train.length + one.evaluation.length).toBe(120);
    expect(one.evaluation.length).toBeGreaterThan(0);
    const keys = (side: JsonObject[], key: (row: JsonObject) => JsonValue | undefined) =>
      new Set(side.map((row) => JSON.stringify(key(row))));
    for (const key of [(row: JsonObject) => row.tools, (row: JsonObject) => row.conversations]) {
      const [train, evaluation] = [keys(one.train, key), keys(one.evaluation, key)];
      expect([...train].filter((value) => evaluation.has(value))).toEqual([]);
    }
    const other = await split("other", rows.toReversed());
    expect(other.evaluation.map((row) => JSON.stringify(row)).toSorted()).toEqual(
      one.evaluation.map((row) => JSON.stringify(row)).toSorted(),
    );
    const seeds: (typeof one)[] = [];
    for (const seed of ["2", "3", "4"]) seeds.push(await split(`seed${seed}`, rows, seed));
    expect(new Set([one, ...seeds].map(({ evaluation }) => JSON.stringify(evaluation))).size).toBeGreaterThan(
      1,
    );
  });
});

describe("itool data leaks", () => {
  it("finds runs of words and tools in files of any form", async () => {
    const file = await put(
      "mine.jsonl",
      oslo,
      sharegpt("Something else altogether", { city: "Something" }, weather("other")),
    );
    const benchmark = [
      {
        id: "b_0",
        question: [[{ role: "user", content: "weather in OSLO, for the next 3 days... if you please" }]],
        function: [],
      },
      {
        id: "b_1",
        function: [{ name: "get_weather", parameters: { type: "dict", properties: { days: {}, city: {} } } }],
      },
    ];
    await writeFile(path("bench.json"), JSON.stringify(benchmark, undefined, 2));
    const leaks = (...flags: string[]) =>
      runCommandLine(
        "--json",
        "data",
        "leaks",
        file,
        "--against",
        path("bench.json"),
        "--out",
        path("leaks.jsonl"),
        ...flags,
      );
    const report = json(await leaks());
    expect(report).toMatchObject({
      rows: 2,
      sharingText: 1,
      sharingTool: 1,
      against: { files: 1, tools: 1, unreadable: 0 },
    });
    expect(await linesOf("leaks.jsonl")).toMatchObject([
      {
        row: 0,
        runs: 2,
        sharedRuns: 2,
        example: { field: "conversations[0].value", source: path("bench.json") },
        tools: [{ name: "get weather", kind: "same-tool" }],
      },
    ]);
    expect((await leaks("--max", "0.5")).code).toBe(0);
    expect((await leaks("--max", "0.4")).code).toBe(3);
    expect(json(await leaks("--words", "12"))).toMatchObject({ sharingText: 0 });
    expect((await runCommandLine("data", "leaks", file, "--against", path("gone"))).code).toBe(2);
  });
});

describe("pages", () => {
  const hostile = sharegpt("</style><script>alert(1)</script> & \u202e", { city: "<b>" }, weather("<i>"));

  it("of stats show every distribution and run nothing", async () => {
    const file = await put("stats.jsonl", oslo, hostile, "{broken");
    const ending = await runCommandLine("--json", "data", "stats", file, "--html", path("stats.html"));
    expect(json(ending)).toMatchObject({ check: { rows: { read: 3 } }, differentTools: 2 });
    const page = await readFile(path("stats.html"), "utf8");
    expect(page.match(/<svg /g)).toHaveLength(13);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<i>|https?:/);
  });

  it("of previews show every token and run nothing", async () => {
    const file = await put("preview.jsonl", hostile);
    const ending = await runCommandLine("data", "preview", file, "--html", path("preview.html"));
    expect([ending.code, ending.stderr]).toEqual([0, ""]);
    const page = await readFile(path("preview.html"), "utf8");
    expect(page.match(/class="t trained"/g)?.length).toBeGreaterThan(3);
    expect(page).not.toMatch(/<script|<b>|\u202e/);
  });
});

describe("histogram", () => {
  it("has every value in exactly one bin", () => {
    const counts: [number, number][] = Array.from({ length: 200 }, (_, index) => [
      index * 7 + 3,
      (index % 5) + 1,
    ]);
    for (const values of [
      counts,
      counts.slice(0, 1),
      counts.slice(0, 3),
      [...counts, [1_000_000, 1]] as typeof counts,
    ]) {
      const bins = histogram(values);
      expect(bins.length).toBeLessThanOrEqual(25);
      for (const { from, to, count } of bins) {
        const inside = values.filter(([value]) => value >= from && value <= to);
        expect(count).toBe(inside.reduce((sum, [, times]) => sum + times, 0));
      }
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(
        values.reduce((sum, [, times]) => sum + times, 0),
      );
    }
    expect(histogram([])).toEqual([]);
  });
});
