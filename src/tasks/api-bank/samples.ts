/**
 * Dialogues → samples, counted as the official evaluator counts them.
 *
 * Each API turn at place i gives two samples: the turns before i with turn i as target, then the turns up to and including
 * i with turn i + 1. Only targets that are API turns count for accuracy. Where two API turns stand next to each other, the
 * second is a target twice, with the same context: the later sample is a double of the earlier.
 */
import type { ApiBankLevel, ApiTurn, Dialogue, Turn } from "./dialogue.js";

/** A place in a dialogue where a model is asked for the next call. */
export interface ApiBankSample {
  /** `L1/<file stem>/<number>`; the number counts all samples of the file, also those that ask for no call. */
  readonly id: string;
  readonly level: ApiBankLevel;
  readonly dialogue: Dialogue;
  /** Place of the target among the turns. */
  readonly turn: number;
  readonly target: ApiTurn;
  /** APIs of the whole dialogue, also of later turns; in order of name. */
  readonly apis: readonly string[];
  /** Id of the earlier sample with the same target. */
  readonly duplicateOf?: string;
}

/** Any sample of a dialogue, with what its target is. */
export interface AnySample {
  readonly id: string;
  readonly turn: number;
  readonly role: Turn["role"];
}

/** The samples whose target is a call, in order. */
export function apiSamplesOf(dialogue: Dialogue): readonly ApiBankSample[] {
  const names = dialogue.turns.flatMap((turn) => (turn.role === "API" ? [turn.apiName] : []));
  const apis = [...new Set(names)].sort();
  const first = new Map<number, string>();
  return samplesOf(dialogue).flatMap(({ id, turn }) => {
    const target = dialogue.turns[turn]!;
    if (target.role !== "API") return [];
    const duplicateOf = first.get(turn);
    if (duplicateOf === undefined) first.set(turn, id);
    const sample = { id, level: dialogue.level, dialogue, turn, target, apis };
    return [duplicateOf === undefined ? sample : { ...sample, duplicateOf }];
  });
}

/** All samples of a dialogue in order; a call in the last turn has no second sample. */
export function samplesOf(dialogue: Dialogue): readonly AnySample[] {
  const { level, stem, turns } = dialogue;
  const calls = turns.flatMap((turn, place) => (turn.role === "API" ? [place] : []));
  return calls
    .flatMap((place) => [place, place + 1])
    .map((turn, number) => ({ id: `${level}/${stem}/${number}`, turn, target: turns[turn] }))
    .flatMap(({ id, turn, target }) => (target === undefined ? [] : [{ id, turn, role: target.role }]));
}
