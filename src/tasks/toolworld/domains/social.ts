import * as a from "../attribute.js";
import { domain, tool } from "../domain.js";

const profile = a.word("profile", "of the profile {}", "on the profile {}");

export const social = domain(
  "social",
  tool(
    "create",
    "a social post",
    "Publish a post",
    [a.title("text", "saying {}")],
    [a.words("tags", "tagged {}"), a.flag("comments", "open to comments", "closed to comments")],
  ),
  tool("delete", "a social post", "Take a post down", [a.code("post_id", "with the id {}")]),
  tool("get", "the follower count", "How many people follow a profile", [profile]),
  tool(
    "send",
    "a friend request",
    "Ask somebody to be a friend",
    [a.word("user", "to the user {}")],
    [a.title("greeting", "saying {}")],
  ),
  tool(
    "schedule",
    "a social post",
    "Publish a post later",
    [a.title("text", "saying {}"), a.date("date", "on {}")],
    [a.time("time", "at {}")],
  ),
  tool(
    "search",
    "popular hashtags",
    "Hashtags that many use",
    [a.title("topic", "about {}")],
    [a.scale("order", "order", "in {} order"), a.count("limit", "at most {}", 1, 50)],
  ),
  tool(
    "report",
    "a fake profile",
    "Report a profile that is fake",
    [a.word("profile", "called {}")],
    [a.title("reason", "because of {}")],
  ),
  tool("change", "the profile name", "Change the name others see", [
    a.word("old_name", "from {}"),
    a.word("new_name", "to {}"),
  ]),
);

const survey = a.title("survey", "called {}");

export const surveys = domain(
  "surveys",
  tool(
    "create",
    "a survey",
    "Make a survey with questions",
    [survey, a.count("questions", "with {} questions", 1, 40)],
    [a.flag("anonymous", "without names", "with names")],
  ),
  tool(
    "send",
    "a survey",
    "Send a survey to people",
    [survey, a.email("email", "to {}")],
    [a.date("deadline", "to be filled in by {}")],
  ),
  tool(
    "get",
    "the survey results",
    "Results of a survey",
    [survey],
    [a.choice("chart", "as {}", "bars pie lines")],
  ),
  tool("close", "a survey", "Accept no more answers", [survey], [a.date("date", "on {}")]),
  tool(
    "add",
    "a survey question",
    "Put a question in a survey",
    [survey, a.title("question", "asking {}")],
    [a.words("answers", "with the answers {}")],
  ),
  tool("calculate", "the response rate", "Share of people who answered", [
    a.count("sent", "for {} sent", 100, 9000),
    a.count("answered", "and {} answered", 100, 900),
  ]),
);

const occasion = a.title("event", "called {}");

export const events = domain(
  "events",
  tool(
    "create",
    "a party event",
    "Plan an event",
    [occasion, a.date("date", "on {}")],
    [
      a.total("guests", "for {} guests", "for {} friends and {} relatives", 2, 60),
      a.scale("mood", "mood", "in a {} mood"),
    ],
  ),
  tool("send", "an invitation", "Invite people to an event", [occasion, a.names("guests", "to {}")]),
  tool(
    "book",
    "an event hall",
    "Reserve a hall for an event",
    [a.place("city", "in {}"), a.count("capacity", "for {} people", 10, 900)],
    [a.amount("budget", "under {}", 100, 9000)],
  ),
  tool(
    "order",
    "event flowers",
    "Order flowers for an event",
    [a.word("flower", "of the kind {}"), a.count("bunches", "with {} bunches", 1, 80)],
    [a.scale("quality", "quality", "of {} quality")],
  ),
  tool(
    "confirm",
    "a guest",
    "Note that a guest will come",
    [a.person("guest", "named {}"), occasion],
    [a.count("companions", "with {} companions", 1, 5)],
  ),
  tool("estimate", "the catering cost", "Cost of food for guests", [
    a.count("guests", "for {} guests", 5, 400),
    a.amount("per_head", "at {} a head", 5, 120),
  ]),
  tool(
    "cancel",
    "an event hall",
    "Give a reserved hall back",
    [a.code("booking", "for booking {}")],
    [a.flag("refund", "with a refund", "without a refund")],
  ),
  tool("share", "an event photo", "Send a photo of an event", [
    a.code("photo", "with the number {}"),
    a.email("email", "with {}"),
  ]),
);
