/** The home: scenes of devices, timed switches, music. */
import type { ApiDefinition, Input } from "../api.js";
import { all, anyOutput, asText, type Check, lenientDate, outcome, output, reads, same } from "../check.js";
import { contains, dictionaryIn, itemOf, itemsOf, textOf } from "../python/access.js";
import { printDate, readLenientDate } from "../python/date.js";
import { PythonError, raise } from "../python/error.js";
import { foldName, strip } from "../python/text.js";
import { copyValue, dictionaryOf, type PythonValue, typeName } from "../python/value.js";
import type { World } from "../world.js";

const folded = asText(foldName);
const named: Check = all(same("name", folded), outcome);

export const homeApis: readonly ApiDefinition[] = [
  {
    name: "AddScene",
    required: ["name", "devices"],
    run: addScene,
    check: all(reads("name", "devices"), same("name", folded), same("devices", devicesForm), anyOutput),
  },
  { name: "DeleteScene", required: ["name"], run: deleteScene, check: named },
  {
    name: "ModifyScene",
    required: ["name", "devices"],
    run: modifyScene,
    check: all(reads("name", "devices"), same("name", folded), same("devices", devicesForm), outcome),
  },
  { name: "QueryScene", required: ["name"], run: queryScene, check: named },
  {
    name: "TimedSwitch",
    required: ["name", "time", "on"],
    run: timedSwitch,
    check: all(
      reads("name", "time", "on"),
      same("name", folded),
      same("time", lenientDate("date-time")),
      same("on"),
      outcome,
    ),
  },
  {
    name: "CancelTimedSwitch",
    required: ["name", "time"],
    run: cancelTimedSwitch,
    check: all(reads("name", "time"), same("name", folded), same("time", lenientDate("date-time")), outcome),
  },
  { name: "PlayMusic", required: ["music_name"], run: playMusic, check: output },
];

function addScene(input: Input, world: World): PythonValue {
  const name = sceneName(input);
  const devices = checkedDevices(input.value("devices"));
  const scenes = world.database("Scenes");
  if (scenes.has(name)) raise("Scene name already exists.");
  scenes.set(name, devices);
  return "success";
}

function modifyScene(input: Input, world: World): PythonValue {
  const name = sceneName(input);
  const devices = checkedDevices(input.value("devices"));
  if (!world.database("Scenes").has(name)) raise("The scene does not exist.");
  world.database("Scenes").set(name, devices);
  return "success";
}

function deleteScene(input: Input, world: World): PythonValue {
  return world.database("Scenes").delete(sceneName(input)) ? "success" : raise("The scene does not exist.");
}

function queryScene(input: Input, world: World): PythonValue {
  const scene = world.database("Scenes").get(sceneName(input));
  return scene === undefined ? raise("Scene not found.") : copyValue(scene);
}

function sceneName(input: Input): string {
  const name = foldName(input.text("name"));
  return name === "" ? raise("Scene name cannot be empty.") : name;
}

/** The devices in order of name. A text is gone through by its characters, and no character is a device. */
function checkedDevices(devices: PythonValue): PythonValue[] {
  const names = new Set<string>();
  for (const device of itemsOf(devices)) {
    if (!contains(device, "name") || !contains(device, "description")) raise("Invalid device format.");
    const name = foldName(textOf(itemOf(device, "name")));
    dictionaryIn(device).set("name", name);
    dictionaryIn(device).set("description", strip(textOf(itemOf(device, "description"))));
    if (names.has(name)) raise("Device name cannot be duplicated.");
    names.add(name);
  }
  if (!Array.isArray(devices)) {
    throw new PythonError("AttributeError", `'${typeName(devices)}' object has no attribute 'sort'`);
  }
  return sortByName(devices);
}

function devicesForm(devices: PythonValue): PythonValue {
  const forms = itemsOf(devices).map((device) => {
    const form = copyValue(device);
    const name = foldName(textOf(itemOf(device, "name")));
    dictionaryIn(form).set("name", name);
    dictionaryIn(form).set("description", strip(textOf(itemOf(device, "description"))));
    return form;
  });
  return sortByName(forms);
}

function sortByName(devices: PythonValue[]): PythonValue[] {
  const key = (device: PythonValue) => textOf(itemOf(device, "name"));
  return devices.sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
}

function timedSwitch(input: Input, world: World): PythonValue {
  const name = foldName(input.text("name"));
  if (name === "") raise("Name cannot be empty.");
  const time = switchTime(input);
  const switches = world.database("TimeSwitch");
  const times = switches.get(name) ?? [];
  const same = itemsOf(times).find((item) => itemOf(item, "time") === time);
  if (same !== undefined) dictionaryIn(same).set("on", input.value("on"));
  else switches.set(name, [...itemsOf(times), dictionaryOf({ time, on: input.value("on") })]);
  return "success";
}

function cancelTimedSwitch(input: Input, world: World): PythonValue {
  const name = foldName(input.text("name"));
  if (name === "") raise("name cannot be empty.");
  const time = switchTime(input);
  const switches = world.database("TimeSwitch");
  if (!switches.has(name)) raise("device name does not exist.");
  const times = itemsOf(switches.get(name)!);
  const found = times.findIndex((item) => itemOf(item, "time") === time);
  if (found < 0) raise("time does not exist.");
  switches.set(
    name,
    times.filter((_, index) => index !== found),
  );
  return "success";
}

function switchTime(input: Input): string {
  return printDate(readLenientDate(input.text("time"), "date-time"), "date-time");
}

function playMusic(input: Input): PythonValue {
  const name = foldName(input.text("music_name"));
  return name === "" ? raise("The music name cannot be empty.") : `music://${name}`;
}
