/** Files and directories in memory. */
import { equals } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import { repr } from "../python/repr.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import { dictWith, textWith } from "./attribute.js";
import { fieldOf } from "./field.js";
import type { LongContextTables } from "./world.js";

/** A file or a directory. */
export type FileNode = File | Directory;

/** A file; its content may be any value that a model wrote. */
export class File {
  readonly name: string;
  content: PythonValue;

  constructor(name: string, content: PythonValue) {
    this.name = name;
    this.content = content;
  }
}

/** A directory; the contents of a moved or copied one may be shared, and keep their old parent. */
export class Directory {
  readonly name: string;
  readonly parent: Directory | undefined;
  contents = new Map<string, FileNode>();

  constructor(name: string, parent: Directory | undefined) {
    this.name = name;
    this.parent = parent;
  }

  /** @throws PythonError (`ValueError`) where the name is taken */
  addFile(name: string, content: PythonValue): void {
    this.#requireFree("File", name);
    this.contents.set(name, new File(name, content));
  }

  /** @throws PythonError (`ValueError`) where the name is taken */
  addDirectory(name: string): Directory {
    this.#requireFree("Directory", name);
    const directory = new Directory(name, this);
    this.contents.set(name, directory);
    return directory;
  }

  #requireFree(kind: string, name: string): void {
    if (!this.contents.has(name)) return;
    throw new PythonError("ValueError", `${kind} '${name}' already exists in directory '${this.name}'.`);
  }
}

/** The tree of an initial state; without one an empty directory `/`. */
export function loadRoot(config: PythonDict, padding: LongContextTables | undefined): Directory {
  const root = config.get("root");
  if (root === undefined) return new Directory("/", undefined);
  const [first] = dictWith(root, "keys").entries();
  if (first === undefined) throw new PythonError("IndexError", "list index out of range");
  const directory = new Directory(textWith(first[0], "name"), undefined);
  fill(directory, dictWith(fieldOf(first[1], "contents"), "items"), padding);
  return directory;
}

/** With padding, files end in a long text, and directories without directories hold many images. */
function fill(directory: Directory, contents: PythonDict, padding: LongContextTables | undefined): void {
  let bottommost = true;
  for (const [key, data] of contents.entries()) {
    const name = typeof key === "string" ? key : repr(key);
    const type = fieldOf(data, "type");
    if (type === "directory") {
      bottommost = false;
      const child = new Directory(name, directory);
      fill(child, dictWith(fieldOf(data, "contents"), "items"), padding);
      directory.contents.set(name, child);
    } else if (type === "file") {
      const content = fieldOf(data, "content");
      directory.contents.set(
        name,
        new File(name, padding === undefined ? content : padded(name, content, padding)),
      );
    }
  }
  if (!bottommost || padding === undefined) return;
  for (const name of padding.list("POPULATE_FILE_EXTENSION")) directory.addFile(textWith(name, "name"), "");
}

function padded(name: string, content: PythonValue, padding: LongContextTables): PythonValue {
  if (typeof content !== "string" || padding.list("FILES_TAIL_USED").includes(name)) return content;
  return content + padding.text("FILE_CONTENT_EXTENSION");
}

/** Pairs of nodes that a comparison looks at, at most. */
const MOST_PAIRS = 200_000;

/** Whether two trees have the same names and contents, in any order; trees too large to compare are not the same. */
export function sameTree(one: Directory, other: Directory): boolean {
  let pairs = 0;
  const same = (first: FileNode, second: FileNode | undefined, depth: number): boolean => {
    if (first === second) return true;
    if (++pairs > MOST_PAIRS || depth > 900) return false;
    if (first instanceof File) {
      return second instanceof File && first.name === second.name && equals(first.content, second.content);
    }
    if (!(second instanceof Directory) || first.name !== second.name) return false;
    if (first.contents.size !== second.contents.size) return false;
    for (const [name, node] of first.contents)
      if (!same(node, second.contents.get(name), depth + 1)) return false;
    return true;
  };
  return same(one, other, 0);
}

/** The tree as a value: `type`, `name` and `contents` of directories, `content` of files. */
export function treeValue(root: Directory): PythonValue {
  let nodes = 0;
  const value = (node: FileNode, depth: number): PythonValue => {
    if (++nodes > MOST_PAIRS || depth > 900) throw new PythonError("RecursionError", "");
    if (node instanceof File)
      return PythonDict.from({ type: "file", name: node.name, content: node.content });
    const contents = PythonDict.of(
      [...node.contents].map(([name, child]) => [name, value(child, depth + 1)]),
    );
    return PythonDict.from({ type: "directory", name: node.name, contents });
  };
  return value(root, 0);
}
