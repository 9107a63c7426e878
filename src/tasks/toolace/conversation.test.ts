import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../spec/index.js";
import { readConversation } from "./conversation.js";

const turns = (roles: string): JsonValue =>
  [...roles].map((role) => ({
    from: { u: "user", a: "assistant", t: "tool", s: "system" }[role] ?? role,
    value: role,
  }));
const outcome = (value: JsonValue | undefined) => {
  const reading = readConversation(value);
  return reading.ok
    ? reading.value.map(({ role }) => role[0]).join("")
    : `${reading.problem.rule} ${reading.problem.field}`;
};

describe("readConversation", () => {
  it.each<[string]>([["ua"], ["uata"], ["uauatatauau"], ["uat"], ["uatata"]])(
    "reads the order %s",
    (roles) => {
      expect(outcome(turns(roles))).toBe(roles);
    },
  );

  it.each<[string, JsonValue | undefined, string]>([
    ["an absent field", undefined, "field-type conversations"],
    ["an object", {}, "field-type conversations"],
    ["an empty list", [], "no-turns conversations"],
    ["no assistant turn", turns("u"), "no-answer conversations"],
    ["an assistant turn first", turns("au"), "role-order conversations[0].from"],
    ["two user turns", turns("uua"), "role-order conversations[1].from"],
    ["two assistant turns", turns("uaa"), "role-order conversations[2].from"],
    ["a tool turn after the user", turns("uta"), "role-order conversations[1].from"],
    ["a user turn after the tool", turns("uatua"), "role-order conversations[3].from"],
    ["a system turn", turns("sua"), "role conversations[0].from"],
    ["a role of another format", [{ from: "human", value: "x" }], "role conversations[0].from"],
    ["an absent role", [{ value: "x" }], "role conversations[0].from"],
    ["a turn that is a string", ["x"], "field-type conversations[0]"],
    ["a turn that is null", [null], "field-type conversations[0]"],
    ["a text that is a number", [{ from: "user", value: 1 }], "field-type conversations[0].value"],
    ["an absent text", [{ from: "user" }], "field-type conversations[0].value"],
    ["a blank request", [{ from: "user", value: " \n" }], "empty-turn conversations[0].value"],
  ])("does not read %s", (_, value, expected) => {
    expect(outcome(value)).toBe(expected);
  });
});
