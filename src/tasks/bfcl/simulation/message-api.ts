/** `MessageAPI`: the messages of a workspace. Senders are not stored, so everybody sees what anybody sent. */
import { add } from "../python/arithmetic.js";
import type { CallArguments } from "../python/builtins.js";
import { iterate } from "../python/builtins.js";
import { equals, includes, truth } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import { contains } from "../python/evaluate.js";
import type { PythonRandom } from "../python/random.js";
import { str } from "../python/repr.js";
import { PythonDict, PythonSet, type PythonValue } from "../python/value.js";
import { configured, configuredRandom, failure, MethodTable, record, ValueApi } from "./api.js";
import { dictWith, listWith, textWith } from "./attribute.js";

const SEED = 200191n;

const METHODS = new MethodTable<MessageApi>("MessageAPI", {
  list_users: [[], (api) => record({ user_list: [...dictWith(api.userMap, "keys").keys()] })],
  get_user_id: [["user"], (api, [user]) => api.userId(user!)],
  message_login: [["user_id"], (api, [user]) => api.login(user!)],
  message_get_login_status: [[], (api) => record({ login_status: truth(api.currentUser) })],
  send_message: [["receiver_id", "message"], (api, [receiver, message]) => api.send(receiver!, message!)],
  delete_message: [["receiver_id"], (api, [receiver]) => api.remove(receiver!)],
  view_messages_sent: [[], (api) => api.viewSent()],
  add_contact: [["user_name"], (api, [name]) => api.addContact(name!)],
  search_messages: [["keyword"], (api, [keyword]) => api.search(keyword!)],
  get_message_stats: [[], (api) => api.stats()],
});

/** An instance of the class. */
export class MessageApi extends ValueApi {
  readonly className = "MessageAPI";
  readonly methodNames = METHODS.names;
  readonly userMap: PythonValue;
  currentUser: PythonValue;
  readonly #generatedIds: PythonValue;
  readonly #inbox: PythonValue;
  readonly #random: PythonRandom;
  #userCount: PythonValue;
  #messageCount: PythonValue;

