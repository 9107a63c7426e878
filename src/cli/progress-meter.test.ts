import { describe, expect, it } from "vitest";
import { formatSeconds, ProgressMeter } from "./progress-meter.js";

const event = (done: number, stage = "warmup") => ({ stage, unit: "rows", done, total: 100 });

describe("ProgressMeter", () => {
  it("says nothing of the time left before it knows a rate", () => {
    expect(new ProgressMeter(() => 0).line(event(0))).toBe("warmup    0% · 0 of 100 rows");
  });

  it("estimates the time left from the rate so far", () => {
    let now = 0;
    const meter = new ProgressMeter(() => now);
    meter.line(event(0));
    now = 10_000;
    expect(meter.line({ ...event(20), note: "loss 0.5" })).toBe(
      "warmup   20% · 20 of 100 rows · 40 s left · loss 0.5",
    );
  });

  it("weighs the recent rate more", () => {
    let now = 0;
    const meter = new ProgressMeter(() => now);
    meter.line(event(0));
    now = 1_000;
    meter.line(event(10));
    now = 81_000;
    const left = meter.secondsLeft(event(20))!;
    expect(left).toBeGreaterThan(80);
    expect(left).toBeLessThan(640);
  });

  it("counts where the total is not known", () => {
    expect(new ProgressMeter(() => 0).line({ ...event(1500), total: 0 })).toBe("warmup  1,500 rows");
  });

  it("keeps stages apart and knows when one is done", () => {
    const meter = new ProgressMeter(() => 0);
    expect(meter.secondsLeft(event(100))).toBe(0);
    expect(meter.secondsLeft(event(1, "rank"))).toBeUndefined();
  });

  it.each([
    [0.2, "0 s"],
    [59.6, "1 min 0 s"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
  ])("formats %d seconds as %s", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});
