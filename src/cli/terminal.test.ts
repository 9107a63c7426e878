import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordedConsole } from "../../test/support/cli-console.js";
import { createTerminal } from "./terminal.js";

const event = (done: number) => ({ stage: "warmup", unit: "rows", done, total: 100 });
const rewrite = "\r\u001b[2K";

function open({ live = false, quiet = false, json = false, env = {} } = {}) {
  const console = recordedConsole({ live, env });
  return { console, terminal: createTerminal({ json, quiet, console }) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("createTerminal", () => {
  it("writes data to stdout and notes to stderr", () => {
    const { console, terminal } = open();
    terminal.data("a\nb");
    terminal.note("c");
    expect([console.text("stdout"), console.text("stderr")]).toEqual(["a\nb\n", "c\n"]);
  });

  it("is silent on stderr with --quiet, and not on stdout", () => {
    const { console, terminal } = open({ quiet: true, live: true });
    terminal.note("c");
    terminal.progress(event(1));
    terminal.progress(event(100));
    terminal.data("a");
    terminal.endProgress();
    expect([console.text("stdout"), console.text("stderr")]).toEqual(["a\n", ""]);
  });

  it.each([
    [{ live: true }, true],
    [{ live: false }, false],
    [{ live: true, env: { NO_COLOR: "1" } }, false],
    [{ live: true, env: { NO_COLOR: "" } }, true],
  ])("styles stdout for %o: %s", (options, styled) => expect(open(options).terminal.styled).toBe(styled));

  it("passes on --json", () => expect(open({ json: true }).terminal.json).toBe(true));
});

describe("progress on a terminal", () => {
  it("rewrites one line, ends it when the stage is done, and tells that once", () => {
    const { console, terminal } = open({ live: true });
    terminal.progress(event(1));
    console.wait(200);
    terminal.progress(event(50));
    terminal.progress(event(100));
    terminal.progress(event(100));
    terminal.note("next");
    expect(console.text("stderr")).toMatch(
      /^\r.\[2Kwarmup {4}1%[^\n]*\r.\[2Kwarmup {3}50%[^\n]*\r.\[2Kwarmup {2}100%[^\n]*\nnext\n$/,
    );
  });

  it("draws at most ten times a second", () => {
    const { console, terminal } = open({ live: true });
    for (let done = 0; done < 90; done += 1) {
      terminal.progress(event(done));
      console.wait(10);
    }
    expect(console.text("stderr").split(rewrite).length - 1).toBe(9);
  });

  it("counts the time down while nothing is heard, until it is ended", () => {
    const { console, terminal } = open({ live: true });
    terminal.progress(event(0));
    console.wait(10_000);
    terminal.progress(event(20));
    console.wait(5_000);
    vi.advanceTimersByTime(1_000);
    expect(console.text("stderr")).toMatch(/35 s left$/);
    terminal.endProgress();
    const before = console.text("stderr");
    vi.advanceTimersByTime(60_000);
    expect(console.text("stderr")).toBe(before);
    expect(before.endsWith("\n")).toBe(true);
  });

  it("never passes the width", () => {
    const { console, terminal } = open({ live: true });
    terminal.progress({ ...event(1), note: "x".repeat(200) });
    expect(console.text("stderr").slice(rewrite.length)).toHaveLength(79);
  });

  it("puts notes and data on lines of their own", () => {
    const { console, terminal } = open({ live: true });
    terminal.progress(event(1));
    terminal.note("note");
    expect(console.text("stderr")).toMatch(/rows\nnote\n$/);
  });
});

describe("progress in a log", () => {
  it.each([{ live: false }, { live: true, env: { TERM: "dumb" } }])(
    "writes whole lines for %o",
    (options) => {
      const { console, terminal } = open(options);
      for (const done of [0, 30, 60, 90]) {
        terminal.progress(event(done));
        console.wait(4_000);
      }
      terminal.progress(event(100));
      const shares = console.text("stderr").match(/\d+%/g);
      expect(shares).toEqual(["0%", "90%", "100%"]);
      expect(console.text("stderr")).not.toContain("\u001b");
    },
  );

  it("says that the work goes on after half a minute of silence", () => {
    const { console, terminal } = open();
    terminal.progress(event(0));
    for (let tick = 0; tick < 4; tick += 1) {
      console.wait(10_000);
      vi.advanceTimersByTime(10_000);
    }
    expect(console.text("stderr").trim().split("\n")).toEqual([
      "warmup    0% · 0 of 100 rows",
      "warmup    0% · 0 of 100 rows · working for 30 s",
    ]);
  });
});
