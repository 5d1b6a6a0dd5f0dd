/**
 * Searches in what instances hold: elements, variables. One that names its instances reads their histories; any other goes
 * through the instances in the order of their keys until its page is full. Neither reads anything that lags behind.
 */
import { Rejection } from '../../../engine/rejection.ts';
import { formatPart, isKey } from '../../db/key.ts';
import type { Found, Place, Search } from '../../db/search.ts';
import type { Condition } from '../../db/search-filters.ts';
import { readChronicles, walkChronicles } from '../../process/chronicles.ts';
import type { Chronicle } from '../../process/chronicle.ts';
import type { Services } from '../../services.ts';
import { readElementKey } from './inside.ts';
import { searchItems } from './search-items.ts';
import type { ItemFields } from './search-items.ts';

/** One request goes through so many instances at most. */
const MOST_INSTANCES = 2000;
/** Larger than every counter of an instance. */
const LAST_PART = 999_999;

/** What is searched. */
export interface Inside<Item> {
  /** Fields that name an instance, or something inside of one. */
  naming: readonly string[];
  /** The field with the key of an item, as formatPart writes it: it is the order of a walk. */
  key: string;
  fields: ItemFields<Item>;
  itemsOf(chronicle: Chronicle): Promise<readonly Item[]> | readonly Item[];
}

/**
 * One page of what fits. Of a walk only what comes after the cursor is counted.
 * @param process only instances of this process
 * @throws Rejection for an order by something else than the key over more instances than one request goes through
 */
export async function searchInside<Item>(
  { db }: Pick<Services, 'db'>,
  inside: Inside<Item>,
  search: Search,
  process: string | null,
): Promise<Found<Item>> {
  const find = (items: readonly Item[], wanted: Search) => searchItems(items, inside.fields, [inside.key], wanted);
  const named = instancesNamed(search.conditions, inside.naming);
  if (named !== null) {
    const chronicles = await readChronicles(db, named);
    return find((await Promise.all(chronicles.map(async (it) => inside.itemsOf(it)))).flat(), search);
  }
  const start = startOf(search, inside.key);
  const full = start === null ? Infinity : search.from + search.limit;
  const { conditions, anyOf, sort, after } = search;
  const whole = { conditions, anyOf, sort, from: 0, limit: Infinity, ...(start !== null && after ? { after } : {}) };
  const items: Item[] = [];
  let [seen, last] = [0, start ?? '0'];
  let complete = true;
  for await (const chronicle of walkChronicles(db, process, last)) {
    complete = seen < MOST_INSTANCES && items.length < full;
    if (!complete) break;
    seen += 1;
    last = chronicle.instance.id;
    items.push(...find(await inside.itemsOf(chronicle), whole).rows);
  }
  const page = find(items, search);
  if (complete) return page;
  if (start === null) throw tooMany(inside.key);
  // A page that is not full ends where the walk did, so that the next one goes on from there.
  const end: Place = items.length < full ? [false, formatPart(last, LAST_PART)] : (page.end ?? []);
  return { ...page, end, more: true };
}

function tooMany(key: string): Rejection {
  return new Rejection(
    'invalid',
    `Expected at most ${MOST_INSTANCES} instances to be sorted, but found more. Name the process instance, or sort by ` +
      `${key} in ascending order.`,
  );
}

/** Where a walk in the order of keys begins; null: it cannot be done in that order. */
function startOf({ sort, after, before }: Search, key: string): string | null {
  const byKey = sort.length === 0 || (sort[0]?.field === key && !sort[0].descending);
  if (!byKey || before !== undefined) return null;
  if (after === undefined) return '0';
  const place = readElementKey(String(after[1]));
  // The instance of the cursor may have more than what was shown.
  return place === null ? '0' : String(BigInt(place.instance) - 1n);
}

/** The instances that a search is about; null when it does not say. */
export function instancesNamed(conditions: readonly Condition[], naming: readonly string[]): string[] | null {
  const named = conditions
    .filter(({ field, operator }) => naming.includes(field) && (operator === '$eq' || operator === '$in'))
    .map(({ value }) => new Set([value].flat().flatMap((key) => readElementKey(String(key))?.instance ?? [])));
  const [first, ...others] = named;
  return first === undefined ? null : [...first].filter((key) => others.every((other) => other.has(key)));
}

/**
 * The process that a search asks for by `processDefinitionId` or `processDefinitionKey`; null when it asks for several or
 * for none. A key that nothing has gives a process that nothing has.
 */
export async function processOf({ runtime }: Services, { conditions }: Search): Promise<string | null> {
  for (const { field, operator, value } of conditions) {
    if (operator !== '$eq' || typeof value !== 'string') continue;
    if (field === 'processDefinitionId') return value;
    if (field === 'processDefinitionKey') return (isKey(value) ? await runtime.definitions.get(value) : null)?.id ?? '';
  }
  return null;
}
