/** For tests: random values, and their exact form for comparison. */
import fc from "fast-check";
import type { Literal } from "../../src/spec/index.js";

/** Any literal that a text can hold: finite floats, integers of any size, strings with every kind of character. */
export const anyLiteral: fc.Arbitrary<Literal> = fc.letrec<{ literal: Literal }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constant<Literal>({ kind: "null" }),
    fc.boolean().map((value): Literal => ({ kind: "boolean", value })),
    fc.bigInt().map((value): Literal => ({ kind: "integer", value })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): Literal => ({ kind: "float", value })),
    fc.string({ unit: "binary" }).map((value): Literal => ({ kind: "string", value })),
    fc
      .string({ unit: fc.constantFrom(..."\"'\\\n\r\t\0xun{}[](),= ", "\ud800", "é", "🙂") })
      .map((value): Literal => ({ kind: "string", value })),
    fc
      .tuple(fc.constantFrom("list", "tuple", "set"), fc.array(tie("literal"), { maxLength: 4 }))
      .map(([kind, items]): Literal => ({ kind, items })),
    fc
      .array(fc.record({ key: tie("literal"), value: tie("literal") }), { maxLength: 4 })
      .map((entries): Literal => ({ kind: "dict", entries })),
  ),
})).literal;

/** Kind and value without source, in the form of the golden file. */
export function typed(literal: Literal): unknown {
  switch (literal.kind) {
    case "null":
      return ["null"];
    case "integer":
      return ["integer", literal.value.toString()];
    case "dict":
      return ["dict", literal.entries.map(({ key, value }) => [typed(key), typed(value)])];
    case "list":
    case "tuple":
    case "set":
      return [literal.kind, literal.items.map(typed)];
    default:
      return [literal.kind, literal.value];
  }
}
