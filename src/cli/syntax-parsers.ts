/** Parsers of Java and JavaScript: tree-sitter with the grammars of the installed packages. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Language, Parser, type Tree } from "web-tree-sitter";
import type { SyntaxNode, SyntaxParser, SyntaxParsers } from "../tasks/bfcl/index.js";

/** Longest source that is parsed, in UTF-16 units; a longer one is an error node. */
const LONGEST = 100_000;

/** Calls of the progress callback after which a parse is given up: error recovery can take very long. */
const MOST_PROGRESS = 20_000;

/** Loads both grammars. A tree is valid until the same parser is called again. */
export async function loadSyntaxParsers(): Promise<SyntaxParsers> {
  await Parser.init();
  const [java, javascript] = await Promise.all([
    loadParser("tree-sitter-java/tree-sitter-java.wasm"),
    loadParser("tree-sitter-javascript/tree-sitter-javascript.wasm"),
  ]);
  return { java, javascript };
}

async function loadParser(file: string): Promise<SyntaxParser> {
  const require = createRequire(import.meta.url);
  const language = await Language.load(await readFile(require.resolve(file)));
  const parser = new Parser();
  parser.setLanguage(language);
  let last: Tree | null = null;
  return (source) => {
    last?.delete();
    last = source.length > LONGEST ? null : parse(parser, source);
    return last === null ? REFUSED : last.rootNode;
  };
}

function parse(parser: Parser, source: string): Tree | null {
  let progress = 0;
  const tree = parser.parse(source, null, { progressCallback: () => ++progress > MOST_PROGRESS });
  if (tree === null) parser.reset();
  return tree;
}

/** Stands for the tree of a source that was not parsed to its end. */
const REFUSED: SyntaxNode = {
  type: "ERROR",
  startIndex: 0,
  endIndex: 0,
  childCount: 0,
  isError: true,
  hasError: true,
  children: [],
  childForFieldName: () => null,
};
