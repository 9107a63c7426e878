import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const room = a.choice("room", "in the {}", "kitchen bedroom office hallway cellar bathroom");
const device = a.name("device", "called {}", "on the device {}");

export const smartHome = domain(
  "smart_home",
  tool(
    "set",
    "the lights",
    "Set the lights of a room",
    [room, a.count("brightness", "to {} percent brightness", 1, 100)],
    [a.scale("mood", "mood", "for a {} mood")],
  ),
  tool(
    "set",
    "the heating",
    "Set the heating of a room",
    [room, a.scale("heat", "heat", "to {}")],
    [a.time("until", "until {}")],
  ),
  tool("open", "the blinds", "Open the blinds of a room", [room], [a.fraction("share", "by a share of {}")]),
  tool(
    "start",
    "the vacuum robot",
    "Start the robot in a room",
    [room],
    [a.flag("quiet", "quietly", "at full power"), a.minutes("duration", "for {}")],
  ),
  tool("check", "the door lock", "Tell whether a door is locked", [a.name("door", "of the door {}")]),
  tool("change", "the alarm code", "Change the code of the alarm", [
    a.code("old_code", "from {}"),
    a.code("new_code", "to {}"),
  ]),
  tool("add", "a device", "Add a device to the house", [device, room]),
  tool("rename", "a device", "Give a device another name", [
    a.name("old_name", "from {}"),
    a.name("new_name", "to {}"),
  ]),
  tool(
    "stop",
    "the sprinkler",
    "Stop watering the lawn",
    [a.name("zone", "in zone {}")],
    [a.time("until", "until {}")],
  ),
  tool("get", "the power usage", "Energy used on a day", [a.date("date", "on {}")], [device]),
);

const dish = a.title("dish", "for {}");
const servings = a.count("servings", "for {} people", 1, 12);

export const cooking = domain(
  "cooking",
  tool(
    "find",
    "a recipe",
    "Find recipes with these ingredients",
    [a.words("ingredients", "with {}")],
    [
      a.minutes("max_time", "in at most {}"),
      a.choice("diet", "for a {} diet", "vegan vegetarian keto halal"),
    ],
  ),
  tool("get", "the cooking steps", "Steps to cook a dish", [dish], [servings]),
  tool("convert", "a recipe amount", "Change an amount to grams", [
    a.word("ingredient", "of {}"),
    a.measure("amount", "for {}", "grams", 10, 5000),
  ]),
  tool(
    "set",
    "the oven",
    "Set the oven",
    [a.count("temperature", "to {} degrees", 60, 280), a.minutes("duration", "for {}")],
    [a.choice("oven_mode", "in {} mode", "bake broil fan grill")],
  ),
  tool(
    "start",
    "a kitchen timer",
    "Start a kitchen timer",
    [a.minutes("duration", "for {}")],
    [a.title("label", "labelled {}")],
  ),
  tool(
    "create",
    "a meal plan",
    "Plan meals for some days",
    [a.count("days", "for {} days", 1, 14), servings],
    [a.words("avoid", "avoiding {}")],
  ),
  tool("rate", "a recipe", "Give points to a recipe", [
    a.code("recipe_id", "with id {}"),
    a.count("points", "with {} points", 2, 10),
  ]),
  tool("calculate", "the calories", "Energy of a dish", [dish, servings]),
  tool("share", "a recipe", "Send a recipe to somebody", [
    a.code("recipe_id", "with id {}"),
    a.email("recipient", "with {}"),
  ]),
);

const product = a.word("product", "of {}");
const store = a.name("store", "at the store {}", "from {}");

