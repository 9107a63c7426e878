/** `TravelAPI`: flights, credit cards and bookings. */
import { add, binary, round } from "../python/arithmetic.js";
import { type CallArguments, makeFloat } from "../python/builtins.js";
import { equals, ordered } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import type { PythonRandom } from "../python/random.js";
import { errorText, repr, str } from "../python/repr.js";
import { deepCopy, PythonDict, type PythonValue } from "../python/value.js";
import { configured, configuredRandom, failure, MethodTable, record, ValueApi } from "./api.js";
import { dictWith, textWith } from "./attribute.js";
import { parseDay } from "./date-text.js";
import { fieldOf } from "./field.js";
import { AIRPORT_OF_CITY, AIRPORTS, BASE_COSTS, DOLLAR_RATES } from "./flight-table.js";
import { type CalendarDay, digits, type SimulationProcess } from "./world.js";

const SEED = 141053n;

const METHODS = new MethodTable<TravelApi>("TravelAPI", {
  authenticate_travel: [
    ["client_id", "client_secret", "refresh_token", "grant_type", "user_first_name", "user_last_name"],
    (api, [, , , scope, first, last]) => api.authenticate(scope!, first!, last!),
  ],
  travel_get_login_status: [[], (api) => api.loginStatus()],
  get_budget_fiscal_year: [
    [
      ["lastModifiedAfter", null],
      ["includeRemoved", null],
    ],
    () => record({ budget_fiscal_year: "2018" }),
  ],
  register_credit_card: [
    ["access_token", "card_number", "expiration_date", "cardholder_name", "card_verification_number"],
    (api, values) => api.registerCard(values),
  ],
  get_flight_cost: [
    ["travel_from", "travel_to", "travel_date", "travel_class"],
    (api, [from, to, date, travelClass]) =>
      record({
        travel_cost_list: api.flightCosts({ from: from!, to: to!, date: date!, travelClass: travelClass! }),
      }),
  ],
  get_credit_card_balance: [["access_token", "card_id"], (api, [token, card]) => api.balance(token!, card!)],
  book_flight: [
    ["access_token", "card_id", "travel_date", "travel_from", "travel_to", "travel_class"],
    (api, [token, card, date, from, to, travelClass]) =>
      api.book(token!, card!, { from: from!, to: to!, date: date!, travelClass: travelClass! }),
  ],
  retrieve_invoice: [
    ["access_token", ["booking_id", null], ["insurance_id", null]],
    (api, [token, booking]) => api.invoice(token!, booking!),
  ],
  get_booking_history: [
    ["access_token"],
    (api, [token]) => api.refusal(token!) ?? record({ booking_history: deepCopy(api.bookings) }),
  ],
  list_all_airports: [[], () => [...AIRPORTS]],
  cancel_booking: [["access_token", "booking_id"], (api, [token, booking]) => api.cancel(token!, booking!)],
  compute_exchange_rate: [
    ["base_currency", "target_currency", "value"],
    (_, [from, to, value]) => exchange(from!, to!, value!),
  ],
  verify_traveler_information: [
    ["first_name", "last_name", "date_of_birth", "passport_number"],
    (api, [first, last, birth, passport]) => api.verify(first!, last!, birth!, passport!),
  ],
  set_budget_limit: [
    ["access_token", "budget_limit"],
    (api, [token, limit]) => api.setBudget(token!, limit!),
  ],
  get_nearest_airport_by_city: [
    ["location"],
    (_, [city]) => record({ nearest_airport: AIRPORT_OF_CITY.get(hashable(city!)) ?? "Unknown" }),
  ],
  purchase_insurance: [
    ["access_token", "insurance_type", "booking_id", "insurance_cost", "card_id"],
    (api, [token, , booking, cost, card]) => api.insure(token!, booking!, cost!, card!),
  ],
  contact_customer_support: [["booking_id", "message"], (api, [booking]) => api.contactSupport(booking!)],
  get_all_credit_cards: [[], (api) => record({ credit_card_list: api.cards })],
});

/** A flight that is asked for. */
interface Flight {
  readonly from: PythonValue;
  readonly to: PythonValue;
  readonly date: PythonValue;
  readonly travelClass: PythonValue;
}

