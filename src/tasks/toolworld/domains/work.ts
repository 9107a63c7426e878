import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const day = a.date("date", "on {}");
const clock = a.time("time", "at {}");
const people = a.names("attendees", "with {}");
const heading = a.title("title", "titled {}", "called {}");

export const calendar = domain(
  "calendar",
  tool(
    "create",
    "a calendar event",
    "Put an event in the calendar",
    [heading, day],
    [clock, a.minutes("duration", "lasting {}")],
  ),
  tool(
    "schedule",
    "a meeting",
    "Arrange a meeting with people",
    [people, day, clock],
    [a.minutes("duration", "for {}")],
  ),
  tool(
    "move",
    "a meeting",
    "Move a meeting to another time",
    [a.code("meeting_id", "with the id {}"), a.time("new_time", "to {}")],
    [a.date("new_date", "on {}")],
  ),
  tool(
    "cancel",
    "a meeting",
    "Cancel a meeting",
    [a.code("meeting_id", "with the id {}")],
    [a.flag("notify", "and tell everybody", "without telling anybody")],
  ),
  tool("set", "a reminder", "Be reminded at a time", [heading, clock], [a.scale("repeat", "repeat", "{}")]),
  tool(
    "find",
    "a free slot",
    "Find a time when all are free",
    [people, a.minutes("duration", "of {}")],
    [a.scale("period", "period", "in the {}")],
  ),
  tool(
    "list",
    "calendar events",
    "List the events of a day",
    [day],
    [a.scale("order", "order", "in {} order")],
  ),
  tool("share", "a calendar", "Let a person see a calendar", [
    a.email("email", "with {}"),
    a.scale("access", "access", "with {} access"),
  ]),
  tool("add", "a holiday", "Enter days off", [
    a.date("first_day", "from {}"),
    a.count("days", "for {} days", 1, 30),
  ]),
);

const recipient = a.email("recipient", "to {}");
const folder = a.word("folder", "in the folder {}");

export const mail = domain(
  "mail",
  tool(
    "send",
    "an email",
    "Send a message by mail",
    [recipient, a.title("subject", "about {}")],
    [a.scale("priority", "priority", "with {} priority"), a.email("copy_to", "with a copy to {}")],
  ),
  tool(
    "search",
    "emails",
    "Search the mailbox",
    [a.title("query", "about {}")],
    [
      a.email("sender", "from {}"),
      a.count("limit", "at most {}", 1, 50),
      a.scale("order", "order", "in {} order"),
    ],
  ),
  tool("share", "an email", "Send a mail on to someone", [a.code("message_id", "with id {}"), recipient]),
  tool("delete", "an email", "Throw a mail away", [a.code("message_id", "with id {}")]),
  tool("move", "an email", "Put a mail in a folder", [
    a.code("message_id", "with id {}"),
    a.word("folder", "to the folder {}"),
  ]),
  tool("create", "a mail filter", "Sort mail by itself", [a.email("sender", "for mail from {}"), folder]),
  tool("set", "an auto reply", "Answer mail while away", [
    a.title("text", "saying {}"),
    a.date("until", "until {}"),
  ]),
  tool(
    "add",
    "a contact",
    "Put a person in the address book",
    [a.person("full_name", "for {}"), a.email("email", "with {}")],
    [a.phone("phone", "and phone {}")],
  ),
  tool(
    "list",
    "mail folders",
    "List folders of the mailbox",
    [a.scale("order", "order", "in {} order")],
    [a.flag("empty", "including empty ones", "leaving out empty ones")],
  ),
);

const task = a.code("task_id", "with id {}");
const project = a.name("project", "in project {}", "for project {}");

