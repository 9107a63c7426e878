/** A bar chart as SVG text. */
import { escapeHtml } from "./static-page.js";

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly count: number;
}

const width = 420;
const height = 170;
const left = 46;
const bottom = 26;
const top = 10;
/** Of the labels, about. */
const widthOfLetter = 6;

/** The bars from left to right over their labels, of which as many are written as have room. */
export function barChart(bars: readonly Bar[], description: string): string {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const step = (width - left) / Math.max(1, bars.length);
  const longest = Math.max(...bars.map(({ label }) => label.length));
  const stride = Math.ceil((12 + widthOfLetter * longest) / step);
  const parts = bars.map(({ label, count }, index) => {
    const size = ((height - bottom - top) * count) / most;
    const x = left + index * step;
    const bar = `<rect class="bar" x="${round(x + 1)}" y="${round(height - bottom - size)}" width="${round(Math.max(1, step - 2))}" height="${round(size)}"><title>${escapeHtml(label)}: ${count}</title></rect>`;
    const text =
      index % stride === 0
        ? `<text x="${round(x + step / 2)}" y="${height - 8}" text-anchor="middle">${escapeHtml(label)}</text>`
        : "";
    return bar + text;
  });
  const axis = [...new Set([0, Math.round(most / 2), most])].map((value) => {
    const y = round(height - bottom - ((height - bottom - top) * value) / most);
    return `<line x1="${left}" x2="${width}" y1="${y}" y2="${y}"/><text x="${left - 6}" y="${y + 4}" text-anchor="end">${short(value)}</text>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(description)}">${axis.join("")}${parts.join("")}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** 1.2k for 1,200. */
function short(value: number): string {
  if (value >= 1e6) return `${round(value / 1e6)}M`;
  return value >= 1e3 ? `${round(value / 1e3)}k` : String(round(value));
}
