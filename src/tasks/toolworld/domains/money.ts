import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const account = a.code("account", "from account {}", "for account {}");
const money = a.currency("currency", "in {}");
const sum = a.amount("amount", "of {}", 1, 9000);

export const banking = domain(
  "banking",
  tool(
    "transfer",
    "some money",
    "Send money to another account",
    [account, a.person("receiver", "to {}"), sum],
    [money],
  ),
  tool("get", "the account balance", "Balance of an account", [account], [a.date("on_date", "on {}")]),
  tool(
    "stop",
    "a bank card",
    "Block a lost card",
    [a.code("card", "with number {}")],
    [a.flag("replace", "with a replacement", "without a replacement")],
  ),
  tool(
    "set",
    "a spending limit",
    "Limit what a card can spend",
    [a.code("card", "of card {}"), a.amount("limit", "to {}", 50, 9000)],
    [a.scale("repeat", "repeat", "{}")],
  ),
  tool(
    "list",
    "bank transactions",
    "List movements of an account",
    [account],
    [a.date("since", "since {}"), a.scale("order", "order", "in {} order")],
  ),
  tool(
    "open",
    "a savings account",
    "Open an account for savings",
    [a.person("owner", "for {}"), money],
    [a.fraction("interest", "at an interest of {}")],
  ),
  tool("schedule", "a standing payment", "Pay the same sum regularly", [
    a.person("receiver", "to {}"),
    sum,
    a.scale("repeat", "repeat", "{}"),
  ]),
  tool("convert", "a cash amount", "Change money to another currency", [
    sum,
    a.currency("to_currency", "to {}"),
  ]),
);

const ticker = a.code("ticker", "with the symbol {}");

export const stocks = domain(
  "stocks",
  tool("get", "the share price", "Price of a share now", [a.name("company", "of {}")], [money]),
  tool(
    "order",
    "company shares",
    "Buy shares of a company",
    [a.name("company", "of {}"), a.count("shares", "with {} pieces", 1, 5000)],
    [a.amount("max_price", "under {} each", 1, 900)],
  ),
  tool("cancel", "a stock order", "Take an order back", [a.code("order_id", "with the number {}")]),
  tool(
    "set",
    "a price alert",
    "Be told when a price is reached",
    [ticker, a.amount("price", "at {}", 1, 900)],
    [a.email("email", "with mail to {}")],
  ),
  tool(
    "compare",
    "stock returns",
    "Compare shares over time",
    [a.names("companies", "of {}")],
    [a.count("years", "over {} years", 1, 20)],
  ),
  tool("calculate", "the dividend", "Dividend for some shares", [
    a.count("shares", "for {} shares", 1, 9000),
    a.fraction("rate", "at a rate of {}"),
  ]),
  tool(
    "list",
    "my investments",
    "List what is in a portfolio",
    [a.name("portfolio", "in the portfolio {}")],
    [a.scale("order", "order", "in {} order")],
  ),
  tool(
    "estimate",
    "the market risk",
    "Risk of a portfolio",
    [a.name("portfolio", "of the portfolio {}")],
    [a.scale("level", "level", "for a {} tolerance")],
  ),
);

const policyNumber = a.code("policy", "for policy {}", "under policy {}");

export const insurance = domain(
  "insurance",
  tool(
    "report",
    "an insurance claim",
    "Report a damage to the insurer",
    [policyNumber, a.amount("loss", "for a loss of {}", 20, 50000)],
    [a.title("cause", "caused by {}"), a.date("date", "on {}")],
  ),
  tool("get", "the insurance premium", "Price of an insurance", [
    a.choice("cover", "for {} cover", "home travel liability dental"),
    a.count("age", "at age {}", 18, 90),
  ]),
  tool("extend", "an insurance policy", "Keep an insurance for longer", [
    policyNumber,
    a.count("months", "by {} months", 1, 36),
  ]),
  tool("add", "an insured person", "Insure one more person", [policyNumber, a.person("person", "for {}")]),
  tool("change", "the deductible", "Change what one pays oneself", [
    policyNumber,
    a.amount("amount", "to {}", 50, 2000),
  ]),
  tool(
    "close",
    "an insurance policy",
    "End an insurance",
    [policyNumber, a.date("end_date", "on {}")],
    [a.title("reason", "because of {}")],
  ),
  tool("check", "the claim status", "How far a claim is", [a.code("claim", "of claim {}")]),
  tool("upload", "a damage photo", "Add a picture to a claim", [
    a.code("claim", "to claim {}"),
    a.word("file_name", "from the file {}"),
  ]),
);

export const billing = domain(
  "billing",
  tool(
    "create",
    "an invoice draft",
    "Write a bill for a customer",
    [a.name("customer", "for {}"), sum],
    [money, a.date("due", "due on {}")],
  ),
  tool(
    "pay",
    "an electricity bill",
    "Pay a bill for power",
    [a.code("contract", "for contract {}"), sum],
    [a.date("pay_date", "on {}")],
  ),
  tool(
    "send",
    "a payment reminder",
    "Remind a customer to pay",
    [a.email("email", "to {}"), a.code("bill", "for bill {}")],
    [a.scale("tone", "mood", "in a {} tone")],
  ),
  tool("calculate", "the sales tax", "Tax on a price", [
    a.amount("price", "on {}", 1, 9000),
    a.fraction("tax_rate", "at a rate of {}"),
  ]),
  tool("add", "a discount", "Lower the price of a bill", [
    a.code("bill", "to bill {}"),
    a.fraction("discount", "of {}"),
  ]),
  tool(
    "list",
    "unpaid bills",
    "Bills that are not paid yet",
    [a.name("customer", "of {}")],
    [a.date("before", "before {}"), a.scale("order", "order", "in {} order")],
  ),
  tool(
    "get",
    "a receipt",
    "Fetch the receipt of a payment",
    [a.code("payment", "for payment {}")],
    [a.email("email", "with a copy to {}")],
  ),
  tool(
    "estimate",
    "the yearly tax",
    "Tax on the income of a year",
    [a.amount("income", "for an income of {}", 9000, 200000)],
    [a.total("dependents", "with {} dependents", "with {} children and {} parents", 1, 8)],
  ),
);
