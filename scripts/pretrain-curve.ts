/**
 * Keeps the record of a pre-training run small enough for the repository: `tsx scripts/pretrain-curve.ts RUN FOLDER`
 * writes the measurements, the loss in at most 500 points, and a plot of both.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Plot from "@observablehq/plot";
import { Window } from "happy-dom";

interface Step {
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly tokens: number;
}

interface Measure {
  readonly tokens: number;
  readonly copyAccuracy: number;
  readonly tokenAccuracy: number;
  readonly exact: Readonly<Record<string, number>>;
}

interface Point {
  readonly tokens: number;
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
}

const POINTS = 500;
const [run, folder] = process.argv.slice(2);
if (run === undefined || folder === undefined) {
  console.error("usage: tsx scripts/pretrain-curve.ts RUN FOLDER");
  process.exit(2);
}
const points = thin(readRows<Step>(join(run, "metrics.jsonl")));
const measures = readRows<Measure>(join(run, "measures.jsonl"));
mkdirSync(folder, { recursive: true });
copyFileSync(join(run, "measures.jsonl"), join(folder, "measures.jsonl"));
writeFileSync(join(folder, "loss.csv"), toCsv(points));
writeFileSync(join(folder, "curve.svg"), drawCurves(points, measures));

function readRows<Row>(file: string): Row[] {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

/** Means over runs of steps, so that at most `POINTS` are left; tokens are counted without padding. */
function thin(steps: readonly Step[]): Point[] {
  const size = Math.ceil(steps.length / POINTS);
  let tokens = 0;
  const thinned: Point[] = [];
  for (let start = 0; start < steps.length; start += size) {
    const part = steps.slice(start, start + size);
    tokens += part.reduce((sum, step) => sum + step.tokens, 0);
    const { step, learningRate } = part.at(-1)!;
    thinned.push({
      tokens,
      step,
      learningRate,
      loss: part.reduce((sum, { loss }) => sum + loss, 0) / part.length,
    });
  }
  return thinned;
}

function toCsv(rows: readonly Point[]): string {
  const lines = rows.map(({ tokens, step, loss, learningRate }) =>
    [tokens, step, loss.toFixed(4), learningRate.toExponential(3)].join(","),
  );
  return `${["tokens,step,loss,learningRate", ...lines].join("\n")}\n`;
}

function drawCurves(rows: readonly Point[], measured: readonly Measure[]): string {
  const { document } = new Window();
  const shares = measured.flatMap(({ tokens, copyAccuracy, exact }) => [
    { tokens, name: "copied tokens", share: copyAccuracy },
    ...["single", "multiple", "parallel"].map((name) => ({
      tokens,
      name: `${name}, whole answer`,
      share: exact[name]!,
    })),
  ]);
  const plot = Plot.plot({
    document,
    width: 760,
    height: 380,
    marginRight: 150,
    style: { background: "white", fontFamily: "sans-serif" },
    x: { label: "million tokens", transform: (tokens: number) => tokens / 1e6 },
    y: { label: "share (unseen tools); mean loss of a response token, dashed", domain: [0, 1] },
    marks: [
      Plot.ruleY([0]),
      Plot.line(rows, { x: "tokens", y: "loss", stroke: "#999", strokeDasharray: "3 2", clip: true }),
      Plot.line(shares, { x: "tokens", y: "share", stroke: "name", marker: true }),
      Plot.text(
        shares,
        Plot.selectLast({ x: "tokens", y: "share", z: "name", text: "name", dx: 8, textAnchor: "start" }),
      ),
    ],
  });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${plot.outerHTML}\n`;
}
