import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const parcel = a.code("parcel_id", "with the number {}");
const day = a.date("date", "on {}");
const clock = a.time("time", "at {}");

export const parcels = domain(
  "parcels",
  tool("track", "a parcel", "Where a parcel is", [parcel]),
  tool(
    "send",
    "a parcel",
    "Send a parcel to a person",
    [a.person("receiver", "to {}"), a.measure("weight", "of {}", "grams", 50, 20000)],
    [a.scale("speed", "speed", "at {} speed"), a.flag("insured", "with insurance", "without insurance")],
  ),
  tool("calculate", "the postage", "Price to send a parcel", [
    a.place("destination", "to {}"),
    a.measure("weight", "for {}", "grams", 50, 20000),
  ]),
  tool("change", "the delivery address", "Send a parcel elsewhere", [
    parcel,
    a.record("address", "to {}", a.name("street", ""), a.count("number", "", 1, 300)),
  ]),
  tool(
    "schedule",
    "a parcel pickup",
    "Have a parcel fetched",
    [day, a.scale("period", "period", "in the {}")],
    [a.count("parcels", "with {} parcels", 1, 20)],
  ),
  tool(
    "report",
    "a lost parcel",
    "Report that a parcel is lost",
    [parcel],
    [a.phone("phone", "with a call back to {}")],
  ),
  tool(
    "find",
    "a post office",
    "Find a post office",
    [a.place("near", "near {}")],
    [a.time("open_at", "open at {}")],
  ),
  tool(
    "order",
    "parcel labels",
    "Order labels to stick on",
    [a.count("labels", "with {} pieces", 5, 500)],
    [a.scale("size", "size", "of {} size")],
  ),
);

const ticket = a.code("ticket", "with ticket {}", "for ticket {}");

export const support = domain(
  "support",
  tool(
    "open",
    "a support ticket",
    "Ask the help desk for help",
    [a.title("problem", "about {}"), a.email("email", "from {}")],
    [a.scale("priority", "priority", "with {} priority")],
  ),
  tool("close", "a support ticket", "Close what is solved", [ticket], [a.title("solution", "solved by {}")]),
  tool("assign", "a support ticket", "Give a ticket to an agent", [ticket, a.person("agent", "to {}")]),
  tool("get", "the ticket history", "All that was done so far", [ticket]),
  tool("schedule", "a call back", "Have the desk call back", [a.phone("phone", "to {}"), clock], [day]),
  tool(
    "search",
    "help articles",
    "Search the help pages",
    [a.title("query", "about {}")],
    [a.count("limit", "at most {}", 1, 20)],
  ),
  tool(
    "add",
    "a ticket note",
    "Write a note on a ticket",
    [ticket, a.title("note", "saying {}")],
    [a.flag("internal", "for the team alone", "for everybody")],
  ),
  tool(
    "confirm",
    "a refund",
    "Approve money back",
    [a.code("order_id", "for order {}"), a.amount("amount", "of {}", 1, 900)],
    [a.currency("currency", "in {}")],
  ),
);

const district = a.place("district", "in {}");

export const housing = domain(
  "housing",
  tool(
    "search",
    "an apartment",
    "Search apartments to rent",
    [district, a.count("rooms", "with {} rooms", 1, 7)],
    [
      a.amount("max_rent", "under {} a month", 300, 5000),
      a.flag("balcony", "with a balcony", "without a balcony"),
    ],
  ),
  tool("schedule", "an apartment viewing", "Arrange to see an apartment", [
    a.code("listing", "of listing {}"),
    day,
    clock,
  ]),
  tool(
    "calculate",
    "the mortgage",
    "Monthly rate of a house loan",
    [a.amount("loan", "for a loan of {}", 20000, 900000), a.count("years", "over {} years", 5, 35)],
    [a.fraction("interest", "at an interest of {}")],
  ),
  tool(
    "report",
    "a water leak",
    "Report a leak to the landlord",
    [a.choice("room", "in the {}", "kitchen bathroom cellar attic")],
    [a.scale("severity", "level", "of {} severity")],
  ),
  tool("get", "the rent contract", "Fetch a rent contract", [a.code("contract", "with the number {}")]),
  tool(
    "estimate",
    "the house value",
    "What a house may be worth",
    [district, a.amount("area", "with an area of {}", 20, 400, 1)],
    [a.count("built", "built in {}", 1900, 2025)],
  ),
  tool(
    "send",
    "a rental application",
    "Apply for an apartment",
    [a.code("listing", "for listing {}"), a.person("applicant", "for {}")],
    [a.amount("income", "with an income of {}", 900, 12000)],
  ),
  tool("share", "a house listing", "Show a listing to somebody", [
    a.code("listing", "of number {}"),
    a.email("email", "with {}"),
  ]),
);

