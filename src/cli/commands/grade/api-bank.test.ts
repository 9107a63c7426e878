import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeApiBank } from "../../../../test/support/api-bank-data.js";
import { ConfigError, DataError, ModelError } from "../../../spec/index.js";
import { gradingData, renderGrading, runGrade } from "../grade.js";

let folder: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "itool-api-bank-"));
  data = join(folder, "data");
  await writeApiBank(data);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function grade(
  lines: readonly unknown[],
  settings: { strict?: boolean; data?: string; embeddings?: string } = {},
) {
  const [results, out] = [join(folder, "results.jsonl"), join(folder, "out.jsonl")];
  await writeFile(
    results,
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );
  const grading = await runGrade({ benchmark: "api-bank", data, results, out, strict: false, ...settings });
  const text = await readFile(out, "utf8");
  return {
    grading,
    verdicts: text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line)),
  };
}

const alarm = "[AddAlarm(token='tok-ann', time='2023-05-05 07:00:00')]";

describe("itool grade --benchmark api-bank", () => {
  it("gives a verdict for each line in order, and counts samples without one as wrong", async () => {
    const { grading, verdicts } = await grade([
      { id: "L1/AddAlarm-1/2", result: "no" },
      { id: "L1/AddAlarm-1/1", result: alarm },
      { id: "L1/AddAlarm-1/2", result: alarm },
    ]);
    expect(verdicts).toEqual([
      { id: "L1/AddAlarm-1/2", valid: false, error_type: "NO_API_CALL" },
      { id: "L1/AddAlarm-1/1", valid: true, error_type: null },
      { id: "L1/AddAlarm-1/2", valid: true, error_type: null },
    ]);
    expect(gradingData(grading)).toMatchObject({
      benchmark: "api-bank",
      lines: 3,
      search: "BM25",
      official: [
        {
          level: "L1",
          all: { correct: 2, total: 7 },
          distinct: { correct: 1, total: 6 },
          answered: 2,
          ceiling: { correct: 4, undecided: 0, total: 7 },
        },
      ],
    });
    expect(renderGrading(grading)).toMatch(/L1 +2 of 7 +28\.6 % \[/);
  });

  it("adds strict verdicts and scores where asked", async () => {
    const literal =
      "[ForgotPassword(status='Verification Code', verification_code='970420', new_password='new')]";
    const { grading, verdicts } = await grade([{ id: "L1/Forgot-1/2", result: literal }], { strict: true });
    expect(verdicts).toEqual([
      {
        id: "L1/Forgot-1/2",
        valid: false,
        error_type: "HAS_EXCEPTION",
        strict_valid: true,
        strict_error_type: null,
      },
    ]);
    expect(gradingData(grading)).toMatchObject({
      strict: [{ all: { correct: 1 }, ceiling: { correct: 7, total: 7 } }],
    });
  });

  it("keeps a line for whatever is no result", async () => {
    const deep = `{"id": "L1/AddAlarm-1/1", "result": ${"[".repeat(2000)}${"]".repeat(2000)}}`;
    const { grading, verdicts } = await grade([
      "{",
      "[]",
      "null",
      "7",
      { id: "L1/Nowhere/0", result: "x" },
      { id: "L1/AddAlarm-1/3", result: "x" },
      { id: { a: 1 }, result: "x" },
      { id: "L1/AddAlarm-1/1", result: ["x"] },
      { id: "L1/AddAlarm-1/1" },
      '{"__proto__": {"id": "L1/AddAlarm-1/1", "result": "x"}}',
      deep,
    ]);
    expect(verdicts.map(({ valid, error_type }) => `${valid} ${error_type}`)).toEqual([
      "false result_line:not_json",
      ...Array(3).fill("false NOT_A_RESULT"),
      ...Array(3).fill("false UNKNOWN_SAMPLE"),
      ...Array(2).fill("false NOT_A_RESULT"),
      "false UNKNOWN_SAMPLE",
      "false NOT_A_RESULT",
    ]);
    expect(grading.unreadable).toBe(1);
    expect(renderGrading(grading)).toMatch(/10 lines are of no sample/);
  });

  it("says which search ranked the tools", async () => {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { input }: { input: string[] } = JSON.parse(Buffer.concat(parts).toString());
        const vector = (text: string) => [1, /query alarm/.test(text) ? 1 : 0];
        response.end(
          JSON.stringify({ data: input.map((text, index) => ({ index, embedding: vector(text) })) }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const embeddings = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const line = { id: "L2/Alarm-2/0", result: "[ToolSearcher(keywords='query alarm')]" };
    const { grading, verdicts } = await grade([line], { embeddings, strict: true });
    server.close();
    expect(verdicts[0]).toMatchObject({ valid: false, strict_valid: true });
    expect(renderGrading(grading)).toMatch(
      /searched by embeddings of sentence-transformers\/paraphrase-MiniLM-L3-v2 at /,
    );
  });

  it("refuses data, addresses and files that are none", async () => {
    await expect(grade([], { data: join(folder, "nowhere") })).rejects.toThrow(ConfigError);
    await expect(grade([], { data: folder, strict: true })).resolves.toBeDefined();
    await expect(grade([], { embeddings: "localhost:80" })).rejects.toThrow(
      /--embeddings is localhost:80, which is no address/,
    );
    await expect(
      grade([{ id: "L2/Alarm-2/0", result: "[ToolSearcher(keywords='x')]" }], {
        embeddings: "http://127.0.0.1:1",
      }),
    ).rejects.toThrow(ModelError);
    const other = join(folder, "other");
    await writeApiBank(other);
    await rm(join(other, "init_database/Wiki.json"));
    await expect(grade([], { data: other })).rejects.toThrow(/has no init_database\/Wiki\.json/);
    await writeFile(join(other, "init_database/Wiki.json"), "{");
    await expect(grade([], { data: other })).rejects.toThrow(DataError);
  });
});