  constructor(config: PythonDict) {
    super();
    this.#random = configuredRandom(config, SEED);
    this.#generatedIds = configured(config, "generated_ids", new PythonSet());
    this.#userCount = configured(config, "user_count", 4n);
    this.userMap = configured(
      config,
      "user_map",
      record({ Alice: "USR001", Bob: "USR002", Catherine: "USR003", Daniel: "USR004" }),
    );
    this.#inbox = configured(config, "inbox", [
      record({ USR002: "My name is Alice. I want to connect." }),
      record({ USR003: "Could you upload the file?" }),
      record({ USR004: "Could you upload the file?" }),
    ]);
    this.#messageCount = configured(config, "message_count", 3n);
    this.currentUser = configured(config, "current_user", null);
  }

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, args);
  }

  publicState(): [string, PythonValue][] {
    return [
      ["generated_ids", this.#generatedIds],
      ["user_count", this.#userCount],
      ["user_map", this.userMap],
      ["inbox", this.#inbox],
      ["message_count", this.#messageCount],
      ["current_user", this.currentUser],
    ];
  }

  #users(): PythonDict {
    return dictWith(this.userMap, "values");
  }

  #knows(id: PythonValue): boolean {
    return includes([...this.#users().values()], id);
  }

  userId(user: PythonValue): PythonValue {
    const id = this.#users().get(user);
    if (id === undefined) return failure(`User '${str(user)}' not found in the workspace.`);
    return record({ user_id: id });
  }

  login(user: PythonValue): PythonValue {
    if (!this.#knows(user))
      return record({ login_status: false, message: `User ID '${str(user)}' not found.` });
    this.currentUser = user;
    return record({ login_status: true, message: `User '${str(user)}' logged in successfully.` });
  }

  #loggedOut(): PythonDict | undefined {
    return truth(this.currentUser) ? undefined : failure("No user is currently logged in.");
  }

  send(receiver: PythonValue, message: PythonValue): PythonValue {
    const refused = this.#loggedOut();
    if (refused !== undefined) return refused;
    if (!this.#knows(receiver)) return failure(`Receiver ID '${str(receiver)}' not found.`);
    const id = this.#newId();
    listWith(this.#inbox, "append").push(PythonDict.of([[receiver, message]]));
    this.#messageCount = add(this.#messageCount, 1n);
    return record({
      sent_status: true,
      message_id: record({ new_id: id }),
      message: `Message sent to '${str(receiver)}' successfully.`,
    });
  }

  #newId(): bigint {
    for (;;) {
      const id = BigInt(this.#random.integer(10000, 99999));
      if (contains(this.#generatedIds, id)) continue;
      if (!(this.#generatedIds instanceof PythonSet)) {
        throw new PythonError("AttributeError", "'list' object has no attribute 'add'");
      }
      this.#generatedIds.add(id);
      return id;
    }
  }

  /** The receiver and the text of a message: its first entry. */
  #parts(message: PythonValue): readonly [PythonValue, PythonValue] {
    const [first] = dictWith(message, "items").entries();
    if (first === undefined) throw new PythonError("IndexError", "list index out of range");
    return first;
  }

  remove(receiver: PythonValue): PythonValue {
    const refused = this.#loggedOut();
    if (refused !== undefined) return refused;
    const inbox = listWith(this.#inbox, "remove");
    for (const message of inbox.toReversed()) {
      const [found] = this.#parts(message);
      if (!equals(found, receiver)) continue;
      // The first message that is equal goes, not the one that was found.
      inbox.splice(
        inbox.findIndex((other) => equals(other, message)),
        1,
      );
      return record({
        deleted_status: true,
        receiver_id: found,
        message: `Receiver ${str(receiver)}'s latest message deleted successfully.`,
      });
    }
    return failure(`Receiver ID ${str(receiver)} not found.`);
  }

  viewSent(): PythonValue {
    const refused = this.#loggedOut();
    if (refused !== undefined) return refused;
    const sent = new PythonDict();
    for (const message of iterate(this.#inbox)) {
      const [receiver, content] = this.#parts(message);
      const others = sent.get(receiver);
      if (Array.isArray(others)) others.push(content);
      else sent.set(receiver, [content]);
    }
    return record({ messages: sent });
  }

  /** The count grows before the name of the new user is known to be free. */
  addContact(name: PythonValue): PythonValue {
    const users = this.#users();
    if (users.has(name)) return failure(`User name '${str(name)}' already exists.`);
    this.#userCount = add(this.#userCount, 1n);
    const id = `USR${str(this.#userCount).padStart(3, "0")}`;
    if (this.#knows(id)) return failure(`User ID '${id}' already exists.`);
    users.set(name, id);
    return record({
      added_status: true,
      user_id: id,
      message: `Contact '${str(name)}' added successfully.`,
    });
  }

  search(keyword: PythonValue): PythonValue {
    const refused = this.#loggedOut();
    if (refused !== undefined) return refused;
    const wanted = textWith(keyword, "lower").toLowerCase();
    const results: PythonValue[] = [];
    for (const entry of iterate(this.#inbox)) {
      const [receiver, message] = this.#parts(entry);
      if (textWith(message, "lower").toLowerCase().includes(wanted)) {
        results.push(record({ receiver_id: receiver, message }));
      }
    }
    return record({ results });
  }

  stats(): PythonValue {
    const refused = this.#loggedOut();
    if (refused !== undefined) return refused;
    const receivers = iterate(this.#inbox).map((message) => this.#parts(message)[0]);
    const stats = record({
      received_count: BigInt(receivers.length),
      total_contacts: BigInt(new PythonSet(receivers).size),
    });
    return record({ stats });
  }
}
