import type { Domain } from "../domain.js";
import { astronomy, auctions, museums, theatre } from "./evaluation-culture.js";
import { agronomy, harbours, pharmacy, veterinary } from "./evaluation-nature.js";
import { cleaning, cooking, gardening, groceries, smartHome } from "./home.js";
import { cinemas, fitness, gaming, music, restaurants } from "./leisure.js";
import { banking, billing, insurance, stocks } from "./money.js";
import { education, health, housing, libraries, parcels, support } from "./services.js";
import { events, social, surveys } from "./social.js";
import { navigation, servers, storage, telephone, translation } from "./tech.js";
import { cars, flights, hotels, trains, weather } from "./travel.js";
import { calendar, documents, mail, projects, staff } from "./work.js";

/** Domains of pre-training and training. */
export const TRAINING_DOMAINS: readonly Domain[] = [
  ...[hotels, flights, trains, cars, weather],
  ...[smartHome, cooking, groceries, cleaning, gardening],
  ...[calendar, mail, projects, documents, staff],
  ...[banking, stocks, insurance, billing],
  ...[restaurants, cinemas, music, fitness, gaming],
  ...[parcels, support, housing, education, libraries, health],
  ...[servers, storage, translation, navigation, telephone],
  ...[social, surveys, events],
];

/** Domains that only the evaluation uses. */
export const EVALUATION_DOMAINS: readonly Domain[] = [
  ...[museums, theatre, astronomy, auctions],
  ...[agronomy, veterinary, harbours, pharmacy],
];
