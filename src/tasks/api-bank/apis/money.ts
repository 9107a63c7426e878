/** Bank, stocks, hotel. */
import type { ApiDefinition, Input } from "../api.js";
import { all, asText, exact, lenientDate, type Normalise, outcome, reads, same } from "../check.js";
import { itemOf, textOf } from "../python/access.js";
import { instantOf, printDate, readDate, readLenientDate } from "../python/date.js";
import { PythonError, raise } from "../python/error.js";
import { raiseCase, strip } from "../python/text.js";
import { dictionaryOf, type PythonValue } from "../python/value.js";
import type { World } from "../world.js";
import { userOfToken } from "./tokens.js";

const booking = ["hotel_name", "check_in_time", "check_out_time", "room_count", "adult_count", "child_count"];

/** Trimmed upper case; None where nothing is left. */
export const upperCode: Normalise = (value) => raiseCase(textOf(value)) || null;

export const moneyApis: readonly ApiDefinition[] = [
  { name: "OpenBankAccount", required: ["account", "password", "name"], run: openAccount, check: exact },
  {
    name: "QueryBalance",
    required: ["token"],
    run: queryBalance,
    check: all(same("token", asText(strip)), outcome),
  },
  {
    name: "QueryStock",
    required: ["stock_code", "date"],
    run: queryStock,
    check: all(
      reads("stock_code", "date"),
      same("stock_code", upperCode),
      same("date", lenientDate("date")),
      outcome,
    ),
  },
  { name: "BookHotel", required: booking, run: bookHotel, check: exact },
];

/** An account that exists is no exception there: the output says "failed". */
function openAccount(input: Input, world: World): PythonValue {
  if (world.bankAccounts.includes(input.text("account"))) return "failed";
  world.bankAccounts.push(input.text("account"));
  return "success";
}

function queryBalance(input: Input, world: World): PythonValue {
  const account = world.database("Bank").get(ownerOf(input.text("token"), world));
  return account === undefined ? raise("The user does not have an account.") : itemOf(account, "balance");
}

/** Whatever is wrong with a token, the text is the same. */
function ownerOf(token: string, world: World): string | bigint {
  try {
    return userOfToken(token, world);
  } catch (error) {
    if (error instanceof PythonError) return raise("The token is incorrect.");
    throw error;
  }
}

function queryStock(input: Input, world: World): PythonValue {
  const code = raiseCase(input.text("stock_code"));
  if (code === "") raise("The stock code cannot be empty.");
  const date = printDate(readLenientDate(input.text("date"), "date"), "date");
  const prices = world.database("Stock").get(code);
  if (!(prices instanceof Map)) return raise("The stock code does not exist.");
  return prices.get(date) ?? raise("The stock price of this date is not maintained.");
}

function bookHotel(input: Input, world: World): PythonValue {
  const [from, to] = [dayIn(input.value("check_in_time")), dayIn(input.value("check_out_time"))];
  if (Number(input.value("adult_count")) > 2 && Number(input.value("room_count")) === 1) {
    raise("The number of adults is greater than 2. Two rooms are ordered.");
  }
  const orders = world.database("Hotel");
  for (const order of orders.values()) requireRoom(order, input.value("hotel_name"), from, to);
  const id = String(orders.size + 1);
  orders.set(id, dictionaryOf(Object.fromEntries(booking.map((field) => [field, input.value(field)]))));
  return id;
}

/** A stay that surrounds a booking on both sides is let through. */
function requireRoom(order: PythonValue, hotel: PythonValue, from: number, to: number): void {
  if (itemOf(order, "hotel_name") !== hotel) return;
  const [start, end] = [dayIn(itemOf(order, "check_in_time")), dayIn(itemOf(order, "check_out_time"))];
  if ((from >= start && from < end) || (to > start && to <= end)) raise("The room is not available.");
}

function dayIn(value: PythonValue): number {
  return instantOf(readDate(textOf(value), "date"));
}
