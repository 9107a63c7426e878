/** Knowledge looked up: history, wiki, documents, images, speech, dates, the dictionary, translation. */
import { type ApiDefinition, type Input, ServiceOffline } from "../api.js";
import { all, asText, exact, outcome, same, sameName, whenValid } from "../check.js";
import { itemOf, itemsOf, textOf } from "../python/access.js";
import { printDate, readLenientDate } from "../python/date.js";
import { raise } from "../python/error.js";
import { strip } from "../python/text.js";
import { dictionaryOf, type PythonValue, pythonEqual } from "../python/value.js";
import type { World } from "../world.js";
import { knowsLanguage } from "./languages.js";

const trimmed = asText(strip);

export const knowledgeApis: readonly ApiDefinition[] = [
  {
    name: "GetToday",
    required: [],
    result: "without-input",
    run: () => "2023-03-31",
    check: (response) =>
      itemOf(response, "output") !== null &&
      itemOf(response, "exception") === null &&
      itemOf(response, "input") === null,
  },
  {
    name: "QueryHistoryToday",
    required: ["date"],
    run: queryHistory,
    check: all(same("date", monthDayForm), outcome),
  },
  { name: "Wiki", required: ["keyword"], run: searchWiki, check: all(sameName, outcome) },
  {
    name: "DocumentQA",
    required: ["url", "question"],
    run: answerQuestion,
    check: all(same("url", trimmed), same("question", trimmed), outcome),
  },
  { name: "ImageCaption", required: ["url"], run: captionImage, check: exact },
  { name: "SpeechRecognition", required: ["url"], run: recogniseSpeech, check: exact },
  {
    name: "Dictionary",
    required: ["keyword"],
    run: () => {
      throw new ServiceOffline("the web dictionary");
    },
    check: outcome,
  },
  {
    name: "Translate",
    required: ["src"],
    optional: ["src_lang", "tgt_lang"],
    run: translate,
    check: all(sameName, same("src"), outcome),
  },
];

function queryHistory(input: Input, world: World): PythonValue {
  const events = world.database("History").get(monthDay(input.text("date")));
  if (events === undefined) return raise("The date is not in the database.");
  return itemsOf(events).map((event) => {
    const [title, date, description] = ["Title", "Date", "Description"].map((key) =>
      strip(textOf(itemOf(event, key))),
    );
    return `Title: ${title}, Date: ${date}, Description: ${description}`;
  });
}

/** Month and day of a full date, or of one without a year. @throws PythonError (ValueError) */
function monthDay(text: string): string {
  const full = whenValid(() => readLenientDate(text, "date"));
  return printDate(full ?? readLenientDate(text, "month-day"), "month-day");
}

/** The form that is compared; a text that is no day equals nothing. */
function monthDayForm(value: PythonValue): PythonValue | undefined {
  const text = textOf(value);
  return whenValid(() => monthDay(text));
}

function searchWiki(input: Input, world: World): PythonValue {
  const keyword = strip(input.text("keyword").replaceAll("_", " ")).toLowerCase();
  const pages = world.fixed("Wiki");
  const page = pages instanceof Map ? pages.get(keyword) : undefined;
  if (page === undefined) return raise("Keyword not found.");
  return dictionaryOf({ url: itemOf(page, "url"), summary: itemOf(page, "summary") });
}

/**
 * The stored answers lie in a list of questions with answers, and the official API asks whether the text of the question is
 * an item of it: it never is, so each question to a known document gets the same sentence.
 */
function answerQuestion(input: Input, world: World): PythonValue {
  const [url, question] = [strip(input.text("url")), strip(input.text("question"))];
  if (question === "") raise("The question is empty.");
  const answers = world.database("QuestionAnswering").get(url);
  if (answers === undefined) return raise("The document of this url failed to be processed.");
  const answer = answers instanceof Map ? answers.get(question) : undefined;
  return answer ?? "The question is too difficult to answer.";
}

function captionImage(input: Input, world: World): PythonValue {
  const url = strip(input.text("url"));
  if (![".jpg", ".jpeg", ".png"].some((ending) => url.endsWith(ending))) {
    raise("The url should end with .jpg, .jpeg or .png.");
  }
  const image = itemsOf(world.fixed("ImageCaptioning")).find((item) => pythonEqual(itemOf(item, "url"), url));
  return image === undefined
    ? raise("The image of this url failed to be processed.")
    : itemOf(image, "caption");
}

function recogniseSpeech(input: Input, world: World): PythonValue {
  const url = strip(input.text("url"));
  if (!url.endsWith(".wav")) raise("The url should end with .wav.");
  return (
    world.database("SpeechRecognition").get(url) ?? raise("The audio of this url failed to be processed.")
  );
}

function translate(input: Input): PythonValue {
  for (const name of ["src_lang", "tgt_lang"]) {
    const language = input.value(name);
    if (language === null) continue;
    if (!knowsLanguage(textOf(language).toLowerCase())) raise("Language not supported.");
  }
  throw new ServiceOffline("the web translator");
}
