/**
 * Verbs: what tools do. Verbs of one group are near in meaning, so no row offers two of a group for one object.
 */

/** Groups of verbs that a request could confuse. */
export type VerbGroup =
  | "retrieve"
  | "create"
  | "change"
  | "remove"
  | "send"
  | "compute"
  | "start"
  | "stop"
  | "confirm"
  | "pay"
  | "rate"
  | "track";

interface Verb {
  readonly group: VerbGroup;
  /** How tool names write it; the first most often. */
  readonly names: readonly string[];
  /** How requests say it; the first is the word of the name. */
  readonly says: readonly string[];
}

const VERBS = {
  find: { group: "retrieve", names: ["find", "search", "lookup"], says: ["find", "look for", "search for"] },
  search: {
    group: "retrieve",
    names: ["search", "find", "query"],
    says: ["search for", "find", "look for", "look up"],
  },
  get: {
    group: "retrieve",
    names: ["get", "fetch", "read"],
    says: ["get", "fetch", "look up"],
  },
  list: { group: "retrieve", names: ["list", "get", "show"], says: ["list", "show"] },
  check: { group: "retrieve", names: ["check", "get", "inspect"], says: ["check", "look up", "check on"] },
  book: { group: "create", names: ["book", "reserve"], says: ["book", "reserve"] },
  create: { group: "create", names: ["create", "make"], says: ["create", "make", "set up"] },
  add: { group: "create", names: ["add", "insert"], says: ["add", "put in", "enter"] },
  order: { group: "create", names: ["order", "buy"], says: ["order", "buy"] },
  schedule: { group: "create", names: ["schedule", "plan"], says: ["schedule", "plan", "arrange"] },
  register: { group: "create", names: ["register", "enroll"], says: ["register", "sign up", "enter"] },
  open: { group: "create", names: ["open", "create"], says: ["open", "set up"] },
  log: { group: "create", names: ["log", "record"], says: ["log", "record", "note down"] },
  upload: { group: "create", names: ["upload", "store"], says: ["upload", "store", "save"] },
  assign: { group: "create", names: ["assign", "allocate"], says: ["assign", "allocate"] },
  update: { group: "change", names: ["update", "change", "edit"], says: ["update", "change", "edit"] },
  change: { group: "change", names: ["change", "modify"], says: ["change", "modify", "alter"] },
  set: { group: "change", names: ["set", "adjust"], says: ["set", "adjust"] },
  move: { group: "change", names: ["move", "shift"], says: ["move", "shift"] },
  rename: { group: "change", names: ["rename", "retitle"], says: ["rename", "give a new name to"] },
  extend: { group: "change", names: ["extend", "renew"], says: ["extend", "renew", "prolong"] },
  cancel: { group: "remove", names: ["cancel", "drop"], says: ["cancel", "call off"] },
  delete: { group: "remove", names: ["delete", "remove"], says: ["delete", "remove", "get rid of"] },
  close: { group: "remove", names: ["close", "end"], says: ["close", "wind up"] },
  send: { group: "send", names: ["send", "post"], says: ["send", "post"] },
  share: { group: "send", names: ["share", "forward"], says: ["share", "forward"] },
  report: { group: "send", names: ["report", "submit"], says: ["report", "submit", "file"] },
  calculate: {
    group: "compute",
    names: ["calculate", "compute"],
    says: ["calculate", "work out", "compute"],
  },
  estimate: { group: "compute", names: ["estimate", "predict"], says: ["estimate", "predict", "guess"] },
  convert: { group: "compute", names: ["convert", "translate"], says: ["convert", "translate"] },
  compare: { group: "compute", names: ["compare", "rank"], says: ["compare", "rank"] },
  start: { group: "start", names: ["start", "begin", "run"], says: ["start", "begin", "launch"] },
  play: { group: "start", names: ["play", "start"], says: ["play", "put on"] },
  stop: { group: "stop", names: ["stop", "halt"], says: ["stop", "halt"] },
  pause: { group: "stop", names: ["pause", "suspend"], says: ["pause", "suspend"] },
  confirm: { group: "confirm", names: ["confirm", "approve"], says: ["confirm", "approve"] },
  pay: { group: "pay", names: ["pay", "settle"], says: ["pay", "settle"] },
  transfer: { group: "pay", names: ["transfer", "wire"], says: ["transfer", "wire"] },
  rate: { group: "rate", names: ["rate", "review"], says: ["rate", "review"] },
  track: { group: "track", names: ["track", "follow"], says: ["track", "follow", "trace"] },
} as const satisfies Record<string, Verb>;

/** The verbs that domains can use. */
export type VerbName = keyof typeof VERBS;

/** All verbs, in a fixed order. */
export const VERB_NAMES: readonly VerbName[] = Object.keys(VERBS).filter(isVerbName);

/** Group, spellings and wordings of a verb. */
export function verbOf(name: VerbName): Verb {
  return VERBS[name];
}

function isVerbName(name: string): name is VerbName {
  return name in VERBS;
}
