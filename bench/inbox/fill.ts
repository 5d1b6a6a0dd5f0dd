/** Many open tasks without running their processes: what the inbox reads, made by the database itself. */
import { openDatabase, type Database } from '../../server/db/database.ts';
import { NEVER } from '../../server/db/ticket.ts';

/** Where the keys begin: ms since the epoch of keys. */
const SINCE = 60_000_000_000n;

/** The key of the instance with this number: in a bucket that looks random, which is worse than the runs of the runtime. */
export function keyAt(number: number): string {
  const bucket = (BigInt(number) * 2_654_435_761n) % 4096n;
  return (((SINCE + BigInt(number)) << 22n) | bucket).toString();
}

const KEY = `(((${SINCE}::bigint + n) << 22) | ((n::bigint * 2654435761) % 4096))`;
const BUCKET = '((n::bigint * 2654435761) % 4096)::int';
/** Evenly from 0 up to 1, the same at every run. */
const random = (salt: number) => `((hashint8extended(n, ${salt}) & 2147483647)::float8 / 2147483648)`;
/** 200 groups: the first has a sixth of all tasks, the last a six-hundredth. */
const GROUP = `'g' || floor(200 * power(${random(1)}, 3))::int`;
/** Three in ten are taken, by one of two thousand people. */
const ASSIGNEE = `case when ${random(2)} < 0.3 then 'p' || floor(2000 * ${random(3)})::int end`;
/** The next breach lies within a month; one in ten has no clock. */
const DUE = `case when ${random(4)} < 0.1 then ${NEVER} else 1800000000000 + floor(2592000000 * ${random(5)})::bigint end`;

/** Makes so many instances with a ticket and an open task each, in a migrated database. */
export async function fillTasks(url: string, size: number): Promise<void> {
  const db = await openDatabase({ url, pool: 1, timeout: 30 * 60_000 });
  try {
    await fill(db, size);
  } finally {
    await db.close();
  }
}

async function fill(db: Database, size: number): Promise<void> {
  const series = `from generate_series(0, ${size - 1}) n`;
  const indexes = await dropIndexes(db);
  await db.run(
    `insert into instances (bucket, id, version, hash, release_id, process, status, started_at, snapshot)
     select ${BUCKET}, ${KEY}, 3, sha256(''), 1, 'support', 'active', 1790000000000, repeat('state ', 60) ${series}`,
  );
  await db.run(
    `insert into tickets (bucket, instance_id, number, state, title, description, channel, client, requester,
       requester_name, contact, locale, service, type, category, priority, impact, urgency, group_id, tier, assignee,
       group_since, question, answer, solution, rating, rating_comment, follows, awaits, clocks, due_at, access_hash,
       created_at, updated_at, ended_at, words)
     select ${BUCKET}, ${KEY}, 'R-' || n, 'assigned', 'Request ' || n, repeat('words ', 30), 'portal', '', 'r' || n % 5000,
       'Requester', '', 'en', 'website', 'incident', 'error', 'P' || 1 + n % 4, 'part', 'high', ${GROUP}, 'L1', ${ASSIGNEE},
       1790000000000, '', '', '', null, '', '', '{}', '[]', ${DUE}, '', 1790000000000, 1790000000000, null,
       array_to_tsvector(array['r-' || n, 'word' || n % 1000]) ${series}`,
  );
  await db.run(
    `insert into tasks (bucket, instance_id, id, process, element, group_id, assignee, priority, created_at, next_due_at)
     select ${BUCKET}, ${KEY}, 1, 'support', 'handle', ${GROUP}, ${ASSIGNEE}, 50, 1790000000000, ${DUE} ${series}`,
  );
  for (const index of indexes) await db.run(index);
  for (const table of ['instances', 'tickets', 'tasks']) await db.run(`vacuum (analyze) ${table}`);
}

/** Building an index at the end takes a fraction of keeping it; gives the statements that make them again. */
async function dropIndexes(db: Database): Promise<string[]> {
  const indexes = await db.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where tablename in ('instances', 'tickets', 'tasks') and indexname not like '%_pkey'`,
  );
  for (const { name } of indexes) await db.run(`drop index ${name}`);
  return indexes.map(({ definition }) => definition);
}
