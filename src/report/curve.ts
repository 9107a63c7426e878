/**
 * Thinning of a series of unknown length in one pass and constant memory: neighbouring points are merged in twos each
 * time the limit is reached, so every point stands for the same number of steps (the last one possibly for fewer).
 */
import type { Curve } from "./report-data.js";

/** Most points of a curve. A chart is narrower than this. */
export const curvePointLimit = 1000;

interface Point {
  readonly step: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Collects a series. */
export interface CurveBuilder {
  /** Values that are not finite are counted and left out. */
  add(step: number, value: number): void;
  build(metric: string): Curve;
}

/** A builder whose curve never has more than `limit` points (an even number ≥ 2). */
export function createCurveBuilder(limit: number = curvePointLimit): CurveBuilder {
  let width = 1;
  let notFinite = 0;
  let points: Point[] = [];
  const add = (step: number, value: number): void => {
    if (!Number.isFinite(value)) {
      notFinite++;
      return;
    }
    const single: Point = { step, mean: value, low: value, high: value, count: 1 };
    const last = points.at(-1);
    if (last !== undefined && last.count < width) {
      points[points.length - 1] = merge(last, single);
      return;
    }
    if (points.length === limit) {
      points = mergeNeighbours(points);
      width *= 2;
    }
    points.push(single);
  };
  return { add, build: (metric) => toCurve(metric, points, notFinite) };
}

function merge(left: Point, right: Point): Point {
  const count = left.count + right.count;
  const weighted = (a: number, b: number): number => (a * left.count + b * right.count) / count;
  return {
    step: weighted(left.step, right.step),
    mean: weighted(left.mean, right.mean),
    low: Math.min(left.low, right.low),
    high: Math.max(left.high, right.high),
    count,
  };
}

function mergeNeighbours(points: readonly Point[]): Point[] {
  const merged: Point[] = [];
  for (let i = 0; i < points.length; i += 2) merged.push(merge(points[i]!, points[i + 1]!));
  return merged;
}

function toCurve(metric: string, points: readonly Point[], notFinite: number): Curve {
  const steps = points.map((point) => Math.round(point.step * 100) / 100);
  const means = points.map((point) => round(point.mean));
  if (points.every((point) => point.count === 1)) return { metric, steps, means, notFinite };
  const lows = points.map((point) => round(point.low));
  const highs = points.map((point) => round(point.high));
  return { metric, steps, means, range: { lows, highs }, notFinite };
}

/** Six significant digits: more than a chart shows, and a third of the bytes. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
