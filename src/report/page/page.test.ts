// @vitest-environment happy-dom
import { h, render } from "preact";
import { afterEach, describe, expect, it } from "vitest";
import { inventRun } from "../../../test/fixtures/report-run.js";
import { buildReportData } from "../build-report-data.js";
import type { ClippedText, NodeView, ReportData } from "../report-data.js";
import { App } from "./app.js";
import { splitDifference } from "./difference.js";
import { duration, oneLine, points, significant, value, visible } from "./format.js";
import { openForPrint } from "./open-for-print.js";
import { flattenSettings } from "./settings.js";
import { depthFirst, mostVisitedLeaf, neighbour, pathTo } from "./tree-order.js";

const hostile = [
  '</script><script>document.title="run"</script>',
  '"><img src=x onerror="document.title=1">',
  "' onfocus=alert(1) autofocus x='",
  "<!-- <style>*{display:none}</style>",
  "&lt;b&gt; &amp; \u202egnp.exe \u2028",
];

let page: HTMLElement | undefined;
afterEach(() => {
  if (page !== undefined) render(null, page);
  page?.remove();
});

function show(data: ReportData): HTMLElement {
  page = document.createElement("div");
  document.body.append(page);
  render(h(App, { data }), page);
  return page;
}

async function dataOf(rounds: number, treesPerRound = 4): Promise<ReportData> {
  return buildReportData(inventRun({ rounds, treesPerRound, warmupSteps: 60 }));
}

const headings = (element: HTMLElement): string[] =>
  [...element.querySelectorAll("h2")].map((heading) => heading.textContent ?? "");