/** An instance of the class. */
export class TravelApi extends ValueApi {
  readonly className = "TravelAPI";
  readonly methodNames = METHODS.names;
  readonly cards: PythonValue;
  readonly bookings: PythonValue;
  readonly #longContext: boolean;
  readonly #today: CalendarDay;
  readonly #random: PythonRandom;
  #token: PythonValue;
  #tokenType: PythonValue;
  #expiresIn: PythonValue;
  #scope: PythonValue;
  #firstName: PythonValue;
  #lastName: PythonValue;
  #budget: PythonValue;

  constructor(config: PythonDict, process: SimulationProcess) {
    super();
    this.#random = configuredRandom(config, SEED);
    this.cards = configured(config, "credit_card_list", new PythonDict());
    this.bookings = configured(config, "booking_record", new PythonDict());
    this.#token = configured(config, "access_token", null);
    this.#tokenType = configured(config, "token_type", null);
    this.#expiresIn = configured(config, "token_expires_in", null);
    this.#scope = configured(config, "token_scope", null);
    this.#firstName = configured(config, "user_first_name", null);
    this.#lastName = configured(config, "user_last_name", null);
    this.#budget = configured(config, "budget_limit", null);
    this.#today = process.today;
    this.#longContext = process.padding !== undefined;
    if (!this.#longContext) return;
    addMissing(this.#cards(), process.sharedTable("CREDIT_CARD_EXTENSION"));
    addMissing(this.#bookings(), process.sharedTable("BOOKING_RECORD_EXTENSION"));
  }

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, args);
  }

  publicState(): [string, PythonValue][] {
    return [
      ["credit_card_list", this.cards],
      ["booking_record", this.bookings],
      ["access_token", this.#token],
      ["token_type", this.#tokenType],
      ["token_expires_in", this.#expiresIn],
      ["token_scope", this.#scope],
      ["user_first_name", this.#firstName],
      ["user_last_name", this.#lastName],
      ["budget_limit", this.#budget],
      ["long_context", this.#longContext],
    ];
  }

  #cards(): PythonDict {
    return dictWith(this.cards, "get");
  }

  #bookings(): PythonDict {
    return dictWith(this.bookings, "get");
  }

  #tokenProblem(token: PythonValue): string | undefined {
    if (equals(this.#expiresIn, 0n)) return "Token expired";
    return equals(token, this.#token) ? undefined : "Invalid access token";
  }

  /** The answer to a wrong token. */
  refusal(token: PythonValue): PythonDict | undefined {
    const problem = this.#tokenProblem(token);
    return problem === undefined ? undefined : failure(problem);
  }

  authenticate(scope: PythonValue, first: PythonValue, last: PythonValue): PythonValue {
    this.#expiresIn = 2n;
    this.#token = digits(this.#random, 6);
    this.#tokenType = "Bearer";
    this.#scope = scope;
    this.#firstName = first;
    this.#lastName = last;
    return record({ expires_in: 2n, access_token: this.#token, token_type: "Bearer", scope });
  }

  loginStatus(): PythonValue {
    return record({ status: this.#expiresIn !== null && !equals(this.#expiresIn, 0n) });
  }

  registerCard([token, number, expiration, holder, verification]: readonly PythonValue[]): PythonValue {
    if (this.#expiresIn === null) return failure("Token not initialized");
    const refused = this.refusal(token!);
    if (refused !== undefined) return refused;
    // Numbers are looked for among the ids, where they never are.
    if (this.#cards().has(number!)) return failure("Card already registered");
    const id = digits(this.#random, 12);
    const card = record({
      card_number: number!,
      expiration_date: expiration!,
      cardholder_name: holder!,
      card_verification_number: verification!,
      balance: BigInt(digits(this.#random, 5)),
    });
    this.#cards().set(id, card);
    return record({ card_id: id });
  }

  /** The price of the flight; with a long context the prices of all routes. @throws PythonError (`ValueError`) */
  flightCosts(flight: Flight): number[] {
    const factor = costFactor(flight);
    if (!this.#longContext) return [routeCost(flight) * factor];
    return [...BASE_COSTS.values()].map((cost) => cost * factor);
  }

  balance(token: PythonValue, card: PythonValue): PythonValue {
    const refused = this.refusal(token);
    if (refused !== undefined) return refused;
    const found = this.#cards().get(card);
    if (found !== undefined) return record({ card_balance: fieldOf(found, "balance") });
    return failure(`Card not registered. Here are a list of card_id's: ${repr([...this.#cards().keys()])}`);
  }

  book(token: PythonValue, cardId: PythonValue, flight: Flight): PythonValue {
    const problem = this.#tokenProblem(token) ?? this.#bookingProblem(cardId, flight);
    if (problem !== undefined) return record({ booking_status: false, error: problem });
    const card = dictWith(this.#cards().item(cardId), "__getitem__");
    const cost = routeCost(flight) * costFactor(flight);
    card.set("balance", binary(card.item("balance"), "-", cost));
    const bookingId = digits(this.#random, 7);
    const transactionId = digits(this.#random, 8);
    this.#bookings().set(
      bookingId,
      record({
        card_id: cardId,
        travel_date: flight.date,
        travel_from: flight.from,
        travel_to: flight.to,
        travel_class: flight.travelClass,
        travel_cost: cost,
        transaction_id: transactionId,
      }),
    );
    return record({
      booking_id: bookingId,
      transaction_id: transactionId,
      booking_status: true,
      booking_history: this.#longContext ? this.bookings : new PythonDict(),
    });
  }

  #bookingProblem(cardId: PythonValue, flight: Flight): string | undefined {
    const card = this.#cards().get(cardId);
    if (card === undefined) return "Card not registered";
    if (!dictWith(card, "__contains__").has("balance")) return "Balance not found";
    const unknown = (airport: PythonValue) => typeof airport !== "string" || !AIRPORTS.includes(airport);
    if (unknown(flight.from)) return `Invalid departure airport code: ${str(flight.from)}`;
    if (unknown(flight.to)) return `Invalid destination airport code: ${str(flight.to)}`;
    return dateProblem(flight.date) ?? this.#costProblem(card, flight);
  }

  #costProblem(card: PythonValue, flight: Flight): string | undefined {
    const cost = attemptCost(flight);
    if (typeof cost === "string") return cost;
    const balance = fieldOf(card, "balance");
    if (ordered(balance, "<", cost)) return "Insufficient funds";
    const limited = this.#budget !== null && ordered(balance, "<", this.#budget);
    return limited ? "Balance is less than budget limit" : undefined;
  }

  invoice(token: PythonValue, booking: PythonValue): PythonValue {
    const refused = this.refusal(token);
    if (refused !== undefined) return refused;
    const found = this.#bookings().get(booking);
    if (found === undefined) return failure("Booking not found");
    const names = [
      "travel_date",
      "travel_from",
      "travel_to",
      "travel_class",
      "travel_cost",
      "transaction_id",
    ];
    const invoice = record({ booking_id: booking });
    for (const name of names) invoice.set(name, fieldOf(found, name));
    return record({ invoice });
  }

  cancel(token: PythonValue, booking: PythonValue): PythonValue {
    const problem = this.#tokenProblem(token);
    const found = this.#bookings().get(booking);
    if (problem !== undefined || found === undefined) {
      return record({ cancel_status: false, error: problem ?? "Booking not found" });
    }
    const cardId = fieldOf(found, "card_id");
    const cost = fieldOf(found, "travel_cost");
    const card = dictWith(this.#cards().item(cardId), "__getitem__");
    card.set("balance", add(card.item("balance"), cost));
    this.#bookings().delete(booking);
    return record({ cancel_status: true });
  }

  verify(first: PythonValue, last: PythonValue, birth: PythonValue, passport: PythonValue): PythonValue {
    const refuse = (why: string) => record({ verification_status: false, verification_failure: why });
    if (!equals(this.#firstName, first) || !equals(this.#lastName, last)) {
      const names = `Expected ${str(this.#firstName)} ${str(this.#lastName)}, got ${str(first)} ${str(last)}`;
      return refuse(`Cannot book flight information for another user.${names}`);
    }
    const age = this.#ageOf(birth);
    if (age === undefined) return refuse("Invalid date of birth format. Please use YYYY-MM-DD.");
    if (age < 18) return refuse("Traveler must be at least 18 years old.");
    if (!textWith(passport, "startswith").startsWith("US")) {
      return refuse("Passport must be issued by the United States.");
    }
    return record({ verification_status: true });
  }

  #ageOf(birth: PythonValue): number | undefined {
    const day = attemptDay(birth);
    if (day === undefined) return undefined;
    const { year, month, day: today } = this.#today;
    const before = month < day.month || (month === day.month && today < day.day);
    return year - day.year - (before ? 1 : 0);
  }

  setBudget(token: PythonValue, limit: PythonValue): PythonValue {
    const refused = this.refusal(token);
    if (refused !== undefined) return refused;
    this.#budget = makeFloat(limit);
    return record({ budget_limit: this.#budget });
  }

  insure(token: PythonValue, booking: PythonValue, cost: PythonValue, cardId: PythonValue): PythonValue {
    const refuse = (error: string) => record({ insurance_status: false, error });
    const problem = this.#tokenProblem(token);
    if (problem !== undefined) return refuse(problem);
    if (this.#budget !== null && ordered(this.#budget, "<", cost)) return refuse("Exceeded budget limit");
    if (!this.#bookings().has(booking)) return refuse("Booking not found");
    const card = this.#cards().get(cardId);
    if (card === undefined) return refuse("Credit card not registered");
    dictWith(card, "__getitem__").set("balance", binary(fieldOf(card, "balance"), "-", cost));
    return record({ insurance_id: digits(this.#random, 9), insurance_status: true });
  }

  contactSupport(booking: PythonValue): PythonValue {
    if (!this.#bookings().has(booking)) return failure("Booking not found");
    const message =
      "Thank you for contacting customer support. Your message has been received and we will get back to you shortly.";
    return record({ customer_support_message: message });
  }
}

function addMissing(target: PythonDict, more: PythonDict): void {
  for (const [key, value] of more.entries()) if (!target.has(key)) target.set(key, value);
}

/** The value, if Python could look it up. @throws PythonError (`TypeError`) */
function hashable(value: PythonValue): PythonValue {
  new PythonDict().has(value);
  return value;
}

function routeCost({ from, to }: Flight): number {
  hashable(from);
  hashable(to);
  const cost =
    typeof from === "string" && typeof to === "string" ? BASE_COSTS.get(`${from}|${to}`) : undefined;
  if (cost !== undefined && !str(from).includes("|")) return cost;
  throw new PythonError("ValueError", "No available route for the given airports.");
}

/** What the class and the date multiply a price with: a date whose digits sum to an even number doubles it. */
function costFactor(flight: Flight): number {
  routeCost(flight);
  const factor = new Map<PythonValue, number>([
    ["economy", 1],
    ["business", 2],
    ["first", 5],
  ]).get(flight.travelClass);
  if (factor === undefined) {
    throw new PythonError("ValueError", "Invalid travel class. Options are: economy, business, first.");
  }
  const sum = [...textWith(flight.date, "__iter__")]
    .filter((character) => /\d/.test(character))
    .reduce((total, character) => total + Number(character), 0);
  return factor * (sum % 2 === 0 ? 2 : 1);
}

function dateProblem(date: PythonValue): string | undefined {
  return attemptDay(date) === undefined ? "Invalid date format. Use YYYY-MM-DD." : undefined;
}

function attemptDay(date: PythonValue): CalendarDay | undefined {
  try {
    return parseDay(date);
  } catch (error) {
    if (error instanceof PythonError && error.kind === "ValueError") return undefined;
    throw error;
  }
}

/** The cost of a flight, or what is wrong with it. */
function attemptCost(flight: Flight): number | string {
  if (!["economy", "business", "first"].includes(str(flight.travelClass))) {
    // Python prints a set here, whose order is not defined.
    return "Invalid travel class. Must be one of {'economy', 'business', 'first'}";
  }
  try {
    return routeCost(flight) * costFactor(flight);
  } catch (error) {
    if (error instanceof PythonError && error.kind === "ValueError") return errorText(error);
    throw error;
  }
}

/** Between dollars and another currency. @throws PythonError (`ValueError`) for any other pair */
function exchange(from: PythonValue, to: PythonValue, value: PythonValue): PythonValue {
  for (const [currency, rate] of DOLLAR_RATES) {
    if (from === "USD" && to === currency) {
      return record({ exchanged_value: makeFloat(binary(value, "*", rate)) });
    }
    if (from === currency && to === "USD") {
      return record({ exchanged_value: round(binary(value, "/", rate), 2n) });
    }
  }
  throw new PythonError("ValueError", "No available exchange rate for the given currencies.");
}
