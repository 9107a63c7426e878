import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../spec/index.js";
import { isRejection } from "../rows.js";
import { call, dialogue, importAll, results, row } from "./fixture-rows.js";

describe("on any input", () => {
  const whole: JsonObject[] = [
    row(),
    dialogue(["user", "a"], ["assistant", call], ["tool", results], ["assistant", "b"]),
  ];

  it("importing never throws, and every row is imported or set aside", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const json: JsonValue[] = JSON.parse(JSON.stringify(values));
        const rows = new Set(
          importAll(...json).map((item) => (isRejection(item) ? item.row : item.origin.row)),
        );
        expect(rows.size).toBe(json.length);
      }),
    );
  });

  it("nor on rows of which a part was replaced, cut or removed", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.jsonValue(),
        fc.nat(),
        (base, place, replacement, cut) => {
          const value: JsonValue = JSON.parse(
            JSON.stringify(mutate(base, place, JSON.parse(JSON.stringify(replacement)), cut)),
          );
          const items = importAll(value);
          const rejections = items.filter(isRejection);
          expect(items.length).toBeGreaterThan(0);
          expect(rejections.every(({ row: at }) => at === 0)).toBe(true);
          for (const item of items) {
            if (!isRejection(item)) expect(item.messages.at(-1)?.role).toMatch(/user|tool/u);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The value with its part number `place` (counted through the tree) replaced, or a string cut. */
function mutate(value: JsonValue, place: number, replacement: JsonValue, cut: number): JsonValue {
  const total = count(value);
  let left = place % total;
  const walk = (part: JsonValue): JsonValue => {
    if (left-- === 0)
      return typeof part === "string" && cut % 2 === 0 ? part.slice(0, cut % (part.length + 1)) : replacement;
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part === "object" && part !== null) {
      return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item)]));
    }
    return part;
  };
  return walk(value);
}

function count(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, item) => sum + count(item), 0);
}
