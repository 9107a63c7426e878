import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const city = a.place("city", "in {}");
const origin = a.place("origin", "from {}");
const destination = a.place("destination", "to {}");
const day = a.date("date", "on {}", "for {}");
const bookingId = a.code("booking_id", "for booking {}", "under booking {}");

const arrival = a.date("arrival", "arriving on {}", "from {}");
const nights = a.count("nights", "for {} nights", 1, 21);
const guests = a.total("guests", "for {} guests", "for {} adults and {} children", 1, 9);
const hotel = a.name("hotel", "at the hotel {}", "at hotel {}");
const breakfast = a.flag("breakfast", "with breakfast", "without breakfast");

export const hotels = domain(
  "hotels",
  tool(
    "search",
    "a hotel",
    "Search hotels in a city",
    [city, arrival],
    [guests, a.count("stars", "with {} stars", 2, 5)],
  ),
  tool("book", "a hotel room", "Book a room in a hotel", [hotel, nights], [guests, breakfast]),
  tool(
    "cancel",
    "a hotel room",
    "Cancel a booked hotel room",
    [bookingId],
    [a.flag("refund", "with a refund", "without a refund")],
  ),
  tool("extend", "a hotel stay", "Make a hotel stay longer", [bookingId, nights]),
  tool(
    "get",
    "the room rate",
    "Price of a room for one night",
    [hotel, day],
    [a.currency("currency", "in {}")],
  ),
  tool(
    "list",
    "hotel services",
    "List what a hotel offers",
    [hotel],
    [a.scale("quality", "quality", "of {} quality")],
  ),
  tool(
    "rate",
    "a hotel stay",
    "Leave a review of a stay",
    [hotel, a.count("score", "with {} points", 2, 10)],
    [a.title("comment", "saying {}")],
  ),
  tool("change", "a room type", "Change the type of a booked room", [
    bookingId,
    a.choice("room_type", "to a {} room", "single double twin suite"),
  ]),
  tool("order", "a wake up call", "Order a morning call in a room", [
    a.count("room", "for room {}", 100, 899),
    a.time("time", "at {}"),
  ]),
);

const seats = a.choice("cabin", "in {} class", "economy business first");
const passengers = a.total("passengers", "for {} passengers", "for {} adults and {} children", 1, 9);
const flightNumber = a.code("flight_number", "for flight {}", "on flight {}");
const bags = a.count("bags", "with {} bags", 1, 6);

export const flights = domain(
  "flights",
  tool("search", "flights", "Search flights between two cities", [origin, destination, day], [seats]),
  tool("book", "a flight", "Book seats on a flight", [flightNumber, passengers], [seats]),
  tool("check", "the flight status", "Tell whether a flight is on time", [flightNumber], [day]),
  tool(
    "cancel",
    "a flight",
    "Cancel a booked flight",
    [bookingId],
    [a.flag("voucher", "for a voucher", "without a voucher")],
  ),
  tool(
    "add",
    "luggage",
    "Add bags to a booking",
    [bookingId, bags],
    [a.measure("weight", "of {}", "kilograms", 5, 40)],
  ),
  tool("change", "a seat", "Move a passenger to another seat", [bookingId, a.code("seat", "to seat {}")]),
  tool(
    "find",
    "a layover",
    "Find stops between two airports",
    [origin, destination],
    [a.minutes("max_wait", "of at most {}")],
  ),
  tool("register", "a frequent flyer", "Register a person for air miles", [
    a.person("traveller", "for {}"),
    a.email("email", "with the address {}"),
  ]),
  tool("convert", "air miles", "Turn air miles into money", [
    a.count("miles", "for {} miles", 500, 90000),
    a.currency("currency", "in {}"),
  ]),
);

const station = a.place("station", "at the station {}", "from the station {}");
const trainClass = a.choice("class", "in {} class", "standard quiet sleeper");

