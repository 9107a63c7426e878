import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../spec/index.js";
import { nativeTools } from "./native-tools.js";
import { documentsFor } from "./prompt.js";

/** The properties of one function's tool. */
function cast(properties: JsonObject): unknown {
  const [tool] = nativeTools([{ name: "a.b", description: "d", parameters: { type: "dict", properties } }]);
  return tool!.parameters.properties;
}

describe("nativeTools", () => {
  it.each([
    ["integer", "integer"],
    ["long", "integer"],
    ["Bigint", "integer"],
    ["double", "number"],
    ["bool", "boolean"],
    ["tuple", "array"],
    ["ArrayList", "array"],
    ["dict", "object"],
    ["HashMap", "object"],
    ["any", "string"],
    ["char", "string"],
    ["Set", "string"],
    ["constructor", "string"],
  ])("writes %s as %s", (type, expected) => {
    expect(cast({ x: { type, description: "." } })).toEqual({ x: { type: expected, description: "." } });
  });

  it("marks floats, and takes a parameter without a type for a string", () => {
    expect(cast({ x: { type: "float", description: "Rate.", default: 0.5 }, y: {} })).toEqual({
      x: {
        type: "number",
        format: "float",
        description: "Rate. The value is a floating-point number.",
        default: 0.5,
      },
      y: { type: "string" },
    });
  });

  it("looks into objects and items as far as the official code does", () => {
    expect(
      cast({
        x: { type: "dict", properties: { y: { type: "tuple", items: { type: "float" } } } },
        z: { type: "array", items: { type: "dict", properties: { w: { type: "any" } } } },
        v: { type: "array", items: { type: "list", items: { type: "long", items: { type: "long" } } } },
      }),
    ).toEqual({
      x: { type: "object", properties: { y: { type: "array", items: { type: "number" } } } },
      z: { type: "array", items: { type: "object", properties: { w: { type: "string" } } } },
      v: { type: "array", items: { type: "array", items: { type: "integer", items: { type: "long" } } } },
    });
  });

  it("writes points in names as underscores, and keeps what a function returns", () => {
    const response = { type: "dict", properties: {} };
    const doc = { name: "a.b.c", description: "d", parameters: { type: "dict", properties: {} }, response };
    expect(nativeTools([doc])).toEqual([
      { name: "a_b_c", description: "d", parameters: { type: "object", properties: {} }, response },
    ]);
  });

  it("offers values of Java as texts", () => {
    const properties = { xs: { type: "ArrayList", description: "Xs.", items: { type: "String" } } };
    const doc = { name: "f", description: "d", parameters: { type: "dict", properties, required: ["xs"] } };
    const [tool] = nativeTools(documentsFor("simple_java", [doc]));
    expect(tool!.parameters).toMatchObject({ properties: { xs: { type: "string" } }, required: ["xs"] });
    expect(tool!.parameters).not.toHaveProperty("properties.xs.items");
  });
});
