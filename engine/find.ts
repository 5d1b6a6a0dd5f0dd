/**
 * The record with this id. Ids are drawn upwards and records are appended, so a list is sorted or nearly so: the place is
 * found by halving, and by looking at every record only where a later one was put before an earlier.
 */
export function findById<T extends { readonly id: number }>(list: readonly T[], id: number): T | undefined {
  return list[placeOf(list, id)];
}

/** The index of the record with this id, or -1. */
export function placeOf(list: readonly { readonly id: number }[], id: number): number {
  if (list[0]?.id === id) return 0;
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = list[middle]?.id ?? id;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return list.findIndex((record) => record.id === id);
}
