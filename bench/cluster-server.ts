/** The server of `bench/cluster.ts`: `cluster-server.ts FOLDER DELAY-MS VOCABULARY`. Writes its address; ends with its input. */
import { openEngine } from "../src/engine/index.js";
import { FakeServer } from "../test/support/tinker/fake-server.js";

const [folder = "", delay = "200", vocabulary = "64"] = process.argv.slice(2);
const vocabularySize = Number(vocabulary);
const server = await FakeServer.start({
  flavour: "hosted",
  open: (weights) =>
    openEngine({
      kind: "scripted",
      vocabularySize,
      contextLength: 256,
      ...(weights !== undefined && { weights }),
    }),
  model: "bench",
  folder,
  resultDelay: Number(delay),
});
process.stdout.write(`${server.url}\n`);
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
