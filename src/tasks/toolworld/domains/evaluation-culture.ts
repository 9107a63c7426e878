/** Held-out domains: their objects, choices and names occur nowhere in the training domains; a test proves it. */
import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const painting = a.title("painting", "called {}", "named {}");
const museum = a.name("museum", "at the museum {}", "in the museum {}");
const donor = a.record("donor", "by {}", a.name("surname", ""), a.place("hometown", ""));
const era = a.choice("era", "of the {} era", "baroque gothic cubist rococo");

export const museums = domain(
  "museums",
  tool(
    "find",
    "a painting",
    "Find paintings by their painter",
    [a.person("painter", "by {}")],
    [era, museum],
  ),
  tool(
    "book",
    "a museum tour",
    "Book a tour of a museum",
    [museum, a.date("date", "on {}")],
    [a.total("visitors", "for {} visitors", "for {} adults and {} children", 1, 12)],
  ),
  tool("get", "an exhibit", "What an exhibit shows", [a.code("exhibit_id", "with the number {}")]),
  tool(
    "order",
    "an audio guide",
    "Rent an audio guide",
    [museum, a.choice("voice", "with a {} voice", "baritone soprano tenor")],
    [a.minutes("duration", "for {}")],
  ),
  tool(
    "upload",
    "a sculpture",
    "Enter a sculpture in the archive",
    [a.title("sculpture", "called {}"), a.measure("height", "with a height of {}", "centimetres", 20, 400)],
    [era],
  ),
  tool(
    "transfer",
    "a museum donation",
    "Give money to a museum",
    [museum, a.amount("amount", "of {}", 5, 900), donor],
    [a.currency("currency", "in {}")],
  ),
  tool("rate", "an exhibit", "Give points to an exhibit", [
    a.code("exhibit_id", "with the number {}"),
    a.count("points", "with {} points", 2, 10),
  ]),
  tool("check", "a restoration", "How far a restoration is", [painting], [museum]),
);

const play = a.title("play", "called {}");
const actor = a.person("actor", "with {}", "for {}");

export const theatre = domain(
  "theatre",
  tool(
    "find",
    "a stage drama",
    "Find plays in a place",
    [a.place("city", "in {}")],
    [a.date("date", "on {}"), a.choice("style", "in {} style", "tragedy farce pantomime operetta")],
  ),
  tool(
    "schedule",
    "a rehearsal",
    "Plan a rehearsal",
    [play, a.date("date", "on {}"), a.time("time", "at {}")],
    [a.minutes("duration", "for {}")],
  ),
  tool(
    "order",
    "a costume",
    "Order a costume for an actor",
    [actor, a.scale("size", "size", "in size {}")],
    [a.word("colour", "in {}")],
  ),
  tool("assign", "a stage role", "Give a role to an actor", [actor, a.name("role", "as {}")], [play]),
  tool(
    "cancel",
    "a rehearsal",
    "Call a rehearsal off",
    [a.code("rehearsal_id", "with the id {}")],
    [a.flag("warn_cast", "and warn the cast", "without warning the cast")],
  ),
  tool(
    "set",
    "the stage curtain",
    "Move the curtain",
    [a.fraction("share", "to a share of {}")],
    [a.scale("speed", "speed", "at {} speed")],
  ),
  tool("list", "stage props", "List the props of a play", [play], [a.scale("order", "order", "in {} order")]),
  tool("send", "an encore vote", "Vote for an encore", [play, a.email("email", "from {}")]),
);

const telescope = a.name("telescope", "with the telescope {}");
const star = a.name("star", "of the star {}", "for the star {}");

export const astronomy = domain(
  "astronomy",
  tool(
    "get",
    "the star position",
    "Where a star stands",
    [star, a.date("night", "on {}")],
    [a.time("hour", "at {}")],
  ),
  tool(
    "start",
    "a telescope exposure",
    "Take a picture of the sky",
    [telescope, a.measure("exposure", "for {}", "seconds", 2, 600)],
    [a.choice("filter", "with the {} filter", "infrared ultraviolet sodium")],
  ),
  tool(
    "find",
    "a comet",
    "Find comets by their year",
    [a.count("year", "of the year {}", 1850, 2030)],
    [a.count("brightness", "up to brightness {}", 1, 20)],
  ),
  tool(
    "track",
    "a satellite",
    "Follow a satellite",
    [a.code("satellite_id", "with the id {}")],
    [a.place("ground_site", "from {}")],
  ),
  tool("calculate", "the orbit", "Orbit of a body", [
    a.name("body", "of {}"),
    a.numbers("readings", "with the readings {}"),
  ]),
  tool(
    "log",
    "a meteor",
    "Record a meteor that was seen",
    [a.date("night", "on {}"), a.scale("brightness", "level", "with {} brightness")],
    [a.place("site", "at {}")],
  ),
  tool(
    "list",
    "eclipses",
    "Coming eclipses at a place",
    [a.place("site", "at {}")],
    [a.choice("kind", "of {} kind", "lunar annular partial")],
  ),
  tool("rename", "an asteroid", "Give an asteroid a new name", [
    a.code("asteroid_id", "with the number {}"),
    a.name("new_name", "to {}"),
  ]),
);

const lot = a.code("lot_id", "for lot {}", "on lot {}");

export const auctions = domain(
  "auctions",
  tool(
    "add",
    "an auction bid",
    "Offer money for a lot",
    [lot, a.amount("amount", "of {}", 10, 90000)],
    [a.currency("currency", "in {}")],
  ),
  tool(
    "find",
    "an auction lot",
    "Find lots by a word",
    [a.title("query", "about {}")],
    [a.amount("max_price", "under {}", 50, 9000), a.scale("order", "order", "in {} order")],
  ),
  tool(
    "delete",
    "an auction bid",
    "Take a bid back",
    [a.code("bid_id", "with the number {}")],
    [a.flag("notify", "and tell the seller", "without telling the seller")],
  ),
  tool(
    "check",
    "an auctioneer",
    "See who leads an auction",
    [a.person("auctioneer", "called {}")],
    [a.date("date", "on {}")],
  ),
  tool("calculate", "the hammer fee", "Fee on the final price", [
    a.amount("price", "for a price of {}", 50, 90000),
    a.fraction("share", "at a share of {}"),
  ]),
  tool(
    "register",
    "a bidder",
    "Enter a person as bidder",
    [a.person("bidder", "for {}"), a.phone("phone", "with phone {}")],
    [a.email("email", "and mail {}")],
  ),
  tool(
    "order",
    "an appraisal",
    "Have an antique valued",
    [a.title("antique", "for {}")],
    [a.scale("priority", "priority", "with {} priority")],
  ),
  tool(
    "stop",
    "an auction",
    "End an auction early",
    [a.code("auction_id", "with the id {}")],
    [a.title("reason", "because of {}")],
  ),
);
