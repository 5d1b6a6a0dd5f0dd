/** Searches in arrays: what is not a table of its own, such as what an instance holds. */
import { MOST_COUNTED, strangeCursor } from '../../db/search.ts';
import type { Found, Place, Search } from '../../db/search.ts';
import type { Condition, SearchValue } from '../../db/search-filters.ts';

/** Gives the value of each field; null = it has none. Instants are ms since the epoch. */
export type ItemFields<Item> = Readonly<Record<string, (item: Item) => SearchValue | null>>;

/** The page of the items that match. `unique`: fields that no two items have in common; they end every order. */
export function searchItems<Item>(
  items: readonly Item[],
  fields: ItemFields<Item>,
  unique: readonly string[],
  search: Search,
): Found<Item> {
  const value = (item: Item, field: string): SearchValue | null => {
    const read = fields[field];
    if (read === undefined) throw new Error(`Expected the field ${field} to be readable, but it is not.`);
    return read(item);
  };
  const holds = (item: Item) => (condition: Condition) => matches(value(item, condition.field), condition);
  const matching = items.filter(
    (item) =>
      search.conditions.every(holds(item)) &&
      (search.anyOf.length === 0 || search.anyOf.some((group) => group.every(holds(item)))),
  );
  const order = orderOf(search, unique);
  const placed = matching
    .map((item) => ({ item, place: order.flatMap(({ field }) => placeOf(value(item, field))) }))
    .sort((left, right) => compare(left.place, right.place, order));
  const page = pageOf(placed, search, order);
  const [start, end] = [page[0]?.place, page.at(-1)?.place];
  return {
    rows: page.map(({ item }) => item),
    total: Math.min(matching.length, MOST_COUNTED),
    more: matching.length > MOST_COUNTED,
    ...(start && end ? { start, end } : {}),
  };
}

type Order = readonly { field: string; descending: boolean }[];

function orderOf({ sort }: Search, unique: readonly string[]): Order {
  const named = new Set(sort.map(({ field }) => field));
  return [...sort, ...unique.filter((field) => !named.has(field)).map((field) => ({ field, descending: false }))];
}

/** Whether there is no value, then the value. */
function placeOf(value: SearchValue | null): [boolean, SearchValue] {
  return value === null ? [true, ''] : [false, typeof value === 'string' ? value.slice(0, 50) : value];
}

function pageOf<Placed extends { place: Place }>(
  placed: readonly Placed[],
  { after, before, from, limit }: Search,
  order: Order,
): Placed[] {
  const cursor = after ?? before;
  if (cursor === undefined) return placed.slice(from, from + limit);
  if (cursor.length !== 2 * order.length) throw strangeCursor();
  if (after !== undefined) {
    return placed.filter(({ place }) => compare(place, after, order) > 0).slice(from, from + limit);
  }
  const earlier = placed.filter(({ place }) => compare(place, cursor, order) < 0);
  return earlier.slice(Math.max(0, earlier.length - from - limit), earlier.length - from);
}

function compare(left: Place, right: Place, order: Order): number {
  for (const [index, one] of left.entries()) {
    const difference = compareValues(one, right[index] ?? '');
    if (difference !== 0) return order[index >> 1]?.descending === true ? -difference : difference;
  }
  return 0;
}

/** Keys are decimal texts: the longer one is the larger one. */
function compareValues(left: SearchValue, right: SearchValue): number {
  if (typeof left === 'string' && typeof right === 'string' && /^\d+$/.test(left) && /^\d+$/.test(right)) {
    if (left.length !== right.length) return left.length - right.length;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function matches(found: SearchValue | null, { operator, value }: Condition): boolean {
  const wanted = typeof value === 'object' ? value : [value];
  if (operator === '$exists') return (found !== null) === value;
  if (operator === '$neq' || operator === '$notIn') return found === null || !wanted.includes(found);
  if (found === null) return false;
  const [first = ''] = wanted;
  switch (operator) {
    case '$eq':
    case '$in':
      return wanted.includes(found);
    case '$gt':
      return compareValues(found, first) > 0;
    case '$gte':
      return compareValues(found, first) >= 0;
    case '$lt':
      return compareValues(found, first) < 0;
    case '$lte':
      return compareValues(found, first) <= 0;
    case '$like':
      return isLike(String(found), String(first));
    default:
      return operator satisfies never;
  }
}

/**
 * `*` stands for any text and `?` for one character, unless a backslash is before them. Greedy with one step back to
 * the last `*`, so its time grows with text times pattern and no further.
 */
function isLike(text: string, pattern: string): boolean {
  const parts = [...pattern.matchAll(/\\([*?\\])|([^])/gu)].map(([, escaped, plain = '']) => ({
    any: escaped === undefined && plain === '*',
    one: escaped === undefined && plain === '?',
    text: escaped ?? plain,
  }));
  const characters = [...text];
  let [at, part, star, back] = [0, 0, -1, 0];
  while (at < characters.length) {
    const { any = false, one = false, text: literal = null } = parts[part] ?? {};
    if (any) [star, back, part] = [part, at, part + 1];
    else if (one || literal === characters[at]) [at, part] = [at + 1, part + 1];
    else if (star >= 0) [back, at, part] = [back + 1, back + 1, star + 1];
    else return false;
  }
  return parts.slice(part).every(({ any }) => any);
}
