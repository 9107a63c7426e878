/** Documentation of the simulated classes' functions. */
import { DataError, type JsonObject } from "../../spec/index.js";
import { field, isJsonObject, parseJson } from "../json-text.js";

/** The file of each class. */
const FILES: Readonly<Record<string, string>> = {
  GorillaFileSystem: "gorilla_file_system",
  MathAPI: "math_api",
  MessageAPI: "message_api",
  TwitterAPI: "posting_api",
  TicketAPI: "ticket_api",
  TradingBot: "trading_bot",
  TravelAPI: "travel_booking",
  VehicleControlAPI: "vehicle_control",
};

/** The functions of these classes, class by class. @throws DataError where a class has no readable file */
export function classDocuments(classes: readonly string[], files: ReadonlyMap<string, string>): JsonObject[] {
  return classes.flatMap((name) => {
    const text = files.get(FILES[name] ?? "");
    if (text === undefined) {
      const message = `The functions of ${name} are not documented: multi_turn_func_doc/${FILES[name] ?? name}.json is missing.`;
      throw new DataError(message, { class: name });
    }
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => readDocument(line, name));
  });
}

function readDocument(line: string, name: string): JsonObject {
  const parsed = parseJson(line);
  if (parsed.ok && isJsonObject(parsed.value) && typeof field(parsed.value, "name") === "string")
    return parsed.value;
  throw new DataError(`A function of ${name} is no JSON object with a name. Restore the official file.`, {
    class: name,
  });
}
