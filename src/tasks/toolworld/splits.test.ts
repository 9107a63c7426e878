import { describe, expect, it } from "vitest";
import { createRandom } from "../../method/index.js";
import { generateCopyRows } from "./copy-rows.js";
import { objectWords, type ToolPlan } from "./domain.js";
import { EVALUATION_DOMAINS, TRAINING_DOMAINS } from "./domains/index.js";
import { generateToolworld } from "./generate.js";
import { pseudoCode, pseudoName, pseudoWord, sideOf } from "./pseudo.js";
import { isDomainWord, wordsOf } from "./reserved.js";
import { splitSystemText } from "./row.js";
import { evaluationOnlyWords, findSplitOverlap } from "./splits.js";
import { EVALUATION_WORDS, TRAINING_WORDS } from "./word-lists.js";

const plans = (domains: typeof TRAINING_DOMAINS): readonly ToolPlan[] =>
  domains.flatMap(({ tools }) => tools);
const all = plans([...TRAINING_DOMAINS, ...EVALUATION_DOMAINS]);

describe("the two sides", () => {
  it("share no domain, no object and none of the evaluation's own words", () => {
    expect(findSplitOverlap()).toEqual({ domains: [], objects: [], words: [] });
  });

  it("share no title word", () => {
    expect(EVALUATION_WORDS.filter((word) => TRAINING_WORDS.includes(word))).toEqual([]);
  });

  it("keep the evaluation's words out of every training row and copy row", () => {
    const forbidden = evaluationOnlyWords();
    const texts = [
      ...["pretrain", "train"]
        .flatMap((split) =>
          [0, 0.7].flatMap((freshNames) => [
            ...generateToolworld({
              seed: 5,
              split: split === "train" ? "train" : "pretrain",
              freshNames,
              count: 300,
              longShare: 0.2,
            }),
          ]),
        )
        .map((row) => row.system + row.conversations.map(({ value }) => value).join(" ")),
      ...[...generateCopyRows(5, { count: 800 })].map(({ prompt, response }) => `${prompt} ${response}`),
    ];
    const seen = new Set(texts.flatMap((text) => wordsOf(text.replace(/([a-z])([A-Z])/g, "$1 $2"))));
    expect([...forbidden].filter((word) => seen.has(word))).toEqual([]);
    expect(forbidden.size).toBeGreaterThan(150);
  });

  it("never offer a tool of the same name", () => {
    const names = (split: "train" | "evaluation") =>
      new Set(
        [...generateToolworld({ seed: 6, split, count: 1000 })].flatMap((row) => {
          const tools: readonly { readonly name: string }[] = JSON.parse(splitSystemText(row.system).tools);
          return tools.map(({ name }) => name);
        }),
      );
    const training = names("train");
    expect([...names("evaluation")].filter((name) => training.has(name))).toEqual([]);
  });

  it.each(["training", "evaluation"] as const)("draw fresh words of their own: %s", (side) => {
    const random = createRandom(3);
    for (let index = 0; index < 500; index++) {
      const word = pseudoWord(random, side);
      expect(word).toMatch(/^[a-z]{3,10}$/);
      expect(isDomainWord(word)).toBe(false);
      expect(sideOf(word)).toBe(side);
      expect(sideOf(pseudoName(random, side))).toBe(side);
      expect(sideOf(pseudoCode(random, side))).toBe(side);
    }
  });
});

describe("the domains", () => {
  it("are many enough", () => {
    expect(TRAINING_DOMAINS.length).toBeGreaterThanOrEqual(30);
    expect(EVALUATION_DOMAINS.length).toBeGreaterThanOrEqual(6);
    expect(all.length).toBeGreaterThanOrEqual(320);
  });

  it.each(all.map((plan) => [`${plan.verb} ${plan.object}`, plan] as const))(
    "can be told apart in: %s",
    (_, plan) => {
      const attributes = [...plan.required, ...plan.optional];
      const names = attributes.map(({ name }) => name);
      expect(plan.required.length).toBeGreaterThan(0);
      expect(attributes.length).toBeLessThanOrEqual(4);
      expect(plan.description.split(" ").length).toBeLessThanOrEqual(8);
      expect(new Set(names).size).toBe(names.length);
      const phrases = attributes.flatMap((attribute) => attribute.phrases);
      expect(new Set(phrases).size).toBe(phrases.length);
    },
  );

  it("hold no tool twice", () => {
    const keys = all.map(({ verb, object }) => `${verb} ${objectWords(object).join(" ")}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });
});
