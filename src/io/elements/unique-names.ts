/**
 * Repeated names told apart as scanpy's `obs_names_make_unique` does: the first keeps its name, the next ones get
 * `-1`, `-2`, ... and no new name is one that was there already.
 */
export function uniqueNames(names: readonly string[]): { names: readonly string[]; renamed: number } {
  const taken = new Set(names);
  if (taken.size === names.length) return { names, renamed: 0 };
  const seen = new Set<string>();
  const repeats = new Map<string, number>();
  let renamed = 0;
  const unique = names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let candidate: string;
    let count = repeats.get(name) ?? 0;
    do {
      count++;
      candidate = `${name}-${count}`;
    } while (taken.has(candidate));
    repeats.set(name, count);
    taken.add(candidate);
    renamed++;
    return candidate;
  });
  return { names: unique, renamed };
}
