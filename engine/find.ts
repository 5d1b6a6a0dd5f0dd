/** Lists of records by their ids, which are drawn upwards: a list is sorted by id, and a place is found by halving. */

interface Identified {
  readonly id: number;
}

/** The record with this id. */
export function findById<T extends Identified>(list: readonly T[], id: number): T | undefined {
  const place = placeOf(list, id);
  return list[place]?.id === id ? list[place] : list.find((record) => record.id === id);
}

/** Whether a list that is sorted has a record with this id. */
export function hasId(list: readonly Identified[], id: number): boolean {
  return list[placeOf(list, id)]?.id === id;
}

/** The index of the record with this id in a sorted list, or of the first with a higher one. */
export function placeOf(list: readonly Identified[], id: number): number {
  if (list[0]?.id === id) return 0;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.id ?? id) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same list, sorted: those of histories that were written before are not everywhere. */
export function sorted<T extends Identified>(list: T[]): T[] {
  let before = -1;
  for (const { id } of list) {
    if (id < before) return list.sort((a, b) => a.id - b.id);
    before = id;
  }
  return list;
}
