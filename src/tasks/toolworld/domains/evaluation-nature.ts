/** Held-out domains: their objects, choices and names occur nowhere in the training domains; a test proves it. */
import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const meadow = a.name("pasture", "on the pasture {}", "in the pasture {}");
const crop = a.choice("crop", "of {}", "barley maize rye sorghum flax");

export const agronomy = domain(
  "agronomy",
  tool(
    "log",
    "a harvest",
    "Record a harvest",
    [crop, a.measure("yield", "yielding {}", "kilograms", 20, 9000)],
    [a.date("date", "on {}")],
  ),
  tool(
    "schedule",
    "a tractor",
    "Plan the work of a tractor",
    [meadow, a.date("date", "on {}")],
    [a.count("hours", "for {} hours", 1, 12)],
  ),
  tool(
    "move",
    "a cattle herd",
    "Move animals to a pasture",
    [a.code("herd_id", "with the tag {}"), a.name("pasture", "to the pasture {}")],
    [a.time("time", "at {}")],
  ),
  tool(
    "check",
    "a barn",
    "Read the sensors of a barn",
    [a.name("barn", "called {}")],
    [a.scale("period", "period", "in the {}")],
  ),
  tool(
    "order",
    "animal fodder",
    "Order fodder for animals",
    [a.word("fodder", "of the kind {}"), a.measure("weight", "with {}", "kilograms", 10, 4000)],
    [a.scale("priority", "priority", "with {} priority")],
  ),
  tool("estimate", "the milk output", "Milk expected from a herd", [
    a.code("herd_id", "of herd {}"),
    a.count("cows", "with {} cows", 2, 400),
  ]),
  tool(
    "stop",
    "an irrigation pump",
    "Stop pumping water",
    [a.name("pump", "called {}")],
    [a.time("until", "until {}")],
  ),
  tool(
    "report",
    "a crop disease",
    "Report a sick crop",
    [crop, a.scale("severity", "level", "of {} severity")],
    [a.words("signs", "with the signs {}")],
  ),
);

const pet = a.name("animal_name", "called {}", "for {}");
const species = a.choice("species", "which is a {}", "cat hamster parrot ferret tortoise");

export const veterinary = domain(
  "veterinary",
  tool(
    "schedule",
    "a vet examination",
    "Arrange an examination",
    [pet, a.date("date", "on {}"), a.time("time", "at {}")],
    [species],
  ),
  tool(
    "add",
    "a pet vaccine",
    "Record a vaccine for a pet",
    [pet, a.code("batch", "from batch {}")],
    [a.date("date", "on {}")],
  ),
  tool(
    "register",
    "a pet",
    "Enter a pet with its owner",
    [pet, species, a.person("owner", "owned by {}")],
    [a.amount("weight", "weighing {}", 0.2, 60, 1)],
  ),
  tool(
    "find",
    "a vet clinic",
    "Find an animal clinic",
    [a.place("near", "near {}")],
    [a.flag("emergency", "that takes emergencies", "that takes no emergencies")],
  ),
  tool("calculate", "the pet dose", "Dose by weight of the pet", [
    a.word("remedy", "of {}"),
    a.measure("weight", "at {}", "grams", 50, 40000),
  ]),
  tool("cancel", "a vet examination", "Cancel an examination", [a.code("visit_id", "with the id {}")]),
  tool(
    "get",
    "the pet passport",
    "Health passport of a pet",
    [a.code("chip", "with the chip {}")],
    [a.count("years", "of the last {} years", 1, 15)],
  ),
  tool(
    "pay",
    "a vet fee",
    "Pay an animal clinic",
    [a.code("fee_id", "with the number {}"), a.amount("amount", "of {}", 10, 900)],
    [a.currency("currency", "in {}")],
  ),
);

const stowage = a.record("stowage", "stowed at {}", a.name("hold", ""), a.count("tier", "", 1, 9));
const ship = a.name("ship", "for the ship {}", "of the ship {}");

export const harbours = domain(
  "harbour",
  tool(
    "book",
    "a dock berth",
    "Reserve a berth for a ship",
    [ship, a.count("nights", "for {} nights", 1, 30)],
    [a.measure("length", "with a length of {}", "metres", 5, 300)],
  ),
  tool(
    "get",
    "the tide",
    "Tide at a harbour",
    [a.place("harbour", "at {}"), a.date("date", "on {}")],
    [a.scale("period", "period", "in the {}")],
  ),
  tool(
    "log",
    "a cargo crate",
    "Record a crate taken ashore",
    [a.code("crate_id", "with the number {}"), a.measure("weight", "of {}", "kilograms", 20, 9000)],
    [ship, stowage],
  ),
  tool(
    "assign",
    "a tugboat",
    "Send a tugboat to a ship",
    [ship, a.time("time", "at {}")],
    [a.scale("size", "size", "of {} size")],
  ),
  tool("track", "a vessel", "Where a vessel is", [a.code("vessel_id", "with the number {}")]),
  tool(
    "report",
    "an oil slick",
    "Report oil on the water",
    [a.place("place", "near {}"), a.scale("level", "level", "with {} danger")],
    [a.phone("phone", "with a call back to {}")],
  ),
  tool(
    "extend",
    "a mooring",
    "Stay moored for longer",
    [a.code("mooring_id", "with the number {}"), a.count("days", "by {} days", 1, 20)],
    [a.flag("shore_power", "with shore power", "without shore power")],
  ),
  tool("send", "a captain notice", "Write to a captain", [
    a.person("captain", "to {}"),
    a.title("notice", "saying {}"),
  ]),
);

const dosing = a.record("dosing", "dosed at {}", a.count("pills", "", 1, 6), a.word("meal", ""));
const drug = a.word("drug", "for {}", "of {}");

export const pharmacy = domain(
  "pharmacy",
  tool(
    "order",
    "a prescription",
    "Order what a doctor wrote down",
    [a.code("prescription_id", "with the number {}")],
    [a.flag("generic", "as a generic drug", "as the brand drug")],
  ),
  tool("check", "drug interactions", "Tell whether drugs go together", [a.words("drugs", "between {}")]),
  tool(
    "find",
    "a chemist",
    "Find a chemist near a place",
    [a.place("near", "near {}")],
    [a.time("open_at", "open at {}")],
  ),
  tool(
    "set",
    "a pill chime",
    "Be told to take a pill",
    [drug, a.time("time", "at {}")],
    [a.scale("repeat", "repeat", "{}"), dosing],
  ),
  tool("extend", "a prescription", "Ask for more of a drug", [
    a.code("prescription_id", "with the number {}"),
    a.count("refills", "with {} refills", 1, 6),
  ]),
  tool("convert", "a syrup dose", "Dose of a syrup", [
    drug,
    a.measure("volume", "with {}", "millilitres", 2, 900),
  ]),
  tool(
    "report",
    "an allergy",
    "Report a reaction to a drug",
    [drug, a.scale("severity", "level", "of {} severity")],
    [a.date("since", "since {}")],
  ),
  tool("share", "the medication sheet", "Send the sheet to a doctor", [
    a.person("patient", "of {}"),
    a.email("email", "with {}"),
  ]),
);
