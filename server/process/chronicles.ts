import type { Database } from '../db/database.ts';
import { readInstanceKeys } from '../db/instance-pages.ts';
import { readJournals } from '../db/journals.ts';
import { chronicleOf } from './chronicle.ts';
import type { Chronicle, Told } from './chronicle.ts';

/** So many histories are read at once. */
const AT_ONCE = 50;

/** What has been in these instances; those that do not exist are left out. In the order of their keys. */
export async function readChronicles(db: Database, instances: readonly string[]): Promise<Chronicle[]> {
  const found: Chronicle[] = [];
  for (let first = 0; first < instances.length; first += AT_ONCE) {
    const histories = new Map<string, Told[]>();
    for (const { instance, at, events } of await readJournals(db, instances.slice(first, first + AT_ONCE))) {
      const rows = histories.get(instance) ?? [];
      rows.push({ command: { at }, events });
      histories.set(instance, rows);
    }
    for (const rows of histories.values()) found.push(...[chronicleOf(rows)].filter((it) => it !== null));
  }
  return found;
}

/** Goes through the instances of a process, or of all (null), in the order of their keys from the one after `after` on. */
export async function* walkChronicles(
  db: Database,
  process: string | null,
  after: string,
): AsyncGenerator<Chronicle, void> {
  for (let last = after; ;) {
    const keys = await readInstanceKeys(db, process, last, AT_ONCE);
    yield* await readChronicles(db, keys);
    last = keys.at(-1) ?? last;
    if (keys.length < AT_ONCE) return;
  }
}
