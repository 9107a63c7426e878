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
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups].sort(([one], [other]) => compareIds(one, other));
}