describe("App", () => {
  it("shows every part of a whole run, each with an explanation and a link to it", async () => {
    const element = show(await dataOf(1));
    expect(headings(element)).toEqual([
      "Scores",
      "Paired comparisons",
      "What goes wrong",
      "Training curves",
      "Perplexity of the hard set",
      "Search trees",
      "Preference pairs",
      "Rows set aside",
      "Time and sizes",
      "Settings",
    ]);
    for (const section of element.querySelectorAll("section")) {
      expect(section.querySelector(".explanation")?.textContent?.length).toBeGreaterThan(40);
      expect(element.querySelector(`nav a[href="#${section.id}"]`)).not.toBeNull();
    }
  });

  it("shows what is wrong on a benchmark, by category and by function", async () => {
    const element = show({
      ...(await dataOf(0)),
      benchmarks: [
        {
          name: "BFCL",
          correct: 5,
          total: 9,
          figures: [{ name: "Live", group: "now", accuracy: 0.5, low: 0.25, high: 0.75 }],
          categories: [
            { name: "simple_python", correct: 4, total: 6, deficiencies: { "argument-value": 2 } },
            { name: "irrelevance", correct: 1, total: 3, deficiencies: { "unexpected-call": 2 } },
          ],
          tools: [{ name: hostile.join(" "), deficiencies: { "argument-value": 2 } }],
          omittedTools: 7,
        },
      ],
    });
    const section = element.querySelector("#benchmarks")!;
    const rows = [...section.querySelectorAll("tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(section.querySelector("h3")?.textContent).toBe("BFCL: 5 of 9 items right");
    expect(rows).toContainEqual(["Live", "now", "50.0", "25.0 – 75.0"]);
    expect(rows).toContainEqual(["simple_python", "4 of 6", "2", "2", "0"]);
    expect(rows).toContainEqual(["irrelevance", "1 of 3", "2", "0", "2"]);
    expect(rows.at(-1)?.slice(1)).toEqual(["2", "2"]);
    expect(section.textContent).toContain("7 more functions with fewer are not shown");
    expect(element.querySelector("img, script")).toBeNull();
  });

  it("leaves out what there is not, and names it", async () => {
    const element = show(await dataOf(0));
    expect(headings(element)).not.toContain("Search trees");
    expect(element.querySelector("footer")?.textContent).toContain(
      "perplexity of the hard set, search trees, preference pairs",
    );
  });

  it("shows a run of nothing as a title", async () => {
    const empty = await dataOf(0);
    const element = show({
      ...empty,
      evaluations: [],
      comparisons: [],
      training: [],
      imports: { sources: [], rejected: 0, rules: [] },
      stages: [],
      settings: {},
      facts: [],
    });
    expect(headings(element)).toEqual([]);
    expect(element.querySelector("h1")?.textContent).toBe("nano on toolworld");
  });

  it("has one row of scores for each policy, with intervals, and says not run instead of zero", async () => {
    const data = await dataOf(10);
    const [base, ...others] = data.evaluations;
    const cut = { ...base!, categories: base!.categories.filter(({ name }) => name !== "refusal") };
    const element = show({ ...data, evaluations: [cut, ...others] });
    const rows = [...element.querySelectorAll("#scores > .scroll tbody tr")];
    expect(rows).toHaveLength(12);
    const cells = [...rows[0]!.querySelectorAll("td")].map((cell) => cell.textContent);
    expect(cells).toEqual([
      "55.050.7–59.3of 520",
      "30.926.0–35.8of 340",
      "21.916.7–27.1of 242",
      "not run",
      "42.139.5–44.8of 1,322",
    ]);
  });

  it("draws a chart for each category with a bar for each policy", async () => {
    const element = show(await dataOf(2));
    await settle();
    const charts = element.querySelectorAll("#scores .chart svg");
    expect(charts).toHaveLength(5);
    for (const chart of charts) expect(chart.querySelectorAll("g[aria-label=dot] circle")).toHaveLength(4);
  });

  it("shows hostile text as text, wherever it comes from", async () => {
    const element = show(poison(await dataOf(1)));
    await settle();
    for (const tag of ["script", "img", "b"]) expect(element.querySelector(tag)).toBeNull();
    const styles = [...element.querySelectorAll("style")].map((style) => style.textContent);
    expect(styles.filter((style) => style.includes("display:none"))).toEqual([]);
    const attributes = [...element.querySelectorAll("*")].flatMap((node) => [...node.attributes]);
    expect(attributes.filter(({ name }) => name.startsWith("on") || name === "autofocus")).toEqual([]);
    for (const part of ["header", "#scores", "#trees", "#pairs", "#imports", "#settings"]) {
      const text = element.querySelector(part)?.textContent ?? "";
      expect([part, text.includes(hostile[0]!), text.includes("\u202e")]).toEqual([part, true, false]);
    }
  });
});

describe("search trees", () => {
  it("shows the response of the node that is chosen in the table", async () => {
    const element = show(await dataOf(1));
    const card = element.querySelector("#trees .card")!;
    expect(card.querySelector(".response")?.textContent).toContain('date="2026-03-15"');
    const buttons = [...card.querySelectorAll<HTMLButtonElement>(".fragment button")];
    buttons.find((button) => button.textContent?.startsWith("I cannot"))!.click();
    await settle();
    expect(card.querySelector(".response mark")?.textContent).toBe("I cannot book tables.");
    expect(card.querySelectorAll("[aria-pressed=true], [aria-selected=true]")).toHaveLength(2);
  });

  it("is led through by arrow keys", async () => {
    const element = show(await dataOf(1));
    const chosen = element.querySelector("#trees .card [aria-selected=true]")!;
    chosen.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    await settle();
    expect(element.querySelector("#trees .response mark")?.textContent).toBe('date="2026-03-14", ');
  });

  const nodes = [node(0, null, 10), node(1, 0, 2), node(2, 0, 5), node(3, 2, 1), node(4, 2, 1)];

  it("lists a node above its children, the most visited first", () => {
    expect(depthFirst(nodes).map(({ node: { id }, depth }) => [id, depth])).toEqual([
      [0, 0],
      [2, 1],
      [3, 2],
      [4, 2],
      [1, 1],
    ]);
  });

  it.each([
    [3, [0, 2, 3]],
    [0, [0]],
    [9, []],
  ])("the path to %d is %j", (id, path) => {
    expect(pathTo(nodes, id).map((step) => step.id)).toEqual(path);
  });

  it("goes down where most visits went", () => expect(mostVisitedLeaf(nodes)).toBe(3));

  it.each([
    [2, "ArrowLeft", 0],
    [0, "ArrowLeft", 0],
    [0, "ArrowRight", 2],
    [3, "ArrowRight", 3],
    [2, "ArrowDown", 1],
    [1, "ArrowUp", 2],
    [1, "ArrowDown", 1],
    [1, "Enter", 1],
  ])("from %d %s leads to %d", (from, key, to) => expect(neighbour(nodes, from, key)).toBe(to));
});

describe("splitDifference", () => {
  it.each([
    [
      'date="2026-03-15", ',
      'date="2026-03-14", ',
      ['date="', "2026-03-15", '", '],
      ['date="', "2026-03-14", '", '],
    ],
    ["a=1)", "a=12)", ["a=", "1", ")"], ["a=", "12", ")"]],
    ["same", "same", ["same", "", ""], ["same", "", ""]],
    ["", "x", ["", "", ""], ["", "x", ""]],
    ["f(a, a)", "f(a)", ["f(", "a, a", ")"], ["f(", "a", ")"]],
    ["😀x", "😁x", ["", "😀x", ""], ["", "😁x", ""]],
  ])("%j and %j", (left, right, first, second) => {
    const [one, two] = splitDifference(left, right);
    expect([one.start, one.own, one.end]).toEqual(first);
    expect([two.start, two.own, two.end]).toEqual(second);
  });
});

describe("format", () => {
  it.each([
    [0.123, "+12.3"],
    [-0.123, "−12.3"],
    [-0.0001, "0.0"],
  ])("points of %d is %s", (share, text) => expect(points(share)).toBe(text));

  it.each([
    [0.44, "0.4 s"],
    [59.6, "1 min 0 s"],
    [185, "3 min 5 s"],
    [7500, "2 h 5 min"],
  ])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

  it("writes values and small numbers shortly", () => {
    expect([value(-0.004), value(-0.5), significant(0.000012345), significant(1234.5)]).toEqual([
      "0.00",
      "−0.50",
      "0.0000123",
      "1230",
    ]);
  });

  it.each([
    ["a\nb\tc", "a\nb\tc"],
    ["\u0000\u001b[31m", "␀␛[31m"],
    ["\u202eabc\u2066", "⟨U+202E⟩abc⟨U+2066⟩"],
    ["\ud83d", "⟨U+D83D⟩"],
    ["👨‍👩‍👧 می‌خواهم", "👨‍👩‍👧 می‌خواهم"],
  ])("%j is visible as %j", (text, shown) => expect(visible(text)).toBe(shown));

  it("cuts a label between characters", () => {
    expect(oneLine({ head: "a\n😀😀😀", omitted: 0, tail: "" }, 4)).toBe("a⏎😀…");
  });

  it("names settings as --set does", () => {
    expect(flattenSettings({ a: { b: 1, c: {} }, d: ["x"], e: "y", f: null })).toEqual([
      ["a.b", "1"],
      ["a.c", "{}"],
      ["d", '["x"]'],
      ["e", "y"],
      ["f", "null"],
    ]);
  });
});

describe("openForPrint", () => {
  it("opens marked disclosures for paper and closes them again", () => {
    document.body.innerHTML =
      "<details data-print></details><details data-print open></details><details></details>";
    openForPrint(window, document);
    const open = (): boolean[] =>
      [...document.querySelectorAll("details")].map((details) => details.hasAttribute("open"));
    window.dispatchEvent(new Event("beforeprint"));
    expect(open()).toEqual([true, true, false]);
    window.dispatchEvent(new Event("afterprint"));
    expect(open()).toEqual([false, true, false]);
    document.body.replaceChildren();
  });
});

/** Effects and signals draw after the next frame. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
}

function node(id: number, parent: number | null, visits: number): NodeView {
  const none: ClippedText = { head: "", omitted: 0, tail: "" };
  const zero = { q: 0, prior: 0, reward: 0, outcome: 0, value: 0, multiplicity: 1 };
  return {
    id,
    parent,
    visits,
    text: none,
    continuation: none,
    selfEvaluation: null,
    terminal: false,
    ...zero,
  };
}

/** Hostile text in place of every text that comes from a model, from data or from a file. */
function poison(data: ReportData): ReportData {
  const text = hostile.join(" ");
  const clipped: ClippedText = { head: text, omitted: 3, tail: text };
  return {
    ...data,
    title: text,
    facts: [{ label: text, value: text }],
    evaluations: data.evaluations.map((record) => ({
      ...record,
      policy: record.policy + text,
      categories: record.categories.map((score) => ({ ...score, name: score.name + text })),
      tags: record.tags.map((score) => ({ ...score, name: score.name + text })),
    })),
    comparisons: data.comparisons.map((comparison) => ({
      ...comparison,
      from: text,
      to: comparison.to + text,
    })),
    training: data.training.map((stage) => ({
      ...stage,
      stage: stage.stage + text,
      curves: stage.curves.map((curve) => ({ ...curve, metric: curve.metric + text })),
    })),
    rounds: data.rounds.map((round) => ({
      ...round,
      shownTrees: round.shownTrees.map((tree) => ({
        ...tree,
        exampleId: tree.exampleId + text,
        prompt: clipped,
        request: clipped,
        gold: clipped,
        nodes: tree.nodes.map((node) => ({ ...node, text: clipped, continuation: clipped })),
      })),
      shownPairs: round.shownPairs.map((pair) => ({
        ...pair,
        id: pair.id + text,
        exampleId: text,
        prompt: clipped,
        request: clipped,
        gold: clipped,
        prefix: clipped,
        chosen: clipped,
        rejected: { ...clipped, head: `x${text}` },
      })),
    })),
    imports: {
      sources: [{ file: text, read: 1, imported: 0, examples: 0 }],
      rejected: 1,
      rules: [
        { rule: text, count: 1, shown: [{ file: text, row: 0, field: text, rule: text, message: text }] },
      ],
    },
    stages: data.stages.map((stage) => ({ ...stage, stage: stage.stage + text, sizes: { [text]: 1 } })),
    settings: { [text]: text },
  };
}
