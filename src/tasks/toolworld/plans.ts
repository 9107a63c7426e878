/** Which tools a row is about: plans that can carry the work wanted, and tools composed at random. */
import { type Attribute, word } from "./attribute.js";
import type { Domain, ToolPlan } from "./domain.js";
import { EVALUATION_DOMAINS, TRAINING_DOMAINS } from "./domains/index.js";
import { capitalize } from "./name-style.js";
import type { Side } from "./pseudo.js";
import type { RowContext } from "./row-context.js";
import { type VerbName, verbOf } from "./verbs.js";
import type { Job } from "./wish.js";
import { ARGUMENT_WORKS, alwaysWorks, type WorkOrNone, worksOf } from "./work.js";

/** What the domains of one side offer. */
interface World {
  readonly domains: readonly Domain[];
  readonly plans: readonly ToolPlan[];
  readonly byDomain: ReadonlyMap<string, readonly ToolPlan[]>;
  /** Attributes of each domain, by name. */
  readonly attributes: ReadonlyMap<string, readonly Attribute[]>;
  readonly byWork: ReadonlyMap<WorkOrNone, readonly ToolPlan[]>;
}

/** A plan and the work that its values are to need. */
export interface PlannedJob {
  readonly plan: ToolPlan;
  readonly job: Job;
}

/** A plan that can carry the work, now and then a composed one. */
export function drawPlan(work: WorkOrNone, context: RowContext): PlannedJob {
  const { random, options } = context;
  const world = worldOf(context.side);
  const base = random.choice(world.byWork.get(work)!);
  const carrier = work === "none" ? undefined : carrierOf(base, work);
  const composed =
    random.uniform() < options.composedTools
      ? composePlan(base, { carrier, copiesOnly: work === "none", retrieves: work === "exclusion" }, context)
      : base;
  const plan = work === "exclusion" ? withExclusion(composed, context) : composed;
  const name = work === "exclusion" ? plan.optional[plan.optional.length - 1]!.name : carrier?.name;
  return { plan, job: name === undefined ? { work } : { work, carrier: name } };
}

/** Another plan, of the same domain or of any. */
export function drawOtherPlan(domain: string | undefined, context: RowContext): ToolPlan {
  const world = worldOf(context.side);
  const base = context.random.choice(domain === undefined ? world.plans : world.byDomain.get(domain)!);
  return context.random.uniform() < context.options.composedTools ? composePlan(base, {}, context) : base;
}

/** Verbs that go with almost any object. */
const COMPOSABLE_VERBS: readonly VerbName[] = [
  ...(["find", "search", "get", "list", "check", "create", "add", "order", "schedule", "register"] as const),
  ...(["log", "assign", "update", "change", "set", "move", "cancel", "delete", "close", "send"] as const),
  ...(["share", "report", "calculate", "estimate", "compare", "confirm", "rate", "track"] as const),
];

/** What a composed plan must be like. */
export interface Composition {
  /** An attribute that it must have. */
  readonly carrier?: Attribute | undefined;
  /** Only attributes whose values are copied. @default false */
  readonly copiesOnly?: boolean;
  /** Its verb must be one of finding things. @default false */
  readonly retrieves?: boolean;
}

/** The plan with another verb and other attributes of its domain; the plan itself where none of them can stand in it. */
export function composePlan(base: ToolPlan, recipe: Composition, context: RowContext): ToolPlan {
  const { random } = context;
  const { carrier } = recipe;
  const pool = worldOf(context.side).attributes.get(base.domain)!;
  const chosen: Attribute[] = carrier === undefined ? [] : [carrier];
  const size = Math.max(1, chosen.length) + random.integer(3);
  for (let attempt = 0; attempt < 12 && chosen.length < size; attempt++) {
    const attribute = random.choice(pool);
    if (canStandBeside(attribute, chosen, recipe)) chosen.push(attribute);
  }
  if (chosen.length === 0) return base;
  const verb = random.choice(COMPOSABLE_VERBS);
  const ordered = random.shuffle(chosen);
  const required = 1 + random.integer(ordered.length);
  return {
    domain: base.domain,
    verb: recipe.retrieves === true && verbOf(verb).group !== "retrieve" ? "find" : verb,
    object: base.object,
    description: `${capitalize(verbOf(verb).says[0]!)} ${base.object}`,
    required: ordered.slice(0, required),
    optional: ordered.slice(required),
  };
}

/** No second attribute of that name or with that phrase, and none that works by itself where copies are wanted. */
function canStandBeside(attribute: Attribute, chosen: readonly Attribute[], recipe: Composition): boolean {
  if (recipe.copiesOnly === true && (alwaysWorks(attribute.kind) || attribute.kind.type === "flag"))
    return false;
  return !chosen.some(
    (other) =>
      other.name === attribute.name ||
      other.phrases.some((phrase) => attribute.phrases.some((own) => leadOf(own) === leadOf(phrase))),
  );
}

/** What comes before the value: two arguments must not be told apart by their values alone. */
export function leadOf(phrase: string): string {
  return phrase.split("{}")[0]!.trim();
}

function carrierOf(plan: ToolPlan, work: WorkOrNone): Attribute | undefined {
  if (work === "none") return undefined;
  return [...plan.required, ...plan.optional].find(({ kind }) => worksOf(kind).includes(work));
}

/** The plan with a parameter for what is to be left out. */
function withExclusion(plan: ToolPlan, { random }: RowContext): ToolPlan {
  const name = random.choice(["exclude", "except", "without", "leave_out"]);
  const exclusion = word(name, "but not {}", "except {}", "leaving out {}");
  return { ...plan, optional: [...plan.optional.slice(0, 1), exclusion] };
}

const worlds = new Map<Side, World>();

/** The world of a side; built once. */
export function worldOf(side: Side): World {
  const known = worlds.get(side);
  if (known !== undefined) return known;
  const world = buildWorld(side === "evaluation" ? EVALUATION_DOMAINS : TRAINING_DOMAINS);
  worlds.set(side, world);
  return world;
}

function buildWorld(domains: readonly Domain[]): World {
  const plans = domains.flatMap((domain) => domain.tools);
  const works: readonly WorkOrNone[] = ["none", ...ARGUMENT_WORKS];
  return {
    domains,
    plans,
    byDomain: new Map(domains.map((domain) => [domain.name, domain.tools])),
    attributes: new Map(domains.map((domain) => [domain.name, attributesOf(domain)])),
    byWork: new Map(works.map((work) => [work, plans.filter((plan) => canCarry(plan, work))])),
  };
}

function attributesOf(domain: Domain): readonly Attribute[] {
  const all = domain.tools.flatMap((plan) => [...plan.required, ...plan.optional]);
  return [...new Map(all.map((attribute) => [attribute.name, attribute])).values()];
}

function canCarry(plan: ToolPlan, work: WorkOrNone): boolean {
  if (work === "none") {
    return (
      plan.required.every(({ kind }) => !alwaysWorks(kind) && kind.type !== "flag") &&
      plan.required.length > 0
    );
  }
  if (work === "exclusion") return verbOf(plan.verb).group === "retrieve" && plan.required.length <= 2;
  return carrierOf(plan, work) !== undefined;
}
