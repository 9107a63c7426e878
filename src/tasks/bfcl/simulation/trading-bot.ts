/** `TradingBot`: orders, an account and a watch list, at half past ten on 1 September 2024. */
import { add, binary } from "../python/arithmetic.js";
import { absolute, type CallArguments, iterate, makeFloat, makeInteger } from "../python/builtins.js";
import { equals, ordered, truth } from "../python/equality.js";
import { contains } from "../python/evaluate.js";
import { fixedText } from "../python/number-text.js";
import type { PythonRandom } from "../python/random.js";
import { repr, str } from "../python/repr.js";
import { PythonDict, type PythonValue } from "../python/value.js";
import { configured, configuredRandom, failure, MethodTable, record, ValueApi } from "./api.js";
import { dictWith, listWith, textWith } from "./attribute.js";
import { parseDate, timestampText } from "./date-text.js";
import { fieldOf } from "./field.js";
import type { LongContextTables, SimulationProcess } from "./world.js";

const SEED = 1053520n;
/** 2024-09-01 10:30 UTC, in seconds. */
const NOW = 1725186600;
const DAY = 86400;

const METHODS = new MethodTable<TradingBot>("TradingBot", {
  get_current_time: [[], () => record({ current_time: "10:30 AM" })],
  get_symbol_by_name: [["name"], (_, [name]) => record({ symbol: SYMBOLS.get(name!) ?? "Stock not found" })],
  get_stock_info: [["symbol"], (api, [symbol]) => api.stockInfo(symbol!)],
  get_order_details: [["order_id"], (api, [id]) => api.orderDetails(id!)],
  cancel_order: [["order_id"], (api, [id]) => api.cancel(id!)],
  place_order: [
    ["order_type", "symbol", "price", "amount"],
    (api, [type, symbol, price, amount]) =>
      api.place({ type: type!, symbol: symbol!, price: price!, amount: amount! }),
  ],
  withdraw_funds: [["amount"], (api, [amount]) => api.withdraw(amount!)],
  get_account_info: [[], (api) => api.refusal("to view account information") ?? api.account],
  trading_login: [["username", "password"], (api) => api.login()],
  trading_get_login_status: [[], (api) => record({ status: truth(api.authenticated) })],
  trading_logout: [[], (api) => api.logout()],
  fund_account: [["amount"], (api, [amount]) => api.fund(amount!)],
  remove_stock_from_watchlist: [["symbol"], (api, [symbol]) => api.unwatch(symbol!)],
  get_watchlist: [[], (api) => api.watchlist()],
  get_order_history: [[], (api) => api.orderHistory()],
  get_transaction_history: [
    [
      ["start_date", null],
      ["end_date", null],
    ],
    (api, [start, end]) => api.transactions(start!, end!),
  ],
  get_available_stocks: [["sector"], (api, [sector]) => api.stocksOf(sector!)],
  filter_stocks_by_price: [
    ["stocks", "min_price", "max_price"],
    (api, [stocks, least, most]) => api.filterByPrice(stocks!, least!, most!),
  ],
  add_to_watchlist: [["stock"], (api, [stock]) => api.watch(stock!)],
  notify_price_change: [
    ["stocks", "threshold"],
    (api, [stocks, threshold]) => api.notify(stocks!, threshold!),
  ],
});

interface OrderRequest {
  readonly type: PythonValue;
  readonly symbol: PythonValue;
  readonly price: PythonValue;
  readonly amount: PythonValue;
}

/** An instance of the class. */
export class TradingBot extends ValueApi {
  readonly className = "TradingBot";
  readonly methodNames = METHODS.names;
  readonly account: PythonValue;
  authenticated: PythonValue;
  readonly #orders = new PythonDict();
  readonly #marketStatus: PythonValue;
  readonly #stocks: PythonValue;
  readonly #watchList: PythonValue;
  readonly #history: PythonValue;
  readonly #padding: LongContextTables | undefined;
  readonly #random: PythonRandom;
  #counter: PythonValue;