export const projects = domain(
  "projects",
  tool(
    "create",
    "a task",
    "Create a task in a project",
    [heading, project],
    [a.scale("priority", "priority", "with {} priority"), a.date("due", "due on {}")],
  ),
  tool("assign", "a task", "Give a task to a person", [task, a.person("person", "to {}")]),
  tool("update", "a task status", "Change the state of a task", [
    task,
    a.choice("status", "to {}", "todo doing review done blocked"),
  ]),
  tool(
    "list",
    "open tasks",
    "List tasks of a project",
    [project],
    [a.scale("order", "order", "in {} order"), a.words("labels", "labelled {}")],
  ),
  tool("log", "working hours", "Record time spent on a task", [task, a.minutes("duration", "of {}")], [day]),
  tool("add", "a project member", "Add people to a project", [project, a.names("members", "namely {}")]),
  tool(
    "estimate",
    "the project cost",
    "Estimate the cost of a project",
    [project, a.amount("hourly_rate", "at {} an hour", 20, 300)],
    [a.fraction("reserve", "with a reserve of {}")],
  ),
  tool("close", "a milestone", "Close a milestone of a project", [
    a.title("milestone", "called {}"),
    project,
  ]),
  tool(
    "report",
    "a software bug",
    "Report a fault in software",
    [heading, a.scale("severity", "level", "of {} severity")],
    [a.code("version", "in version {}")],
  ),
);

const document = a.title("document", "called {}");

export const documents = domain(
  "documents",
  tool(
    "create",
    "a document",
    "Start a new document",
    [heading],
    [a.choice("format", "as {}", "pdf docx odt txt"), folder],
  ),
  tool(
    "search",
    "documents",
    "Search the text of documents",
    [a.words("keywords", "with the keywords {}")],
    [a.date("since", "since {}"), a.count("limit", "at most {}", 1, 40)],
  ),
  tool(
    "share",
    "a document",
    "Let somebody open a document",
    [document, a.email("email", "with {}")],
    [a.scale("access", "access", "with {} access")],
  ),
  tool("convert", "a document", "Save in another format", [
    document,
    a.choice("format", "to {}", "pdf docx odt txt"),
  ]),
  tool("rename", "a document", "Give a document a new title", [
    a.title("old_title", "from {}"),
    a.title("new_title", "to {}"),
  ]),
  tool("delete", "a document page", "Remove pages of a document", [
    document,
    a.numbers("pages", "namely pages {}"),
  ]),
  tool("confirm", "a signature", "Confirm a signed document", [
    a.code("document_id", "on document {}"),
    a.person("signer", "by {}"),
  ]),
  tool(
    "add",
    "a watermark",
    "Print a word across each page",
    [document, a.word("text", "with the text {}")],
    [a.fraction("opacity", "at opacity {}")],
  ),
  tool("get", "the word count", "Count the words of a document", [document]),
);

const employee = a.person("employee", "for {}");

export const staff = domain(
  "staff",
  tool(
    "add",
    "an employee",
    "Enter a new employee",
    [
      a.person("full_name", "named {}"),
      a.choice("department", "in {}", "sales finance research support legal"),
    ],
    [a.date("start_date", "starting on {}")],
  ),
  tool("get", "the payslip", "Payslip of a month", [employee, a.count("month", "for month {}", 1, 12)]),
  tool(
    "report",
    "a sick leave",
    "Report that someone is ill",
    [employee, a.date("from_date", "from {}")],
    [a.count("days", "for {} days", 1, 20)],
  ),
  tool(
    "change",
    "a salary",
    "Change what someone earns",
    [employee, a.amount("amount", "to {}", 1500, 20000)],
    [a.currency("currency", "in {}")],
  ),
  tool(
    "confirm",
    "a vacation",
    "Approve days off",
    [a.code("request_id", "with request {}")],
    [a.flag("paid", "as paid leave", "as unpaid leave")],
  ),
  tool("schedule", "a job interview", "Arrange an interview", [a.person("candidate", "with {}"), day, clock]),
  tool(
    "assign",
    "a shift",
    "Put someone on a shift",
    [employee, a.scale("weekday", "weekday", "on {}")],
    [a.scale("period", "period", "in the {}")],
  ),
  tool("calculate", "the bonus", "Yearly bonus from the salary", [
    a.amount("salary", "for a salary of {}", 1500, 90000),
    a.fraction("share", "with a share of {}"),
  ]),
  tool("order", "a staff badge", "Order a badge for the door", [
    employee,
    a.code("door_group", "for doors {}"),
  ]),
);