export const trains = domain(
  "trains",
  tool(
    "find",
    "a train",
    "Find trains between two stations",
    [origin, destination],
    [a.time("departure", "leaving at {}"), day],
  ),
  tool(
    "order",
    "a train ticket",
    "Buy a ticket for a train",
    [a.code("train", "for train {}"), trainClass],
    [passengers],
  ),
  tool(
    "get",
    "the train timetable",
    "Departures from a station",
    [station],
    [a.time("after", "after {}"), a.scale("weekday", "weekday", "on {}")],
  ),
  tool("check", "the platform", "Platform where a train leaves", [a.code("train", "of train {}")], [station]),
  tool("cancel", "a train ticket", "Give a ticket back", [a.code("ticket_id", "with the number {}")]),
  tool(
    "report",
    "a train delay",
    "Claim money for a late train",
    [a.code("train", "of train {}"), a.minutes("delay", "of {}")],
    [a.email("email", "with a reply to {}")],
  ),
  tool("upload", "a rail card", "Store a discount card", [
    a.person("holder", "of {}"),
    a.fraction("discount", "with a discount of {}"),
  ]),
  tool(
    "estimate",
    "the rail fare",
    "Expected price of a rail trip",
    [origin, destination],
    [a.scale("age", "age", "for {} people")],
  ),
);

const carType = a.choice("car_type", "of type {}", "compact sedan van pickup");

export const cars = domain(
  "car_rental",
  tool(
    "find",
    "a rental car",
    "Find cars to rent in a city",
    [city, carType],
    [a.amount("max_price", "under {} a day", 20, 300)],
  ),
  tool(
    "book",
    "a rental car",
    "Rent a car for some days",
    [carType, a.count("days", "for {} days", 1, 30)],
    [a.person("driver", "with {} as driver")],
  ),
  tool("extend", "a car rental", "Keep a rental car longer", [
    a.code("rental_id", "for rental {}"),
    a.count("days", "by {} days", 1, 14),
  ]),
  tool("close", "a car rental", "Return a rental car", [
    a.code("rental_id", "for rental {}"),
    a.count("mileage", "at mileage {}", 1000, 200000),
  ]),
  tool("calculate", "the fuel cost", "Cost of fuel for a drive", [
    a.measure("distance", "over {}", "kilometres", 2, 900),
    a.amount("fuel_price", "at {} per litre", 1, 3),
  ]),
  tool(
    "report",
    "car damage",
    "Report damage to a rented car",
    [a.code("plate", "with plate {}"), a.scale("severity", "level", "of {} severity")],
    [a.title("details", "saying {}")],
  ),
  tool(
    "find",
    "a parking spot",
    "Find parking near a place",
    [a.place("near", "near {}")],
    [a.minutes("stay", "for {}"), a.flag("covered", "under a roof", "without a roof")],
  ),
  tool(
    "pay",
    "a road toll",
    "Pay the toll for a road",
    [a.code("plate", "for plate {}"), a.amount("amount", "of {}", 1, 60)],
    [a.currency("currency", "in {}")],
  ),
);

export const weather = domain(
  "weather",
  tool(
    "get",
    "the weather forecast",
    "Forecast for a city on a day",
    [city, day],
    [a.choice("units", "in {} units", "metric imperial")],
  ),
  tool("get", "the air quality", "Air quality in a city now", [city], [a.time("time", "at {}")]),
  tool("check", "the rain risk", "Chance of rain at a place", [
    city,
    a.scale("period", "period", "for the {}"),
  ]),
  tool(
    "set",
    "a storm alert",
    "Warn by mail of bad weather",
    [city, a.email("email", "with mail to {}")],
    [a.scale("level", "level", "for {} danger")],
  ),
  tool(
    "find",
    "a weather station",
    "Find stations near a place",
    [a.place("near", "near {}")],
    [a.measure("radius", "within {}", "kilometres", 1, 80)],
  ),
  tool(
    "compare",
    "the climate",
    "Compare the climate of places",
    [a.names("places", "of {}")],
    [a.choice("season", "in {}", "spring summer autumn winter")],
  ),
  tool("get", "the sunrise", "Time of sunrise at a place", [city, day]),
  tool(
    "log",
    "a rainfall",
    "Record rain that was measured",
    [a.code("gauge", "at gauge {}"), a.amount("depth", "of {}", 0.1, 90, 1)],
    [day],
  ),
);
