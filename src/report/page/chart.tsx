/**
 * A chart of Observable Plot that follows the width of its place. What it shows is also in words in its label, and in
 * numbers in a table near it.
 */
import { type PlotOptions, plot } from "@observablehq/plot";
import { useEffect, useRef } from "preact/hooks";

/** Options of a chart for a width in CSS pixels. */
export type ChartOptions = (width: number) => PlotOptions;

/** A figure with its heading above it. `label` says to a screen reader what the chart shows. */
export function Chart(props: {
  readonly title: string;
  readonly label: string;
  readonly options: ChartOptions;
}) {
  const place = useRef<HTMLDivElement>(null);
  const { options } = props;
  useEffect(() => {
    const element = place.current;
    return element === null ? undefined : drawAndFollow(element, options);
  }, [options]);
  return (
    <figure class="chart">
      <figcaption>{props.title}</figcaption>
      <div ref={place} role="img" aria-label={props.label} />
    </figure>
  );
}

/** Draws now and at every change of width; returns what ends it. */
function drawAndFollow(element: HTMLElement, options: ChartOptions): () => void {
  let drawnWidth = 0;
  const draw = (): void => {
    const width = Math.round(element.clientWidth) || defaultWidth;
    if (width === drawnWidth) return;
    drawnWidth = width;
    element.replaceChildren(plot({ ...sharedOptions, ...options(width), width }));
  };
  draw();
  const observer = new ResizeObserver(draw);
  observer.observe(element);
  return () => observer.disconnect();
}

/** For places without a layout, such as tests. */
const defaultWidth = 320;

const sharedOptions: PlotOptions = {
  height: 196,
  marginTop: 26,
  marginRight: 12,
  marginBottom: 34,
  marginLeft: 44,
  style: {
    background: "none",
    color: "var(--muted)",
    fontSize: "11px",
    fontFamily: "inherit",
    overflow: "visible",
  },
};

/**
 * The scale of a horizontal axis of policies: one place for each. Names are slanted where they would touch, and some are
 * left out where even that is not enough.
 */
export function policyAxis(
  policies: readonly string[],
  width: number,
): Pick<PlotOptions, "x" | "marginBottom"> {
  const room = (width - 56) / policies.length;
  const slanted = room < 48;
  const stride = Math.ceil(14 / room);
  return {
    marginBottom: slanted ? 48 : 34,
    x: {
      type: "point",
      domain: policies,
      ticks: policies.filter((_, index) => index % stride === 0),
      label: null,
      padding: 0.6,
      tickSize: 3,
      tickRotate: slanted ? -50 : 0,
    },
  };
}
