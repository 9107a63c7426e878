/** Orders that are the same on every machine: results must not follow a language setting or the order of reading. */

/** By UTF-16 code units; for `sort`. */
export function compareIds(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The items by name, the names in order, the items of a name in the order given. */
export function groupByName<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
): [name: string, group: T[]][] {
  return [...collect(items, nameOf)].sort(([one], [other]) => compareIds(one, other));
}

/** The items that have the same key; groups and items in the order given. */
export function groupInOrder<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  return [...collect(items, keyOf).values()];
}

function collect<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
