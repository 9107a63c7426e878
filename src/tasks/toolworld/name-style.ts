/** Spellings of tool names, in about the variety of ToolACE: mostly snake_case, some with spaces, dots or slashes. */
import type { Random } from "../../method/index.js";
import { drawWeighted } from "./options.js";

/** A way to put a verb and an object together. */
export type NameStyle = "snake" | "camel" | "pascal" | "title" | "dotted" | "path" | "kebab";

const STYLES: readonly (readonly [NameStyle, number])[] = [
  ["snake", 66],
  ["camel", 11],
  ["pascal", 4],
  ["title", 7],
  ["dotted", 6],
  ["path", 4],
  ["kebab", 2],
];

/** A style, by the weights above. */
export function drawNameStyle(random: Random): NameStyle {
  return drawWeighted(random, STYLES);
}

/** Verbs that a name may leave out, as in `Weather Forecast API`: the tool only tells something. */
const API_VERBS = new Set([
  "get",
  "find",
  "search",
  "check",
  "list",
  "fetch",
  "calculate",
  "estimate",
  "query",
]);

/** The name of a tool: `book_room`, `bookRoom`, `BookRoom`, `Book Room`, `room.book`, `/v1/room/book`, `book-room`. */
export function styleName(style: NameStyle, verb: string, nouns: readonly string[], random: Random): string {
  const all = [verb, ...nouns];
  switch (style) {
    case "snake":
      return all.join("_");
    case "camel":
      return verb + nouns.map(capitalize).join("");
    case "pascal":
      return all.map(capitalize).join("");
    case "title":
      return API_VERBS.has(verb) && random.uniform() < 0.4
        ? `${nouns.map(capitalize).join(" ")} API`
        : all.map(capitalize).join(" ");
    case "dotted":
      return `${nouns.join("_")}.${verb}`;
    case "path":
      return `/${random.choice(["v1", "v2", "api"])}/${nouns.join("_")}/${verb}`;
    case "kebab":
      return all.join("-");
  }
}

/** With a capital first letter. */
export function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