  constructor(config: PythonDict, { padding }: SimulationProcess) {
    super();
    const orders = dictWith(configured(config, "orders", defaultOrders()), "items");
    for (const [id, order] of orders.entries()) {
      this.#orders.set(typeof id === "string" && /^\d+$/.test(id) ? makeInteger(id) : id, order);
    }
    this.account = configured(
      config,
      "account_info",
      record({ account_id: 12345n, balance: 10000, binding_card: 1974202140965533n }),
    );
    this.authenticated = configured(config, "authenticated", false);
    this.#marketStatus = configured(config, "market_status", "Closed");
    this.#counter = configured(config, "order_counter", 12446n);
    this.#stocks = configured(config, "stocks", defaultStocks());
    this.#watchList = configured(config, "watch_list", ["NVDA"]);
    this.#history = configured(config, "transaction_history", []);
    this.#padding = padding;
    this.#random = configuredRandom(config, SEED);
  }

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, args);
  }

  publicState(): [string, PythonValue][] {
    return [
      ["orders", this.#orders],
      ["account_info", this.account],
      ["authenticated", this.authenticated],
      ["market_status", this.#marketStatus],
      ["order_counter", this.#counter],
      ["stocks", this.#stocks],
      ["watch_list", this.#watchList],
      ["transaction_history", this.#history],
      ["long_context", this.#padding !== undefined],
    ];
  }

  refusal(purpose: string): PythonDict | undefined {
    return truth(this.authenticated)
      ? undefined
      : failure(`User not authenticated. Please log in ${purpose}.`);
  }

  stockInfo(symbol: PythonValue): PythonValue {
    const stocks = dictWith(this.#stocks, "get");
    const stock = stocks.get(symbol);
    if (stock === undefined) return failure(`Stock with symbol '${str(symbol)}' not found.`);
    if (this.#padding === undefined) return stock;
    const padded = dictWith(stock, "copy").copy();
    padded.set("MA(5)", this.#padding.table("MA_5_EXTENSION"));
    padded.set("MA(20)", this.#padding.table("MA_20_EXTENSION"));
    return padded;
  }

  orderDetails(id: PythonValue): PythonValue {
    const order = this.#orders.get(id);
    if (order === undefined) {
      const ids = repr([...this.#orders.keys()]);
      return failure(`Order with ID ${str(id)} not found.Here is the list of orders_id: ${ids}`);
    }
    if (this.#padding === undefined) return order;
    const padded = dictWith(order, "copy").copy();
    const symbol = str(padded.item("symbol"));
    const texts = [...this.#padding.dict("ORDER_DETAIL_EXTENSION").entries()].map(
      ([name, text]) => [name, str(text).replaceAll("{symbol}", symbol)] as const,
    );
    padded.set("metadata", PythonDict.of(texts));
    return padded;
  }

  cancel(id: PythonValue): PythonValue {
    const order = this.#orders.get(id);
    if (order === undefined) return failure(`Order with ID ${str(id)} not found.`);
    if (equals(fieldOf(order, "status"), "Completed")) {
      return failure(`Can't cancel order ${str(id)}. Order is already completed.`);
    }
    dictWith(order, "__setitem__").set("status", "Cancelled");
    return record({ order_id: id, status: "Cancelled" });
  }

  /** The balance is looked at but not charged, and an order may take the place of another with its number. */
  place({ type, symbol, price, amount }: OrderRequest): PythonValue {
    const refused = this.refusal("to place an order");
    if (refused !== undefined) return refused;
    if (!contains(this.#stocks, symbol)) return failure(`Invalid stock symbol: ${str(symbol)}`);
    if (ordered(price, "<=", 0n) || ordered(amount, "<=", 0n)) {
      return failure("Price and amount must be positive values.");
    }
    if (textWith(type, "lower").toLowerCase() === "buy") {
      const poor = this.#cannotPay(makeFloat(price) * Number(makeInteger(amount)));
      if (poor !== undefined) return poor;
    }
    const id = this.#counter;
    const cost = makeFloat(price);
    this.#orders.set(id, record({ id, order_type: type, symbol, price: cost, amount, status: "Open" }));
    this.#counter = add(this.#counter, 1n);
    return record({ order_id: id, order_type: type, status: "Pending", price: cost, amount });
  }

  #cannotPay(cost: number): PythonDict | undefined {
    const balance = dictWith(this.account, "get").get("balance") ?? 0n;
    if (!ordered(cost, ">", balance)) return undefined;
    const available = fixedText(makeFloat(balance), 2);
    return failure(`Insufficient funds: required $${fixedText(cost, 2)} but only $${available} available.`);
  }

  withdraw(amount: PythonValue): PythonValue {
    const refused = this.refusal("to make a transaction");
    if (refused !== undefined) return refused;
    if (!equals(this.#marketStatus, "Open"))
      return failure("Market is closed. Transactions are not allowed.");
    if (ordered(amount, "<=", 0n)) return failure("Transaction amount must be positive.");
    const account = dictWith(this.account, "__getitem__");
    if (ordered(amount, ">", account.item("balance"))) return failure("Insufficient funds for withdrawal.");
    account.set("balance", binary(account.item("balance"), "-", amount));
    return this.#transact("withdrawal", amount, "Withdrawal successful", account);
  }

  fund(amount: PythonValue): PythonValue {
    const refused = this.refusal("to fund the account");
    if (refused !== undefined) return refused;
    if (ordered(amount, "<=", 0n)) return failure("Funding amount must be positive.");
    const account = dictWith(this.account, "__getitem__");
    account.set("balance", add(account.item("balance"), amount));
    return this.#transact("deposit", amount, "Account funded successfully", account);
  }

  #transact(type: string, amount: PythonValue, status: string, account: PythonDict): PythonValue {
    const timestamp = timestampText(this.#random.integer(NOW, NOW + DAY));
    listWith(this.#history, "append").push(record({ type, amount, timestamp }));
    return record({ status, new_balance: account.item("balance") });
  }

  login(): PythonValue {
    if (truth(this.authenticated)) return record({ status: "Already logged in" });
    this.authenticated = true;
    return record({ status: "Logged in successfully" });
  }

  logout(): PythonValue {
    if (!truth(this.authenticated)) return record({ status: "No user is currently logged in" });
    this.authenticated = false;
    return record({ status: "Logged out successfully" });
  }

  unwatch(symbol: PythonValue): PythonValue {
    const refused = this.refusal("to modify the watchlist");
    if (refused !== undefined) return refused;
    const list = listWith(this.#watchList, "remove");
    const index = list.findIndex((other) => equals(other, symbol));
    if (index < 0) return failure(`Stock ${str(symbol)} not found in watchlist.`);
    list.splice(index, 1);
    return record({ status: `Stock ${str(symbol)} removed from watchlist successfully.` });
  }

  watchlist(): PythonValue {
    if (!truth(this.authenticated)) {
      return ["Error: User not authenticated. Please log in to view the watchlist."];
    }
    if (this.#padding === undefined) return record({ watchlist: this.#watchList });
    return [...listWith(this.#watchList, "copy"), ...this.#padding.list("WATCH_LIST_EXTENSION")];
  }

  orderHistory(): PythonValue {
    const refused = this.refusal("to view order history");
    return refused === undefined ? record({ history: [...this.#orders.keys()] }) : [refused];
  }

  transactions(start: PythonValue, end: PythonValue): PythonValue {
    const refused = this.refusal("to view transaction history");
    if (refused !== undefined) return [refused];
    const from = truth(start) ? parseDate(start, "%Y-%m-%d") : Number.NEGATIVE_INFINITY;
    const to = truth(end) ? parseDate(end, "%Y-%m-%d") : Number.POSITIVE_INFINITY;
    const found = iterate(this.#history).filter((transaction) => {
      const time = parseDate(fieldOf(transaction, "timestamp"), "%Y-%m-%d %H:%M:%S");
      return from <= time && time <= to;
    });
    const more = this.#padding?.list("TRANSACTION_HISTORY_EXTENSION") ?? [];
    return record({ transaction_history: [...found, ...more] });
  }

  stocksOf(sector: PythonValue): PythonValue {
    const known = SECTORS.get(sector);
    if (known === undefined) {
      // A sector that cannot be looked up is an error, as in Python.
      new PythonDict().has(sector);
      return record({ stock_list: [] });
    }
    return record({ stock_list: [...known.symbols, ...(this.#padding?.list(known.padding) ?? [])] });
  }

  #priceOf(symbol: PythonValue): PythonValue {
    const stock = dictWith(this.#stocks, "get").get(symbol);
    return stock === undefined ? 0n : (dictWith(stock, "get").get("price") ?? 0n);
  }

  filterByPrice(stocks: PythonValue, least: PythonValue, most: PythonValue): PythonValue {
    const kept = iterate(stocks).filter((symbol) => {
      const price = this.#priceOf(symbol);
      return ordered(price, ">=", least) && ordered(price, "<=", most);
    });
    return record({ filtered_stocks: kept });
  }

  watch(stock: PythonValue): PythonValue {
    if (!contains(this.#watchList, stock) && contains(this.#stocks, stock)) {
      listWith(this.#watchList, "append").push(stock);
    }
    return record({ watchlist: this.#watchList });
  }

  notify(stocks: PythonValue, threshold: PythonValue): PythonValue {
    const known = dictWith(this.#stocks, "get");
    const changed = iterate(stocks).filter((symbol) => {
      const stock = known.get(symbol);
      return stock !== undefined && ordered(absolute(fieldOf(stock, "percent_change")), ">=", threshold);
    });
    if (changed.length === 0) {
      return record({ notification: "No significant price changes in the selected stocks." });
    }
    return record({ notification: `Stocks ${changed.map(str).join(", ")} have significant price changes.` });
  }
}

const SYMBOLS: ReadonlyMap<PythonValue, string> = new Map<PythonValue, string>([
  ["Apple", "AAPL"],
  ["Google", "GOOG"],
  ["Tesla", "TSLA"],
  ["Microsoft", "MSFT"],
  ["Nvidia", "NVDA"],
  ["Zeta Corp", "ZETA"],
  ["Alpha Tech", "ALPH"],
  ["Omega Industries", "OMEG"],
  ["Quasar Ltd.", "QUAS"],
  ["Neptune Systems", "NEPT"],
  ["Synex Solutions", "SYNX"],
  ["Amazon", "AMZN"],
  ["Gorilla", "GORI"],
]);

const SECTORS: ReadonlyMap<PythonValue, { readonly symbols: readonly string[]; readonly padding: string }> =
  new Map<PythonValue, { readonly symbols: readonly string[]; readonly padding: string }>([
    ["Technology", { symbols: ["AAPL", "GOOG", "MSFT", "NVDA"], padding: "TECHNOLOGY_EXTENSION" }],
    ["Automobile", { symbols: ["TSLA", "F", "GM"], padding: "AUTOMOBILE_EXTENSION" }],
  ]);

/** Price, change in percent, volume, and the moving averages of 5 and 20 days. */
const DEFAULT_STOCKS: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  AAPL: [227.16, 0.17, 2.552, 227.11, 227.09],
  GOOG: [2840.34, 0.24, 1.123, 2835.67, 2842.15],
  TSLA: [667.92, -0.12, 1.654, 671.15, 668.2],
  MSFT: [310.23, 0.09, 3.234, 309.88, 310.11],
  NVDA: [220.34, 0.34, 1.234, 220.45, 220.67],
  ALPH: [1320.45, -0.08, 1.567, 1321.12, 1325.78],
  OMEG: [457.23, 0.12, 2.345, 456.78, 458.12],
  QUAS: [725.89, -0.03, 1.789, 726.45, 728],
  NEPT: [88.34, 0.19, 0.654, 88.21, 88.67],
  SYNX: [345.67, 0.11, 2.112, 345.34, 346.12],
  ZETA: [22.09, -0.05, 0.789, 22.12, 22.34],
};

function defaultStocks(): PythonDict {
  return PythonDict.of(
    Object.entries(DEFAULT_STOCKS).map(([symbol, [price, change, volume, five, twenty]]) => [
      symbol,
      record({ price, percent_change: change, volume, "MA(5)": five, "MA(20)": twenty }),
    ]),
  );
}

function defaultOrders(): PythonDict {
  const order = (id: bigint, type: string, symbol: string, price: number, amount: bigint, status: string) =>
    [id, record({ id, order_type: type, symbol, price, amount, status })] as const;
  return PythonDict.of([
    order(12345n, "Buy", "AAPL", 210.65, 10n, "Completed"),
    order(12446n, "Sell", "GOOG", 2840.56, 5n, "Pending"),
  ]);
}
