import { describe, expect, it } from "vitest";
import { formatSeconds, ProgressMeter } from "./progress-meter.js";

const event = (done: number, stage = "warmup") => ({ stage, unit: "rows", done, total: 100 });

/** A meter that saw `done` rows in ten seconds, and its clock. */
function after10Seconds(done: number) {
  const clock = { now: 0 };
  const meter = new ProgressMeter(() => clock.now);
  meter.line(event(0));
  clock.now = 10_000;
  meter.line(event(done));
  return { meter, clock };
}

describe("ProgressMeter", () => {
  it("says nothing of the time left before it knows a rate", () => {
    expect(new ProgressMeter(() => 0).line(event(0))).toBe("warmup    0% · 0 of 100 rows");
  });

  it("estimates the time left from the rate so far", () => {
    const { meter } = after10Seconds(20);
    expect(meter.line({ ...event(20), note: "loss 0.5" })).toBe(
      "warmup   20% · 20 of 100 rows · 40 s left · loss 0.5",
    );
  });

  it("counts down between two events, and then says how long it waits", () => {
    const { meter, clock } = after10Seconds(20);
    clock.now = 25_000;
    expect(meter.line(event(20))).toBe("warmup   20% · 20 of 100 rows · 25 s left");
    clock.now = 55_000;
    expect(meter.line(event(20))).toBe("warmup   20% · 20 of 100 rows · working for 45 s");
  });

  it("weighs the recent rate more", () => {
    const clock = { now: 0 };
    const meter = new ProgressMeter(() => clock.now);
    meter.line(event(0));
    clock.now = 1_000;
    meter.line(event(10));
    clock.now = 81_000;
    const left = meter.secondsLeft(event(20))!;
    expect(left).toBeGreaterThan(80);
    expect(left).toBeLessThan(640);
  });

  it("says how long a stage took", () => {
    const { meter, clock } = after10Seconds(20);
    clock.now = 65_000;
    expect(meter.line(event(100))).toBe("warmup  100% · 100 of 100 rows · took 1 min 5 s");
  });

  it("counts where the total is not known", () => {
    const meter = new ProgressMeter(() => 0);
    expect(meter.line({ ...event(1500), total: 0 })).toBe("warmup  1,500 rows");
    expect(meter.line({ ...event(0, "prepare"), total: 0 })).toBe("prepare");
  });

  it("keeps stages apart, and the things that one stage counts", () => {
    const { meter } = after10Seconds(20);
    expect(meter.secondsLeft(event(100))).toBe(0);
    expect(meter.secondsLeft(event(1, "rank"))).toBeUndefined();
    expect(meter.secondsLeft({ ...event(30), unit: "steps" })).toBeUndefined();
  });

  it.each([
    [{ number: 3, count: 15 }, "3/15 warmup   20% · 20 of 100 rows · 40 s left"],
    [
      { number: 3, count: 15, secondsAfter: 200 },
      "3/15 warmup   20% · 20 of 100 rows · 40 s left, 4 min in all",
    ],
    // The stage will have taken 50 s; what comes after is twice its work.
    [{ number: 2, count: 15, workAfter: 2 }, "2/15 warmup   20% · 20 of 100 rows · 40 s left, 2 min in all"],
  ])("adds the place %o", (place, line) => {
    expect(after10Seconds(20).meter.line(event(20), place)).toBe(line);
  });

  it("expects the whole run before the stage has a rate of its own", () => {
    const place = { number: 9, count: 15, secondsOfStage: 30, secondsAfter: 15 };
    const line = new ProgressMeter(() => 0).line(event(0), place);
    expect(line).toBe("9/15 warmup    0% · 0 of 100 rows · 45 s left in all");
  });

  it.each([
    [0.2, "0 s"],
    [59.6, "1 min 0 s"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
  ])("formats %d seconds as %s", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});
