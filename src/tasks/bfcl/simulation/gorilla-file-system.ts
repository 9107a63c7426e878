/** `GorillaFileSystem`: a tree of files in memory. It has nothing to do with the disk of this machine. */
import type { CallArguments } from "../python/builtins.js";
import { ordered, truth } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import { contains } from "../python/evaluate.js";
import { fixedText } from "../python/number-text.js";
import { str } from "../python/repr.js";
import {
  codePointLength,
  compareText,
  splitLines,
  splitWords,
  stripCharacters,
  stripEnd,
} from "../python/text.js";
import { PythonDict, type PythonValue, typeName } from "../python/value.js";
import { failure, MethodTable, record, type SimulatedApi } from "./api.js";
import { textWith } from "./attribute.js";
import { Directory, File, type FileNode, loadRoot, sameTree, treeValue } from "./file-tree.js";
import type { SimulationProcess } from "./world.js";

const METHODS = new MethodTable<GorillaFileSystem>("GorillaFileSystem", {
  pwd: [[], (api) => record({ current_working_directory: api.path() })],
  ls: [[["a", false]], (api, [all]) => api.list(truth(all!))],
  cd: [["folder"], (api, [folder]) => api.changeDirectory(textWith(folder!, "rstrip"))],
  mkdir: [["dir_name"], (api, [name]) => api.make("mkdir", "create directory", name!)],
  touch: [["file_name"], (api, [name]) => api.make("touch", "touch", name!)],
  echo: [["content", ["file_name", null]], (api, [content, name]) => api.echo(content!, name!)],
  cat: [["file_name"], (api, [name]) => api.cat(name!)],
  find: [
    [
      ["path", "."],
      ["name", null],
    ],
    (api, [path, name]) => api.find(path!, name!),
  ],
  wc: [["file_name", ["mode", "l"]], (api, [name, mode]) => api.count(name!, mode!)],
  sort: [["file_name"], (api, [name]) => api.sort(name!)],
  grep: [["file_name", "pattern"], (api, [name, pattern]) => api.grep(name!, pattern!)],
  du: [[["human_readable", false]], (api, [readable]) => api.usage(truth(readable!))],
  tail: [["file_name", ["lines", 10n]], (api, [name, lines]) => api.tail(name!, lines!)],
  diff: [["file_name1", "file_name2"], (api, [one, other]) => api.diff(one!, other!)],
  mv: [["source", "destination"], (api, [source, destination]) => api.transfer("mv", source!, destination!)],
  cp: [["source", "destination"], (api, [source, destination]) => api.transfer("cp", source!, destination!)],
  rm: [["file_name"], (api, [name]) => api.remove(name!)],
  rmdir: [["dir_name"], (api, [name]) => api.removeDirectory(name!)],
});

/** Entries that one search or sum visits, at most: copies of directories share their contents, so trees can be huge. */
const MOST_VISITS = 200_000;

/** An instance of the class. */
export class GorillaFileSystem implements SimulatedApi {
  readonly className = "GorillaFileSystem";
  readonly methodNames = METHODS.names;
  readonly #root: Directory;
  readonly #longContext: boolean;
  #current: Directory;

