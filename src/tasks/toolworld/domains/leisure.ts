import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const city = a.place("city", "in {}");
const day = a.date("date", "on {}");
const clock = a.time("time", "at {}");
const restaurant = a.name("restaurant", "at the restaurant {}");
const party = a.total("party_size", "for {} people", "for {} adults and {} children", 1, 12);
const score = a.count("score", "with {} points", 2, 10);

export const restaurants = domain(
  "restaurants",
  tool(
    "find",
    "a restaurant",
    "Find places to eat in a city",
    [city, a.choice("cuisine", "with {} food", "italian thai mexican indian greek")],
    [a.scale("quality", "quality", "of {} quality")],
  ),
  tool(
    "book",
    "a dinner table",
    "Reserve a table to eat",
    [restaurant, party, clock],
    [a.flag("terrace", "on the terrace", "inside")],
  ),
  tool("cancel", "a dinner table", "Give a reserved table back", [
    a.code("reservation", "for reservation {}"),
  ]),
  tool(
    "get",
    "the lunch menu",
    "Menu of a restaurant",
    [restaurant],
    [a.scale("weekday", "weekday", "for {}")],
  ),
  tool(
    "order",
    "a takeaway meal",
    "Order food to take away",
    [restaurant, a.words("dishes", "with {}")],
    [a.time("pickup", "to be fetched at {}")],
  ),
  tool(
    "rate",
    "a restaurant",
    "Leave a review of a restaurant",
    [restaurant, score],
    [a.title("comment", "saying {}")],
  ),
  tool("add", "a dietary wish", "Tell the cook what to avoid", [
    a.code("reservation", "for reservation {}"),
    a.words("avoid", "avoiding {}"),
  ]),
  tool("calculate", "the tip", "Tip for a bill", [
    a.amount("bill", "for a bill of {}", 5, 400),
    a.fraction("share", "at a share of {}"),
  ]),
);

const movie = a.title("movie", "called {}", "of {}");
const cinema = a.name("cinema", "at the cinema {}");

export const cinemas = domain(
  "cinema",
  tool(
    "search",
    "a movie",
    "Search movies by their genre",
    [a.choice("genre", "of the genre {}", "comedy thriller horror romance western")],
    [a.count("year", "from the year {}", 1950, 2026)],
  ),
  tool(
    "book",
    "a cinema seat",
    "Reserve seats for a showing",
    [movie, cinema, a.count("seats", "with {} seats", 1, 8)],
    [clock],
  ),
  tool("get", "the movie cast", "Who appears in a movie", [movie]),
  tool(
    "list",
    "cinema showings",
    "Showings of a day",
    [cinema, day],
    [a.scale("period", "period", "in the {}")],
  ),
  tool("rate", "a movie", "Give points to a movie", [movie, score]),
  tool(
    "add",
    "a watchlist entry",
    "Remember a movie for later",
    [movie],
    [a.scale("priority", "priority", "with {} priority")],
  ),
  tool(
    "order",
    "popcorn",
    "Order popcorn to the seat",
    [a.scale("size", "size", "of {} size"), a.code("seat", "to seat {}")],
    [a.flag("sweet", "with sugar", "with salt")],
  ),
  tool("cancel", "a cinema seat", "Give reserved seats back", [a.code("booking_id", "for booking {}")]),
);

const track = a.title("song", "called {}");
const artist = a.name("artist", "by {}");

