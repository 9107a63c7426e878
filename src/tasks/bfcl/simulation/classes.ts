/** The simulated classes by name. */
import type { PythonDict } from "../python/value.js";
import type { SimulatedApi } from "./api.js";
import { GorillaFileSystem } from "./gorilla-file-system.js";
import { MathApi } from "./math-api.js";
import { MessageApi } from "./message-api.js";
import { TicketApi } from "./ticket-api.js";
import { TradingBot } from "./trading-bot.js";
import { TravelApi } from "./travel-api.js";
import { TwitterApi } from "./twitter-api.js";
import { VehicleControlApi } from "./vehicle-control-api.js";
import type { SimulationProcess } from "./world.js";

/** Makes an instance with an initial state, which it may change. @throws PythonError for a state that Python refuses */
export type ApiMaker = (config: PythonDict, process: SimulationProcess) => SimulatedApi;

/** All classes. */
export const SIMULATED_CLASSES: ReadonlyMap<string, ApiMaker> = new Map<string, ApiMaker>([
  ["GorillaFileSystem", (config, process) => new GorillaFileSystem(config, process)],
  ["MathAPI", () => new MathApi()],
  ["MessageAPI", (config) => new MessageApi(config)],
  ["TwitterAPI", (config, process) => new TwitterApi(config, process)],
  ["TicketAPI", (config) => new TicketApi(config)],
  ["TradingBot", (config, process) => new TradingBot(config, process)],
  ["TravelAPI", (config, process) => new TravelApi(config, process)],
  ["VehicleControlAPI", (config, process) => new VehicleControlApi(config, process)],
]);
