/** The two searches: for documents, and for tools. */
import { type ApiDefinition, type Input, ServiceOffline } from "../api.js";
import { all, outcome, sameException, sameName } from "../check.js";
import { itemOf, itemsOf, textOf } from "../python/access.js";
import { PythonError } from "../python/error.js";
import { foldName } from "../python/text.js";
import { copyValue, type PythonDictionary, type PythonValue, pythonEqual } from "../python/value.js";
import { type Bm25, createBm25 } from "../retrieval/bm25.js";
import { possibleOutputs, toolNames, toolOutput } from "../retrieval/tool-library.js";
import { treebankWords } from "../retrieval/treebank-words.js";
import type { World } from "../world.js";

export const searchApis: readonly ApiDefinition[] = [
  {
    name: "SearchEngine",
    required: ["keyword"],
    run: searchDocuments,
    check: all(sameName, sameException, sameDocuments),
  },
  {
    name: "ToolSearcher",
    required: ["keywords"],
    run: searchTools,
    check: outcome,
    strictCheck: sameTools,
  },
];

/** How many documents a search returns. */
const documentCount = 2;

/** The two best documents; of equal scores the earlier document first (there: as NumPy's sort leaves them). */
function searchDocuments(input: Input, world: World): PythonValue {
  const engine = world.fixed("SearchEngine");
  const documents = itemsOf(itemOf(engine, "raw_documents"));
  const scores = scorerOf(itemOf(engine, "tokenized_documents"))(
    treebankWords(foldName(input.text("keyword"))),
  );
  return [...documents.keys()]
    .sort((one, other) => scores[other]! - scores[one]! || one - other)
    .slice(0, documentCount)
    .map((index) => copyValue(documents[index]!));
}

const scorers = new WeakMap<object, Bm25>();

/** Built once for each database. */
function scorerOf(documents: PythonValue): Bm25 {
  const lists = itemsOf(documents);
  const scorer = scorers.get(lists) ?? createBm25(lists.map((words) => itemsOf(words).map(textOf)));
  scorers.set(lists, scorer);
  return scorer;
}

function sameDocuments(response: PythonDictionary, recorded: PythonDictionary): boolean {
  const [one, other] = [response, recorded].map((result) => inOrder(itemOf(result, "output")));
  return one !== undefined && other !== undefined && pythonEqual(one, other);
}

/** Documents in order of title and abstract: the ranking does not count. */
function inOrder(documents: PythonValue): PythonValue[] | undefined {
  if (documents === null) return undefined;
  const key = (document: PythonValue) =>
    textOf(itemOf(document, "title")) + textOf(itemOf(document, "abstract"));
  return [...itemsOf(documents)].sort((one, other) =>
    key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0,
  );
}

function searchTools(input: Input, world: World): PythonValue {
  const keywords = input.text("keywords");
  if (world.searchTools === undefined)
    throw new ServiceOffline("ToolSearcher", possibleOutputs(world.library));
  const best = world.searchTools(keywords);
  if (best !== undefined) return toolOutput(best, world.library);
  throw new PythonError("AttributeError", "'NoneType' object has no attribute 'pop'");
}

/** The same APIs, though their descriptions were reworded since the dialogues were recorded. */
function sameTools(response: PythonDictionary, recorded: PythonDictionary): boolean {
  const names = (result: PythonDictionary) => toolNames(itemOf(result, "output"));
  return pythonEqual(names(response), names(recorded)) && sameException(response, recorded);
}
