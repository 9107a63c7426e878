/** A benchmark of four items of our own in the official layout, written to a folder. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const weather = {
  name: "weather.of",
  description: "Weather of a city.",
  parameters: {
    type: "dict",
    properties: {
      city: { type: "string", description: "City." },
      days: { type: "integer", description: "Days." },
    },
    required: ["city"],
  },
};

const files = {
  "BFCL_v4_simple_python.json": [
    {
      id: "simple_python_0",
      question: [[{ role: "user", content: "Weather in Oslo?" }]],
      function: [weather],
    },
    {
      id: "simple_python_1",
      question: [[{ role: "user", content: "Weather in Rome, 3 days?" }]],
      function: [weather],
    },
  ],
  "possible_answer/BFCL_v4_simple_python.json": [
    { id: "simple_python_0", ground_truth: [{ "weather.of": { city: ["Oslo"], days: ["", 1] } }] },
    { id: "simple_python_1", ground_truth: [{ "weather.of": { city: ["Rome"], days: [3] } }] },
  ],
  "BFCL_v4_irrelevance.json": [
    { id: "irrelevance_0", question: [[{ role: "user", content: "What is love?" }]], function: [weather] },
  ],
  "BFCL_v4_multi_turn_miss_func.json": [
    {
      id: "multi_turn_miss_func_0",
      question: [
        [{ role: "user", content: "Log in as USR001." }],
        [{ role: "user", content: "Greet USR002." }],
        [],
      ],
      initial_config: { MessageAPI: {} },
      involved_classes: ["MessageAPI"],
      missed_function: { "2": ["send_message"] },
    },
  ],
  "possible_answer/BFCL_v4_multi_turn_miss_func.json": [
    {
      id: "multi_turn_miss_func_0",
      ground_truth: [["message_login('USR001')"], [], ["send_message(receiver_id='USR002', message='Hi')"]],
    },
  ],
  "multi_turn_func_doc/message_api.json": [
    {
      name: "message_login",
      description: "Log in.",
      parameters: { type: "dict", properties: {}, required: [] },
    },
    {
      name: "send_message",
      description: "Send.",
      parameters: { type: "dict", properties: {}, required: [] },
    },
  ],
} as const;

/** Writes the files. @param simple Ids of simple items that all ask the same, in place of the two. */
export async function writeSmallData(folder: string, simple?: readonly string[]): Promise<void> {
  await mkdir(join(folder, "possible_answer"), { recursive: true });
  await mkdir(join(folder, "multi_turn_func_doc"));
  if (simple !== undefined) {
    const [item] = files["BFCL_v4_simple_python.json"];
    const [answer] = files["possible_answer/BFCL_v4_simple_python.json"];
    await writeRows(
      folder,
      "BFCL_v4_simple_python.json",
      simple.map((id) => ({ ...item, id })),
    );
    const answers = simple.map((id) => ({ ...answer, id }));
    await writeRows(folder, "possible_answer/BFCL_v4_simple_python.json", answers);
    return;
  }
  for (const [name, rows] of Object.entries(files)) {
    await writeRows(folder, name, rows);
  }
}

async function writeRows(folder: string, name: string, rows: readonly object[]): Promise<void> {
  await writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