export const music = domain(
  "music",
  tool(
    "play",
    "a song",
    "Play a song by its title",
    [track],
    [artist, a.count("volume", "at volume {}", 1, 100)],
  ),
  tool(
    "create",
    "a playlist",
    "Make a new playlist",
    [a.title("title", "called {}")],
    [a.words("moods", "with the moods {}"), a.flag("public", "for everybody", "for me alone")],
  ),
  tool("add", "a playlist song", "Put a song in a playlist", [
    track,
    a.title("playlist", "to the playlist {}"),
  ]),
  tool(
    "search",
    "an album",
    "Search albums of an artist",
    [artist],
    [a.count("year", "from the year {}", 1950, 2026), a.count("limit", "at most {}", 1, 30)],
  ),
  tool(
    "pause",
    "the music",
    "Pause what is playing",
    [a.name("speaker", "on the speaker {}")],
    [a.minutes("duration", "for {}")],
  ),
  tool("get", "the song lyrics", "Words of a song", [track, artist]),
  tool(
    "set",
    "the sleep timer",
    "Stop the music after a while",
    [a.minutes("duration", "after {}")],
    [a.fraction("fade", "with a fade of {}")],
  ),
  tool("find", "a concert", "Find concerts in a city", [city, artist], [day]),
);

export const fitness = domain(
  "fitness",
  tool(
    "log",
    "a workout",
    "Record some exercise",
    [a.choice("sport", "of {}", "running cycling swimming rowing yoga"), a.minutes("duration", "for {}")],
    [day, a.scale("effort", "level", "with {} effort")],
  ),
  tool(
    "log",
    "a run",
    "Record a run by its length",
    [a.measure("distance", "over {}", "metres", 400, 42000)],
    [a.minutes("duration", "in {}")],
  ),
  tool(
    "set",
    "a step goal",
    "Number of steps to walk",
    [a.count("steps", "of {} steps", 1000, 30000)],
    [a.scale("repeat", "repeat", "{}")],
  ),
  tool(
    "book",
    "a gym class",
    "Reserve a place in a class",
    [a.title("class_name", "called {}"), day],
    [a.person("trainer", "with {}")],
  ),
  tool(
    "calculate",
    "the heart rate",
    "Best pulse for training",
    [a.count("age", "at age {}", 14, 90)],
    [a.fraction("intensity", "at an intensity of {}")],
  ),
  tool("get", "the training plan", "Plan for some weeks", [
    a.count("weeks", "for {} weeks", 1, 26),
    a.scale("level", "level", "of {} difficulty"),
  ]),
  tool(
    "track",
    "body weight",
    "Record the weight of a day",
    [a.amount("weight", "of {} kilograms", 40, 150, 1)],
    [day],
  ),
  tool(
    "find",
    "a running route",
    "Find a route near a place",
    [a.place("near", "near {}"), a.measure("length", "of {}", "kilometres", 2, 40)],
    [a.flag("flat", "without hills", "with hills")],
  ),
);

const player = a.name("player", "for the player {}");

export const gaming = domain(
  "gaming",
  tool(
    "start",
    "a game match",
    "Begin a match with players",
    [a.names("players", "with {}")],
    [a.choice("map", "on the {} map", "steppe tundra jungle volcano")],
  ),
  tool("get", "the game ranking", "Rank of a player", [player], [a.name("region", "in the region {}")]),
  tool(
    "order",
    "game coins",
    "Buy coins for a game",
    [player, a.count("coins", "with {} coins", 10, 9000)],
    [a.currency("currency", "paid in {}")],
  ),
  tool("create", "a game team", "Make a team of players", [
    a.title("team_name", "called {}"),
    a.names("members", "with {}"),
  ]),
  tool(
    "report",
    "a cheater",
    "Report a player who cheats",
    [a.name("cheater", "called {}"), a.code("match", "in match {}")],
    [a.title("reason", "because of {}")],
  ),
  tool(
    "set",
    "the game difficulty",
    "How hard the game is",
    [a.scale("level", "level", "to {}")],
    [a.flag("hints", "with hints", "without hints")],
  ),
  tool("move", "a game piece", "Move a piece on the board", [
    a.code("from_square", "from square {}"),
    a.code("to_square", "to square {}"),
  ]),
  tool("share", "a game replay", "Show a match to a friend", [
    a.code("match", "of match {}"),
    a.email("friend", "with {}"),
  ]),
);