const course = a.title("course", "called {}", "in {}");
const student = a.person("student", "for {}");

export const education = domain(
  "education",
  tool(
    "find",
    "an online course",
    "Find courses on a subject",
    [a.choice("subject", "on {}", "biology history algebra french economics")],
    [a.scale("level", "level", "of {} difficulty"), a.count("weeks", "within {} weeks", 1, 30)],
  ),
  tool("register", "a student", "Enroll a student in a course", [
    a.person("student", "called {}"),
    a.title("course", "for the course {}"),
  ]),
  tool("get", "the exam grade", "Grade of a student", [student, course]),
  tool("schedule", "an exam", "Set the day of an exam", [course, day], [a.minutes("duration", "lasting {}")]),
  tool("upload", "some homework", "Hand in homework", [
    a.code("assignment", "for assignment {}"),
    a.word("file_name", "from the file {}"),
  ]),
  tool("calculate", "the average grade", "Average of some grades", [a.numbers("grades", "of {}")]),
  tool("book", "a tutor", "Reserve an hour with a tutor", [a.person("tutor", "with {}"), clock], [day]),
  tool(
    "create",
    "a quiz",
    "Make a quiz for a course",
    [course, a.count("questions", "with {} questions", 3, 60)],
    [a.flag("timed", "against the clock", "without a clock")],
  ),
);

const book = a.title("book", "called {}");

export const libraries = domain(
  "library",
  tool(
    "search",
    "a library book",
    "Search books by their author",
    [a.person("author", "by {}")],
    [a.count("year", "from the year {}", 1900, 2026)],
  ),
  tool(
    "book",
    "a reading room",
    "Reserve a room to read",
    [day, clock],
    [a.count("people", "for {} people", 1, 12)],
  ),
  tool("extend", "a book loan", "Keep a book for longer", [
    a.code("loan", "for loan {}"),
    a.count("weeks", "by {} weeks", 1, 6),
  ]),
  tool("check", "the book stock", "Whether a book is there", [book], [a.place("branch", "in {}")]),
  tool("order", "a book copy", "Have a book brought", [book, a.code("member", "for member {}")]),
  tool("pay", "a library fine", "Pay for a late return", [
    a.code("member", "for member {}"),
    a.amount("amount", "of {}", 1, 60),
  ]),
  tool(
    "register",
    "a library member",
    "Enter a new reader",
    [a.person("full_name", "called {}"), a.email("email", "with {}")],
    [a.scale("age", "age", "as {} reader")],
  ),
  tool(
    "list",
    "new books",
    "Books that came in lately",
    [a.date("since", "since {}")],
    [a.choice("topic", "about {}", "travel crime science cookery")],
  ),
);

const patient = a.person("patient", "for {}", "of {}");

export const health = domain(
  "health",
  tool(
    "book",
    "a doctor visit",
    "Arrange to see a doctor",
    [a.person("doctor", "with {}"), day],
    [clock, a.flag("video", "by video", "in person")],
  ),
  tool("get", "the blood results", "Results of a blood test", [patient, a.date("test_date", "from {}")]),
  tool(
    "log",
    "the blood pressure",
    "Record the blood pressure",
    [
      a.count("upper", "with an upper value of {}", 80, 200),
      a.count("lower", "with a lower value of {}", 40, 120),
    ],
    [clock],
  ),
  tool(
    "find",
    "a dentist",
    "Find a dentist near a place",
    [a.place("near", "near {}")],
    [a.scale("weekday", "weekday", "on {}")],
  ),
  tool("calculate", "the body mass", "Body mass index", [
    a.measure("height", "with a height of {}", "centimetres", 120, 210),
    a.amount("weight", "and a weight of {}", 40, 150, 1),
  ]),
  tool(
    "cancel",
    "a doctor visit",
    "Cancel an arranged visit",
    [a.code("visit", "with the number {}")],
    [a.title("reason", "because of {}")],
  ),
  tool("share", "a health report", "Send a report to somebody", [
    a.code("report", "with the number {}"),
    a.email("email", "with {}"),
  ]),
  tool(
    "set",
    "a water reminder",
    "Be reminded to drink",
    [a.count("glasses", "for {} glasses", 2, 14)],
    [a.scale("repeat", "repeat", "{}")],
  ),
);
