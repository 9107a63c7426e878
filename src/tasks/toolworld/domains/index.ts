import type { Domain } from "../domain.js";
import { astronomy, auctions, museums, theatre } from "./evaluation-culture.js";
import { agronomy, harbours, pharmacy, veterinary } from "./evaluation-nature.js";
import { cleaning, cooking, gardening, groceries, smartHome } from "./home.js";
import { cars, flights, hotels, trains, weather } from "./travel.js";
import { calendar, documents, mail, projects, staff } from "./work.js";

/** Domains of pre-training and training. */
export const TRAINING_DOMAINS: readonly Domain[] = [
  ...[hotels, flights, trains, cars, weather],
  ...[smartHome, cooking, groceries, cleaning, gardening],
  ...[calendar, mail, projects, documents, staff],
];

/** Domains that only the evaluation uses. */
export const EVALUATION_DOMAINS: readonly Domain[] = [
  ...[museums, theatre, astronomy, auctions],
  ...[agronomy, veterinary, harbours, pharmacy],
];
