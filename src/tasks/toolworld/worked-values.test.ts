import { describe, expect, it } from "vitest";
import { createRandom } from "../../method/index.js";
import type { JsonValue } from "../../spec/index.js";
import * as a from "./attribute.js";
import type { DrawnValue, NameOrder } from "./plain-values.js";
import { drawValue } from "./values.js";
import type { ArgumentWork } from "./work.js";

const today = "2026-03-14";

function draw(attribute: a.Attribute, work: ArgumentWork, order?: NameOrder): DrawnValue[] {
  const random = createRandom(17);
  return Array.from({ length: 150 }, () =>
    drawValue(attribute, work, { random, side: "training", today }, order),
  );
}

/** Independent readings of what is said: none shares code with the generator. */
const readers: readonly (readonly [ArgumentWork, a.Attribute, (said: string) => JsonValue])[] = [
  ["number-words", a.count("n", "", 1, 99), readNumberWords],
  ["clock-time", a.time("t"), readClock],
  ["written-date", a.date("d"), readWrittenDate],
  ["relative-date", a.date("d"), readRelativeDate],
  ["unit-conversion", a.measure("m", "{}", "grams", 1, 9), (said) => readUnits(said, { kilograms: 1000 })],
  ["unit-conversion", a.measure("m", "{}", "kilometres", 1, 9), (said) => readUnits(said, { metres: 0.001 })],
  [
    "unit-conversion",
    a.measure("m", "{}", "kilograms", 1, 9),
    (said) => readUnits(said, { grams: 0.001, tonnes: 1000 }),
  ],
  ["unit-conversion", a.measure("m", "{}", "centimetres", 1, 9), (said) => readUnits(said, { metres: 100 })],
  ["percent-fraction", a.fraction("f"), (said) => Number.parseInt(said, 10) / 100],
  ["duration", a.minutes("d"), readDuration],
  ["contact-assembly", a.email("e"), (said) => said.replace(" at ", "@").replace(" dot ", ".")],
  ["contact-assembly", a.phone("p"), (said) => said.replaceAll(" ", "-")],
  [
    "arithmetic-total",
    a.count("n", "", 2, 40),
    (said) =>
      said
        .split(" plus ")
        .map(Number)
        .reduce((x, y) => x + y),
  ],
  [
    "currency-code",
    a.currency("c"),
    (said) =>
      ({
        euros: "EUR",
        dollars: "USD",
        pounds: "GBP",
        yen: "JPY",
        francs: "CHF",
        rupees: "INR",
        yuan: "CNY",
        kronor: "SEK",
        zloty: "PLN",
        lira: "TRY",
        won: "KRW",
        pesos: "MXN",
      })[said] ?? "?",
  ],
  [
    "correction",
    a.name("n"),
    (said) => /^(\w+)(?:,? not| instead of| rather than| and not) \w+$/.exec(said)![1]!,
  ],
  ["list", a.words("w"), (said) => said.split(/, | and /)],
  ["list", a.numbers("w"), (said) => said.split(/, | and /).map(Number)],
  ["nested-object", a.record("r", "{}", a.name("street"), a.count("number", "", 1, 9)), readRecord],
  ["code", a.code("c"), (said) => said],
];

describe("what is said means what the call has", () => {
  it.each(readers)("%s of %o", (work, attribute, read) => {
    for (const { said, gold, works } of draw(attribute, work)) {
      expect(read(said), said).toEqual(gold);
      expect(works).toEqual([work]);
    }
  });

  it.each([
    ["last-first", /^(\S+) (\S+)$/, "$2, $1"],
    ["first-last", /^(\S+), (\S+)$/, "$2 $1"],
  ] as const)("name-order for %s", (order, pattern, replacement) => {
    for (const { said, gold } of draw(a.person("p"), "name-order", order)) {
      expect(said).toMatch(pattern);
      expect(said.replace(pattern, replacement)).toBe(gold);
    }
  });

  it("boolean-phrase", () => {
    for (const { phrase, gold } of draw(a.flag("f", "with it", "without it"), "boolean-phrase")) {
      expect(phrase).toBe(gold === true ? "with it" : "without it");
    }
  });

  it("arithmetic-total in two parts", () => {
    for (const { phrase, gold } of draw(
      a.total("g", "for {}", "for {} adults and {} children", 1, 9),
      "arithmetic-total",
    )) {
      const [, adults, children] = /^for (\d+) adults and (\d+) children$/.exec(phrase!)!;
      expect(Number(adults) + Number(children)).toBe(gold);
    }
  });

  it("enum-synonym by a table", () => {
    const meaning: Readonly<Record<string, string>> = {
      little: "small",
      tiny: "small",
      average: "medium",
      "mid-sized": "medium",
      big: "large",
      huge: "large",
    };
    for (const { said, gold } of draw(a.scale("s", "size"), "enum-synonym")) expect(meaning[said]).toBe(gold);
  });
});

function readNumberWords(said: string): number {
  const names =
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
      " ",
    );
  const tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
  return said
    .split("-")
    .reduce((sum, part) => sum + (names.indexOf(part) + 1 || 20 + 10 * tens.indexOf(part)), 0);
}

function readClock(said: string): string {
  const [, hour, minute = "00", half] = /^(\d+)(?::(\d+))? (am|pm)$/.exec(said)!;
  return `${String((Number(hour) % 12) + (half === "pm" ? 12 : 0)).padStart(2, "0")}:${minute}`;
}

function readWrittenDate(said: string): string {
  return new Date(`${said} UTC`).toISOString().slice(0, 10);
}

function readRelativeDate(said: string): string {
  const days: Readonly<Record<string, number>> = { today: 0, tomorrow: 1, "the day after tomorrow": 2 };
  const counted = /(\d+) days/.exec(said);
  const shift = days[said] ?? (counted === null ? undefined : Number(counted[1]));
  const date = new Date(Date.UTC(2026, 2, 14));
  if (shift !== undefined) date.setUTCDate(date.getUTCDate() + shift);
  else
    do date.setUTCDate(date.getUTCDate() + 1);
    while (!said.endsWith(date.toLocaleDateString("en-GB", { weekday: "long", timeZone: "UTC" })));
  return date.toISOString().slice(0, 10);
}

function readUnits(said: string, factors: Readonly<Record<string, number>>): number {
  const [number, unit] = said.split(" ");
  return Number((Number(number) * factors[unit!]!).toFixed(6));
}

function readDuration(said: string): number {
  if (said === "half an hour") return 30;
  const hours = said.startsWith("an hour") ? 1 : Number.parseInt(said, 10);
  const rest = /(\d+) minutes/.exec(said);
  return 60 * hours + (said.includes("and a half") ? 30 : 0) + (rest === null ? 0 : Number(rest[1]));
}

function readRecord(said: string): JsonValue {
  const [, street, number] = /^street (\w+) and number (\d+)$/.exec(said)!;
  return { street: street!, number: Number(number) };
}