export const groceries = domain(
  "groceries",
  tool(
    "add",
    "a grocery item",
    "Put a product on the list",
    [product, a.count("quantity", "with quantity {}", 1, 24)],
    [a.flag("organic", "from organic farming", "not organic")],
  ),
  tool("delete", "a grocery item", "Take a product off the list", [product]),
  tool(
    "order",
    "a grocery delivery",
    "Have groceries brought home",
    [store, a.date("date", "on {}")],
    [a.scale("period", "period", "in the {}"), a.amount("tip", "with a tip of {}", 1, 30)],
  ),
  tool("compare", "grocery prices", "Compare the price of a product", [product, a.names("stores", "at {}")]),
  tool(
    "find",
    "a food shop",
    "Find shops near a place",
    [a.place("near", "near {}")],
    [a.flag("open_now", "that is open now", "whether open or not")],
  ),
  tool("track", "a grocery delivery", "Where the delivery is now", [a.code("order_id", "for order {}")]),
  tool("get", "the loyalty points", "Points on a customer card", [a.code("card", "on card {}")]),
  tool("add", "a coupon", "Use a coupon on an order", [
    a.code("coupon", "with the code {}"),
    a.code("order_id", "for order {}"),
  ]),
  tool("report", "a missing product", "Report what was not delivered", [
    a.code("order_id", "in order {}"),
    a.words("products", "namely {}"),
  ]),
);

const address = a.record("address", "at {}", a.name("street", "{}"), a.count("number", "{}", 1, 400));

export const cleaning = domain(
  "house_services",
  tool(
    "book",
    "a cleaner",
    "Book somebody to clean a home",
    [a.date("date", "on {}"), a.count("hours", "for {} hours", 1, 8)],
    [address],
  ),
  tool(
    "schedule",
    "a repair visit",
    "Arrange a visit for a repair",
    [a.choice("trade", "by a {}", "plumber electrician painter carpenter"), a.date("date", "on {}")],
    [a.scale("priority", "priority", "with {} priority")],
  ),
  tool(
    "get",
    "a repair quote",
    "Ask what a repair costs",
    [a.title("problem", "for {}")],
    [a.amount("budget", "with a budget of {}", 50, 4000)],
  ),
  tool("order", "a window wash", "Have windows washed", [
    a.count("windows", "for {} windows", 1, 60),
    address,
  ]),
  tool("rate", "a cleaner", "Give points to a cleaner", [
    a.person("worker", "for {}"),
    a.count("points", "with {} points", 2, 10),
  ]),
  tool("cancel", "a repair visit", "Cancel an arranged visit", [a.code("visit_id", "with the number {}")]),
  tool(
    "find",
    "a locksmith",
    "Find someone to open a door",
    [a.place("near", "near {}")],
    [a.flag("tonight", "for tonight", "for any day")],
  ),
  tool("move", "a cleaning day", "Move the cleaning to another day", [
    a.scale("old_day", "weekday", "from {}"),
    a.scale("new_day", "weekday", "to {}"),
  ]),
  tool("assign", "a house key", "Give a key to a person", [
    a.code("key_id", "with the number {}"),
    a.person("holder", "for {}"),
  ]),
);

const plant = a.word("plant", "for the {}");

export const gardening = domain(
  "gardening",
  tool(
    "get",
    "plant care",
    "How to care for a plant",
    [plant],
    [a.choice("season", "in {}", "spring summer autumn winter")],
  ),
  tool(
    "schedule",
    "the watering",
    "Water a bed regularly",
    [a.name("bed", "of bed {}"), a.scale("repeat", "repeat", "{}")],
    [a.time("time", "at {}")],
  ),
  tool(
    "log",
    "a planting",
    "Record what was planted",
    [a.word("seed", "of {}"), a.count("rows", "in {} rows", 1, 40)],
    [a.date("date", "on {}")],
  ),
  tool("order", "seeds", "Order seeds by weight", [
    a.word("seed", "of {}"),
    a.measure("weight", "by {}", "grams", 5, 3000),
  ]),
  tool(
    "check",
    "the soil",
    "Read the soil sensor of a bed",
    [a.name("bed", "of bed {}")],
    [a.measure("depth", "at {}", "centimetres", 2, 90)],
  ),
  tool("calculate", "the fertilizer", "Fertilizer needed for a bed", [
    a.amount("area", "for an area of {}", 1, 500, 1),
    plant,
  ]),
  tool("find", "a garden pest", "Name a pest by its marks", [a.words("marks", "with the marks {}")], [plant]),
  tool(
    "set",
    "the greenhouse",
    "Set warmth in the greenhouse",
    [a.scale("heat", "heat", "to {}")],
    [a.flag("vents", "with open vents", "with closed vents")],
  ),
);
