import { expect, it } from "vitest";
import { createChannel } from "./channel.js";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

it("gives the items in order, then ends", async () => {
  const channel = createChannel<number>();
  const reading = collect(channel);
  for (const item of [1, 2, 3]) await channel.push(item);
  channel.end();
  expect(await reading).toEqual([1, 2, 3]);
});

it("makes the producer wait for the consumer", async () => {
  const channel = createChannel<number>();
  let pushed = false;
  const pushing = channel.push(1).then(() => {
    pushed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(pushed).toBe(false);
  const reading = collect(channel);
  await pushing;
  channel.end();
  expect(await reading).toEqual([1]);
});

it("passes a failure of the producer on", async () => {
  const channel = createChannel<number>();
  const reading = collect(channel);
  await channel.push(1);
  channel.end(new Error("no more"));
  await expect(reading).rejects.toThrow("no more");
});

it("refuses items when the consumer has stopped", async () => {
  const channel = createChannel<number>();
  const pushing = Promise.allSettled([channel.push(1), channel.push(2)]);
  for await (const _ of channel) break;
  expect((await pushing).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  await expect(channel.push(3)).rejects.toThrow("the reader of this channel has stopped");
});
