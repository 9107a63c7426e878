/** The 53 APIs of levels 1 and 2. */
import type { ApiDefinition } from "../api.js";
import { accountApis } from "./accounts.js";
import { appointmentApis } from "./appointments.js";
import { calculatorApi } from "./calculator.js";
import { emailApi } from "./email.js";
import { healthApis } from "./health.js";
import { homeApis } from "./home.js";
import { knowledgeApis } from "./knowledge.js";
import { meetingApis } from "./meetings.js";
import { moneyApis } from "./money.js";
import { scheduleApis } from "./schedule.js";
import { searchApis } from "./search.js";

/** Definitions by name. */
export const apiDefinitions: ReadonlyMap<string, ApiDefinition> = new Map(
  [
    ...accountApis,
    ...appointmentApis,
    calculatorApi,
    emailApi,
    ...healthApis,
    ...homeApis,
    ...knowledgeApis,
    ...meetingApis,
    ...moneyApis,
    ...scheduleApis,
    ...searchApis,
  ].map((definition) => [definition.name, definition]),
);
