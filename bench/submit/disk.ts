/** What finished cases take on disk, with every table and index that a run writes. */
import type { Database } from '../../server/db/database.ts';
import type { Result } from '../run.ts';
import { atMost } from './compare.ts';
import type { Lanework } from './lanework.ts';

const CASES = 5000;
const AT_ONCE = 250;

/** Bytes that a finished case may take, all in. */
const GOAL = 4096;

/** Every table of a run; those of definitions and people do not grow with cases. */
const TABLES = [
  'journal',
  'instances',
  'tasks',
  'task_candidates',
  'timers',
  'jobs',
  'incidents',
  'message_subscriptions',
  'signal_subscriptions',
  'buffered_messages',
  'outbox',
  'dedup',
  'keys',
];

/** All cases are open at once, as they are in a desk, and end one after the other; nothing is vacuumed by hand. */
export async function bytesPerCase(db: Database, own: Lanework): Promise<Result[]> {
  const before = await sizes(db);
  let open = await inTurns(Array.from({ length: CASES }), () => own.begin());
  while (open[0]?.status === 'active') open = await inTurns(open, (instance) => own.complete(instance));
  const after = await sizes(db);
  const tables = TABLES.map((table) => ({
    table,
    bytes: ((after.get(table) ?? 0) - (before.get(table) ?? 0)) / CASES,
  }));
  return [
    atMost('submit.case.bytes', sum(tables.map(({ bytes }) => bytes)), GOAL, 'bytes per finished case'),
    ...tables
      .filter(({ bytes }) => bytes >= 1)
      .map(({ table, bytes }) => ({
        name: `submit.case.bytes.${table}`,
        value: bytes,
        unit: 'bytes per finished case',
      })),
  ];
}

async function inTurns<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
  }
  return done;
}

async function sizes(db: Database): Promise<Map<string, number>> {
  const rows = await db.query<{ name: string; bytes: string }>(
    'select name, pg_total_relation_size(name::regclass) as bytes from unnest($1::text[]) t (name)',
    [TABLES],
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
