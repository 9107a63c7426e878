/** `TicketAPI`: support tickets. Only creating and listing need a login. */
import { add } from "../python/arithmetic.js";
import { type CallArguments, iterate } from "../python/builtins.js";
import { equals, ordered, truth } from "../python/equality.js";
import { str } from "../python/repr.js";
import type { PythonDict, PythonValue } from "../python/value.js";
import { configured, failure, MethodTable, record, ValueApi } from "./api.js";
import { dictWith, listWith, textWith } from "./attribute.js";
import { fieldOf } from "./field.js";

const METHODS = new MethodTable<TicketApi>("TicketAPI", {
  create_ticket: [
    ["title", ["description", ""], ["priority", 1n]],
    (api, [title, description, priority]) => api.create(title!, description!, priority!),
  ],
  get_ticket: [["ticket_id"], (api, [id]) => api.withTicket(id!, (ticket) => ticket)],
  close_ticket: [["ticket_id"], (api, [id]) => api.withTicket(id!, (ticket) => close(ticket, id!))],
  resolve_ticket: [
    ["ticket_id", "resolution"],
    (api, [id, resolution]) => api.withTicket(id!, (ticket) => resolve(ticket, id!, resolution!)),
  ],
  edit_ticket: [
    ["ticket_id", "updates"],
    (api, [id, updates]) => api.withTicket(id!, (ticket) => edit(ticket, id!, updates!)),
  ],
  ticket_login: [["username", "password"], (api, [name, password]) => api.login(name!, password!)],
  ticket_get_login_status: [[], (api) => record({ login_status: truth(api.currentUser) })],
  logout: [[], (api) => api.logout()],
  get_user_tickets: [[["status", null]], (api, [status]) => api.ofUser(status!)],
});

/** An instance of the class. */
export class TicketApi extends ValueApi {
  readonly className = "TicketAPI";
  readonly methodNames = METHODS.names;
  currentUser: PythonValue;
  readonly #queue: PythonValue;
  #counter: PythonValue;

  constructor(config: PythonDict) {
    super();
    this.#queue = configured(config, "ticket_queue", []);
    this.#counter = configured(config, "ticket_counter", 1n);
    this.currentUser = configured(config, "current_user", null);
  }

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, args);
  }

  publicState(): [string, PythonValue][] {
    return [
      ["ticket_queue", this.#queue],
      ["ticket_counter", this.#counter],
      ["current_user", this.currentUser],
    ];
  }

  create(title: PythonValue, description: PythonValue, priority: PythonValue): PythonValue {
    if (!truth(this.currentUser)) return failure("User not authenticated. Please log in to create a ticket.");
    if (ordered(priority, "<", 1n) || ordered(priority, ">", 5n)) {
      return failure("Invalid priority. Priority must be between 1 and 5.");
    }
    const ticket = record({
      id: this.#counter,
      title,
      description,
      status: "Open",
      priority,
      created_by: this.currentUser,
    });
    listWith(this.#queue, "append").push(ticket);
    this.#counter = add(this.#counter, 1n);
    return ticket;
  }

  /** What `use` makes of the ticket of a number, or an error where there is none. */
  withTicket(id: PythonValue, use: (ticket: PythonDict) => PythonValue): PythonValue {
    const ticket = iterate(this.#queue).find((other) => equals(fieldOf(other, "id"), id));
    if (ticket === undefined || !truth(ticket)) return failure(`Ticket with ID ${str(id)} not found.`);
    return use(dictWith(ticket, "items"));
  }

  login(name: PythonValue, password: PythonValue): PythonValue {
    const given = truth(name) && truth(password);
    if (given) this.currentUser = name;
    return record({ success: given });
  }

  logout(): PythonValue {
    const was = truth(this.currentUser);
    if (was) this.currentUser = null;
    return record({ success: was });
  }

  ofUser(status: PythonValue): PythonValue {
    if (!truth(this.currentUser)) return [failure("User not authenticated. Please log in to view tickets.")];
    const own = iterate(this.#queue).filter((ticket) =>
      equals(fieldOf(ticket, "created_by"), this.currentUser),
    );
    if (!truth(status)) return own;
    const lower = (value: PythonValue) => textWith(value, "lower").toLowerCase();
    return own.filter((ticket) => lower(fieldOf(ticket, "status")) === lower(status));
  }
}

function close(ticket: PythonDict, id: PythonValue): PythonValue {
  if (equals(ticket.item("status"), "Closed")) return failure(`Ticket with ID ${str(id)} is already closed.`);
  ticket.set("status", "Closed");
  return record({ status: `Ticket ${str(id)} has been closed successfully.` });
}

function resolve(ticket: PythonDict, id: PythonValue, resolution: PythonValue): PythonValue {
  if (equals(ticket.item("status"), "Resolved"))
    return failure(`Ticket with ID ${str(id)} is already resolved.`);
  ticket.set("status", "Resolved");
  ticket.set("resolution", resolution);
  return record({ status: `Ticket ${str(id)} has been resolved successfully.` });
}

const EDITABLE = new Set<PythonValue>(["title", "description", "status", "priority"]);

function edit(ticket: PythonDict, id: PythonValue, updates: PythonValue): PythonValue {
  const changes = dictWith(updates, "keys");
  const invalid = [...changes.keys()].filter((name) => !EDITABLE.has(name));
  if (invalid.length > 0) return failure(`Invalid fields for update: ${invalid.map(str).join(", ")}`);
  for (const [name, value] of changes.entries()) if (value !== null) ticket.set(name, value);
  return record({ status: `Ticket ${str(id)} has been updated successfully.` });
}
