/** Finds tools and parameters by name, in time that does not grow with the list: rows of others may be of any size. */

interface Named {
  readonly name: string;
}

/** Shorter lists are searched as they are. */
const few = 16;

const positions = new WeakMap<readonly Named[], ReadonlyMap<string, number>>();

/** The first item of this name. */
export function findByName<T extends Named>(items: readonly T[], name: string): T | undefined {
  if (items.length <= few) return items.find((item) => item.name === name);
  const known = positions.get(items) ?? remember(items);
  const position = known.get(name);
  return position === undefined ? undefined : items[position];
}

function remember(items: readonly Named[]): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (const [position, { name }] of items.entries()) if (!known.has(name)) known.set(name, position);
  positions.set(items, known);
  return known;
}

/** The first text that stands in the list twice. */
export function firstRepeated(texts: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return texts.find((text) => seen.size === seen.add(text).size);
}
