import type { Sql } from './sql.ts';

/** The tables whose rows come and go. */
const BUSY = [
  'instances',
  'tasks',
  'task_candidates',
  'timers',
  'jobs',
  'message_subscriptions',
  'signal_subscriptions',
  'buffered_messages',
  'outbox',
  'dedup',
  'requests',
  'incidents',
] as const;

/**
 * Takes dead rows out and measures the tables anew. Only the embedded database needs it: PostgreSQL does so by itself.
 * One statement per table, so that commands get their turn in between.
 */
export async function vacuum(sql: Sql): Promise<void> {
  for (const table of BUSY) await sql.run(`vacuum (analyze) ${table}`);
}
