import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const server = a.name("server", "on the server {}", "on {}");
const region = a.choice("region", "in {}", "europe asia america africa");

export const servers = domain(
  "servers",
  tool(
    "start",
    "a server",
    "Start a server",
    [a.name("server", "called {}")],
    [region, a.scale("size", "size", "of {} size")],
  ),
  tool(
    "stop",
    "a server",
    "Stop a server",
    [a.name("server", "called {}")],
    [a.flag("force", "by force", "gently")],
  ),
  tool("get", "the server load", "How busy a server is", [server], [a.minutes("window", "over the last {}")]),
  tool(
    "create",
    "a database",
    "Make a database on a server",
    [a.word("database", "called {}"), server],
    [a.count("gigabytes", "with {} gigabytes", 1, 900)],
  ),
  tool(
    "schedule",
    "a backup",
    "Save a server regularly",
    [server, a.scale("repeat", "repeat", "{}")],
    [a.time("time", "at {}")],
  ),
  tool(
    "search",
    "error logs",
    "Search the logs of a server",
    [server, a.title("query", "about {}")],
    [a.scale("level", "level", "of {} severity"), a.count("limit", "at most {}", 1, 200)],
  ),
  tool("open", "a network port", "Let traffic through a port", [
    a.count("port", "with number {}", 1024, 49151),
    server,
  ]),
  tool("assign", "an ip address", "Give an address to a server", [
    a.code("address", "with the id {}"),
    a.name("server", "to the server {}"),
  ]),
);

const path = a.word("folder", "in the folder {}");

export const storage = domain(
  "storage",
  tool(
    "upload",
    "a file",
    "Store a file in a folder",
    [a.word("file_name", "named {}"), path],
    [a.flag("overwrite", "replacing the old one", "keeping the old one")],
  ),
  tool("delete", "a file", "Remove a file", [a.word("file_name", "named {}")], [path]),
  tool("move", "a file", "Put a file in another folder", [
    a.word("file_name", "named {}"),
    a.word("target", "to the folder {}"),
  ]),
  tool(
    "share",
    "a folder",
    "Let somebody see a folder",
    [a.word("folder", "named {}"), a.email("email", "with {}")],
    [a.scale("access", "access", "with {} access")],
  ),
  tool(
    "list",
    "large files",
    "Files above a size",
    [a.count("megabytes", "above {} megabytes", 10, 5000)],
    [path, a.scale("order", "order", "in {} order")],
  ),
  tool("get", "the free space", "Space left on a disk", [a.name("disk", "on the disk {}")]),
  tool("create", "an archive", "Pack files into one", [
    a.words("files", "of {}"),
    a.word("archive_name", "named {}"),
  ]),
  tool("rename", "a folder", "Give a folder another name", [
    a.word("old_folder", "from {}"),
    a.word("new_folder", "to {}"),
  ]),
);

const language = a.choice("language", "to {}", "german spanish japanese arabic polish");

export const translation = domain(
  "translation",
  tool(
    "convert",
    "a sentence",
    "Say a sentence in a language",
    [a.title("text", "saying {}"), language],
    [a.flag("formal", "in formal words", "in casual words")],
  ),
  tool("check", "the spelling", "Find mistakes in a text", [a.title("text", "of {}")]),
  tool("get", "a word meaning", "What a word means", [a.word("term", "for {}")], [language]),
  tool(
    "find",
    "a rhyme",
    "Words that sound alike",
    [a.word("term", "for {}")],
    [a.count("limit", "at most {}", 1, 20)],
  ),
  tool(
    "order",
    "a certified translation",
    "Have a translator do it",
    [a.code("document", "of document {}"), language],
    [a.scale("speed", "speed", "at {} speed")],
  ),
  tool("create", "a word list", "Make a list to learn from", [
    a.title("topic", "about {}"),
    a.count("size", "with {} words", 5, 300),
  ]),
  tool(
    "start",
    "a language lesson",
    "Begin a lesson",
    [a.choice("language", "in {}", "german spanish japanese arabic polish"), a.minutes("duration", "for {}")],
    [a.scale("level", "level", "of {} difficulty")],
  ),
  tool("compare", "two texts", "How alike two texts are", [
    a.title("first_text", "between {}"),
    a.title("second_text", "and {}"),
  ]),
);

const origin = a.place("origin", "from {}");
const goal = a.place("destination", "to {}");
const means = a.choice("mode", "by {}", "car bike foot bus");

export const navigation = domain(
  "navigation",
  tool(
    "get",
    "the route",
    "Way from one place to another",
    [origin, goal],
    [means, a.flag("avoid_tolls", "without tolls", "with tolls")],
  ),
  tool(
    "estimate",
    "the travel time",
    "How long a way takes",
    [origin, goal],
    [means, a.time("departure", "leaving at {}")],
  ),
  tool(
    "find",
    "a gas station",
    "Find fuel near a place",
    [a.place("near", "near {}")],
    [a.measure("radius", "within {}", "kilometres", 1, 60)],
  ),
  tool("report", "a traffic jam", "Tell others about a jam", [
    a.place("road", "on {}"),
    a.scale("severity", "level", "of {} severity"),
  ]),
  tool("add", "a saved place", "Remember a place", [
    a.place("place", "for {}"),
    a.title("label", "labelled {}"),
  ]),
  tool("share", "my location", "Show somebody where I am", [
    a.email("email", "with {}"),
    a.minutes("duration", "for {}"),
  ]),
  tool(
    "calculate",
    "the distance",
    "Distance between places",
    [origin, goal],
    [a.choice("unit", "in {}", "km miles")],
  ),
  tool(
    "book",
    "a taxi",
    "Order a taxi",
    [a.place("pickup", "from {}"), goal],
    [a.total("riders", "for {} riders", "for {} adults and {} children", 1, 7), a.time("time", "at {}")],
  ),
);

const number = a.phone("phone", "to {}");

export const telephone = domain(
  "telephone",
  tool(
    "send",
    "a text message",
    "Send a message by phone",
    [number, a.title("text", "saying {}")],
    [a.time("send_at", "at {}")],
  ),
  tool(
    "start",
    "a phone call",
    "Call a number",
    [number],
    [a.flag("speaker", "on the speaker", "not on the speaker")],
  ),
  tool(
    "set",
    "a ring tone",
    "Choose how the phone rings",
    [a.title("melody", "called {}")],
    [a.count("volume", "at volume {}", 1, 10)],
  ),
  tool(
    "stop",
    "unwanted callers",
    "Block calls of a number",
    [a.phone("caller", "from {}")],
    [a.count("days", "for {} days", 1, 365)],
  ),
  tool(
    "get",
    "the data usage",
    "Data used on a contract",
    [a.code("contract", "of contract {}")],
    [a.count("month", "in month {}", 1, 12)],
  ),
  tool("order", "a sim card", "Order a card for a phone", [
    a.person("owner", "for {}"),
    a.scale("size", "size", "of {} size"),
  ]),
  tool("change", "the phone plan", "Change the plan of a contract", [
    a.code("contract", "of contract {}"),
    a.choice("plan", "to {}", "mini flat family student"),
  ]),
  tool(
    "play",
    "a voicemail",
    "Listen to a message",
    [a.count("message_number", "with number {}", 1, 40)],
    [a.scale("speed", "speed", "at {} speed")],
  ),
);