  constructor(config: PythonDict, { padding }: SimulationProcess) {
    this.#root = loadRoot(config, padding);
    this.#longContext = padding !== undefined;
    this.#current = this.#root;
  }

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, args);
  }

  publicState(): [string, PythonValue][] {
    return [
      ["long_context", this.#longContext],
      ["root", treeValue(this.#root)],
    ];
  }

  differences(other: SimulatedApi): string[] {
    return other instanceof GorillaFileSystem && sameTree(this.#root, other.#root) ? [] : ["root"];
  }

  path(): string {
    const names: string[] = [];
    for (let at: Directory | undefined = this.#current; at !== undefined; at = at.parent) names.push(at.name);
    return `/${names.reverse().join("/")}`;
  }

  list(all: boolean): PythonValue {
    const names = [...this.#current.contents.keys()];
    return record({ current_directory_content: all ? names : names.filter((name) => !name.startsWith(".")) });
  }

  changeDirectory(given: string): PythonValue {
    const folder = stripEnd(given, "/") || "/";
    if (folder !== "/" && folder.includes("/")) {
      return failure(`cd: ${folder}: Unsupported path. Only one folder level at a time is supported.`);
    }
    if (folder === "..") return this.#changeUp();
    const target = this.#navigate(folder);
    if (!(target instanceof Directory)) return target;
    this.#current = target;
    return record({ current_working_directory: target.name });
  }

  #changeUp(): PythonValue {
    if (this.#current.parent !== undefined) {
      this.#current = this.#current.parent;
      return new PythonDict();
    }
    if (sameTree(this.#root, this.#current))
      return failure("Current directory is already the root. Cannot go back.");
    return failure("cd: ..: No such directory");
  }

  #navigate(path: PythonValue): Directory | PythonDict {
    if (path === null || path === ".") return this.#current;
    if (path === "/") return this.#root;
    const text = textWith(path, "strip");
    let at = text.startsWith("/") ? this.#root : this.#current;
    for (const name of stripCharacters(text, "/").split("/")) {
      const next = name === "." ? at : at.contents.get(name);
      if (!(next instanceof Directory)) return failure(`cd: '${text}': No such file or directory`);
      at = next;
    }
    return at;
  }

  /** The entry of a name here; a name that is no text is never there. @throws PythonError for one without a hash */
  #entry(name: PythonValue): FileNode | undefined {
    if (typeof name === "string") return this.#current.contents.get(name);
    new PythonDict().has(name);
    return undefined;
  }

  #file(name: PythonValue): File | undefined {
    const node = this.#entry(name);
    return node instanceof File ? node : undefined;
  }

  make(command: "mkdir" | "touch", action: string, name: PythonValue): PythonValue {
    if (!isValidName(name)) return failure(`${command}: cannot ${action} '${str(name)}': Invalid character`);
    if (this.#entry(name) !== undefined)
      return failure(`${command}: cannot ${action} '${str(name)}': File exists`);
    if (command === "mkdir") this.#current.addDirectory(requireText(name));
    else this.#current.addFile(requireText(name), "");
    return null;
  }

  echo(content: PythonValue, name: PythonValue): PythonValue {
    if (name === null) return record({ terminal_output: content });
    if (!isValidName(name)) return failure(`echo: cannot write to '${str(name)}': Invalid character`);
    if (!truth(name)) return record({ terminal_output: content });
    const node = this.#entry(name);
    if (node === undefined) return failure(`echo: cannot write to '${str(name)}': No such file`);
    if (node instanceof Directory) {
      throw new PythonError("AttributeError", "'Directory' object has no attribute '_write'");
    }
    node.content = content;
    return null;
  }

  cat(name: PythonValue): PythonValue {
    if (!isValidName(name)) return failure(`cat: '${str(name)}': Invalid character`);
    const node = this.#entry(name);
    if (node instanceof File) return record({ file_content: node.content });
    return failure(
      `cat: '${str(name)}': ${node === undefined ? "No such file or directory" : "Is a directory"}`,
    );
  }

  find(path: PythonValue, name: PythonValue): PythonValue {
    const target = this.#navigate(path);
    if (!(target instanceof Directory)) {
      const error = target.get("error");
      return failure(str(error ?? "").replace("cd:", "find:"));
    }
    const matches: PythonValue[] = [];
    const visits = new VisitBudget();
    const search = (directory: Directory, base: string, depth: number) => {
      for (const [entry, node] of directory.contents) {
        visits.spend(depth);
        const place = `${base}/${entry}`;
        if (name === null || contains(entry, name)) matches.push(place);
        if (node instanceof Directory) search(node, place, depth + 1);
      }
    };
    search(target, stripEnd(textWith(path, "rstrip"), "/"), 0);
    return record({ matches });
  }

  count(name: PythonValue, mode: PythonValue): PythonValue {
    if (mode !== "l" && mode !== "w" && mode !== "c") return failure(`wc: invalid mode '${str(mode)}'`);
    const file = this.#file(name);
    if (file === undefined) return failure(`wc: ${str(name)}: No such file or directory`);
    const { content } = file;
    if (mode === "l") return counted(splitLines(textWith(content, "splitlines")).length, "lines");
    if (mode === "w") return counted(splitWords(textWith(content, "split")).length, "words");
    return counted(lengthOf(content), "characters");
  }

  sort(name: PythonValue): PythonValue {
    const file = this.#file(name);
    if (file === undefined) return failure(`sort: ${str(name)}: No such file or directory`);
    const lines = splitLines(textWith(file.content, "splitlines")).toSorted(compareText);
    return record({ sorted_content: lines.join("\n") });
  }

  grep(name: PythonValue, pattern: PythonValue): PythonValue {
    const file = this.#file(name);
    if (file === undefined) return failure(`grep: ${str(name)}: No such file or directory`);
    const lines = splitLines(textWith(file.content, "splitlines"));
    return record({ matching_lines: lines.filter((line) => contains(line, pattern)) });
  }

  usage(readable: boolean): PythonValue {
    const visits = new VisitBudget();
    const sizeOf = (node: FileNode, depth: number): number => {
      visits.spend(depth);
      if (node instanceof File) return Buffer.byteLength(textWith(node.content, "encode"));
      return [...node.contents.values()].reduce((total, child) => total + sizeOf(child, depth + 1), 0);
    };
    const total = sizeOf(this.#current, 0);
    return record({ disk_usage: readable ? readableSize(total) : `${total} bytes` });
  }

  tail(name: PythonValue, lines: PythonValue): PythonValue {
    const file = this.#file(name);
    if (file === undefined) return failure(`tail: ${str(name)}: No such file or directory`);
    const all = splitLines(textWith(file.content, "splitlines"));
    const wanted = ordered(lines, ">", BigInt(all.length)) ? BigInt(all.length) : lines;
    if (typeof wanted !== "bigint" && typeof wanted !== "boolean") {
      throw new PythonError(
        "TypeError",
        "slice indices must be integers or None or have an __index__ method",
      );
    }
    // No lines at all and all of them are the same slice.
    const count = Number(wanted);
    return record({ last_lines: (count === 0 ? all : all.slice(-count)).join("\n") });
  }

  diff(one: PythonValue, other: PythonValue): PythonValue {
    const [first, second] = [this.#file(one), this.#file(other)];
    if (first === undefined || second === undefined) {
      return failure(`diff: ${str(one)} or ${str(other)}: No such file or directory`);
    }
    const lines = splitLines(textWith(first.content, "splitlines"));
    const others = splitLines(textWith(second.content, "splitlines"));
    const pairs = lines.slice(0, others.length).map((line, index) => [line, others[index]!] as const);
    const changed = pairs.filter(([line, partner]) => line !== partner);
    return record({ diff_lines: changed.map(([line, partner]) => `- ${line}\n+ ${partner}`).join("\n") });
  }

  transfer(command: "mv" | "cp", source: PythonValue, destination: PythonValue): PythonValue {
    const verb = command === "mv" ? "move" : "copy";
    const item = this.#entry(source);
    if (item === undefined)
      return failure(`${command}: cannot ${verb} '${str(source)}': No such file or directory`);
    if (contains(destination, "/")) {
      return failure(`${command}: path not allowed in destination. Provide only a file or directory name.`);
    }
    const target = this.#entry(destination);
    const [from, to] = [requireText(source), requireText(destination)];
    const done = command === "mv" ? "moved" : "copied";
    if (target === undefined) {
      this.#place(command, item, from, this.#current, to);
      return record({ result: `'${from}' ${done} to '${to}'` });
    }
    if (target instanceof File)
      return failure(`${command}: cannot ${verb} '${from}' to '${to}': Not a directory`);
    // The official copy looks for a name with a slash, which is never there, and fails while adding instead.
    if (command === "mv" && target.contents.has(from)) {
      return failure(`mv: cannot move '${from}' to '${to}/${from}': File exists`);
    }
    this.#place(command, item, from, target, from);
    return record({ result: `'${from}' ${done} to '${to}/${from}'` });
  }

  /** A moved directory keeps its contents, a copied one gets the same children in a list of its own. */
  #place(command: "mv" | "cp", item: FileNode, from: string, target: Directory, name: string): void {
    if (command === "mv") this.#current.contents.delete(from);
    if (item instanceof File) target.addFile(name, item.content);
    else target.addDirectory(name).contents = command === "mv" ? item.contents : new Map(item.contents);
  }

  remove(name: PythonValue): PythonValue {
    if (this.#entry(name) === undefined)
      return failure(`rm: cannot remove '${str(name)}': No such file or directory`);
    this.#current.contents.delete(requireText(name));
    return record({ result: `'${str(name)}' removed` });
  }

  removeDirectory(name: PythonValue): PythonValue {
    const node = this.#entry(name);
    const refuse = (why: string) => failure(`rmdir: cannot remove '${str(name)}': ${why}`);
    if (node === undefined) return refuse("No such file or directory");
    if (node instanceof File) return refuse("Not a directory");
    if (node.contents.size > 0) return refuse("Directory not empty");
    this.#current.contents.delete(requireText(name));
    return record({ result: `'${str(name)}' removed` });
  }
}

class VisitBudget {
  #left = MOST_VISITS;

  spend(depth: number): void {
    if (depth > 900 || this.#left-- <= 0) {
      throw new PythonError("RecursionError", "maximum recursion depth exceeded");
    }
  }
}

/** @throws PythonError (`TypeError`) for a name in which nothing can be looked for */
function isValidName(name: PythonValue): boolean {
  return [...'|/\\?%*:"><'].every((character) => !contains(name, character));
}

function requireText(name: PythonValue): string {
  if (typeof name === "string") return name;
  throw new PythonError("TypeError", `names of type '${typeName(name)}' are not simulated`);
}

function counted(count: number | bigint, type: string): PythonValue {
  return record({ count: BigInt(count), type });
}

function lengthOf(content: PythonValue): number {
  if (typeof content === "string") return codePointLength(content);
  if (Array.isArray(content)) return content.length;
  if (content instanceof PythonDict) return content.size;
  throw new PythonError("TypeError", `object of type '${typeName(content)}' has no len()`);
}

function readableSize(total: number): string {
  let size = total;
  for (const unit of ["B", "KB", "MB", "GB", "TB"]) {
    if (size < 1024) return `${fixedText(size, 2)} ${unit}`;
    size /= 1024;
  }
  return `${fixedText(size, 2)} PB`;
}
