/** Statements of the retention rules: how long is kept what has ended, what is held, what goes. */
import type { Instant } from '../../engine/instance.ts';
import { bucketOfKey, firstKeyAt } from './key.ts';
import type { Sql } from './sql.ts';

const DAY = 86_400_000;

/** How long the ended instances of a process are kept. */
export interface RetentionRule {
  process: string;
  /** After the end. */
  days: number;
  setAt: Instant;
  setBy: string;
}

/** The rules, by process. Primary key. */
export async function readRules(sql: Sql): Promise<RetentionRule[]> {
  const rows = await sql.query<{ process: string; days: number; set_at: string; set_by: string }>(
    'select process, days, set_at, set_by from retention_rules order by process',
  );
  return rows.map((row) => ({ process: row.process, days: row.days, setAt: Number(row.set_at), setBy: row.set_by }));
}

export async function upsertRule(tx: Sql, { process, days, setAt, setBy }: RetentionRule): Promise<void> {
  await tx.run(
    `insert into retention_rules (process, days, set_at, set_by) values ($1, $2, $3, $4)
     on conflict (process) do update set days = excluded.days, set_at = excluded.set_at, set_by = excluded.set_by`,
    [process, days, setAt, setBy],
  );
}

/** false when there is none. */
export async function deleteRule(tx: Sql, process: string): Promise<boolean> {
  return (await tx.run('delete from retention_rules where process = $1', [process])) === 1;
}

/** An instance that no rule removes. */
export interface LegalHold {
  instance: string;
  at: Instant;
  by: string;
  reason: string;
}

/** The holds, newest first. */
export async function readHolds(sql: Sql): Promise<LegalHold[]> {
  const rows = await sql.query<{ instance_id: string; placed_at: string; placed_by: string; reason: string }>(
    'select instance_id, placed_at, placed_by, reason from legal_holds order by placed_at desc, instance_id',
  );
  return rows.map((row) => ({
    instance: row.instance_id,
    at: Number(row.placed_at),
    by: row.placed_by,
    reason: row.reason,
  }));
}

/** false when it is held already. */
export async function insertHold(tx: Sql, { instance, at, by, reason }: LegalHold): Promise<boolean> {
  const placed = await tx.run(
    `insert into legal_holds (bucket, instance_id, placed_at, placed_by, reason) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [bucketOfKey(instance), instance, at, by, reason],
  );
  return placed === 1;
}

/** false when it is not held. */
export async function deleteHold(tx: Sql, instance: string): Promise<boolean> {
  const released = await tx.run('delete from legal_holds where bucket = $1 and instance_id = $2', [
    bucketOfKey(instance),
    instance,
  ]);
  return released === 1;
}

/** An instance whose time is over. */
export interface Expired {
  bucket: number;
  instance: string;
  endedAt: Instant;
}

/**
 * Instances of a process whose time is over and that nobody holds. Index instances_by_process: what ended before the
 * moment began before it.
 */
export async function readExpired(sql: Sql, process: string, before: Instant, limit: number): Promise<Expired[]> {
  const rows = await sql.query<{ bucket: number; id: string; ended_at: string }>(
    `select i.bucket, i.id, i.ended_at from instances i
     where i.process = $1 and i.id < $2 and i.ended_at < $3
       and not exists (select 1 from legal_holds h where h.bucket = i.bucket and h.instance_id = i.id)
     order by i.id limit $4`,
    [process, firstKeyAt(before), before, limit],
  );
  return rows.map((row) => ({ bucket: row.bucket, instance: row.id, endedAt: Number(row.ended_at) }));
}

/** Keeps these instances from being held, or changed, until the transaction ends; gives those that are there. */
export async function lockInstances(
  tx: Sql,
  instances: readonly Pick<Expired, 'bucket' | 'instance'>[],
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select i.id from unnest($1::int[], $2::bigint[]) n (bucket, id)
     join instances i on i.bucket = n.bucket and i.id = n.id order by i.id for update of i`,
    [instances.map(({ bucket }) => bucket), instances.map(({ instance }) => instance)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Those of the locked instances that somebody began to hold before they were locked. Primary key. */
export async function readHeld(tx: Sql, expired: readonly Expired[]): Promise<Set<string>> {
  const rows = await tx.query<{ instance_id: string }>(
    `select h.instance_id from unnest($1::int[], $2::bigint[]) n (bucket, instance_id)
     join legal_holds h on h.bucket = n.bucket and h.instance_id = n.instance_id`,
    [expired.map(({ bucket }) => bucket), expired.map(({ instance }) => instance)],
  );
  return new Set(rows.map((row) => row.instance_id));
}

/**
 * The tables whose rows belong to one instance and go with it; `journal_archive` is emptied month by month. An ended
 * instance has no rows in the others, but what a fault left would be found by nobody any more.
 */
export const OF_AN_INSTANCE = [
  'journal',
  'tickets',
  'ticket_notes',
  'tasks',
  'task_candidates',
  'timers',
  'jobs',
  'message_subscriptions',
  'signal_subscriptions',
  'incidents',
] as const;

/** Removes instances with everything that belongs to them but the archive. */
export async function deleteInstances(tx: Sql, expired: readonly Expired[]): Promise<void> {
  const arrays = [expired.map(({ bucket }) => bucket), expired.map(({ instance }) => instance)];
  for (const table of OF_AN_INSTANCE) {
    await tx.run(
      `delete from ${table} t using unnest($1::int[], $2::bigint[]) n (bucket, instance_id)
       where t.bucket = n.bucket and t.instance_id = n.instance_id`,
      arrays,
    );
  }
  await tx.run(
    `delete from instances i using unnest($1::int[], $2::bigint[]) n (bucket, id)
     where i.bucket = n.bucket and i.id = n.id`,
    arrays,
  );
}

/** What a rule would remove now. */
export interface RetentionForecast {
  process: string;
  days: number;
  /** Instances that would go, and those that only a hold keeps. */
  instances: number;
  held: number;
  /** Journal rows that would go, and what they hold, in bytes as stored. */
  rows: number;
  bytes: number;
  /** First and last end of what would go; null when nothing would. */
  oldest: Instant | null;
  newest: Instant | null;
}

/**
 * Counts what a rule would remove. Index instances_by_process, then primary keys; it reads all of it. Citus takes a lateral
 * subquery that is grouped by the bucket, and no other.
 */
export async function forecastRule(sql: Sql, rule: RetentionRule, now: Instant): Promise<RetentionForecast> {
  const before = now - rule.days * DAY;
  const [row] = await sql.query<{
    instances: number;
    held: number;
    rows: string | null;
    bytes: string | null;
    oldest: string | null;
    newest: string | null;
  }>(
    `select count(*) filter (where h.instance_id is null)::int as instances, count(h.instance_id)::int as held,
       sum(coalesce(j.rows, 0) + coalesce(a.rows, 0)) filter (where h.instance_id is null)::bigint as rows,
       sum(coalesce(j.bytes, 0) + coalesce(a.bytes, 0)) filter (where h.instance_id is null)::bigint as bytes,
       min(i.ended_at) filter (where h.instance_id is null) as oldest,
       max(i.ended_at) filter (where h.instance_id is null) as newest
     from instances i
     left join legal_holds h on h.bucket = i.bucket and h.instance_id = i.id
     left join lateral (
       select count(*) as rows, sum(pg_column_size(r.command) + pg_column_size(r.events)) as bytes from journal r
       where r.bucket = i.bucket and r.instance_id = i.id group by r.bucket) j on true
     left join lateral (
       select count(*) as rows, sum(pg_column_size(r.command) + pg_column_size(r.events)) as bytes from journal_archive r
       where r.bucket = i.bucket and r.instance_id = i.id and r.ended_at = i.ended_at group by r.bucket) a on true
     where i.process = $1 and i.id < $2 and i.ended_at < $3`,
    [rule.process, firstKeyAt(before), before],
  );
  const number = (text: string | null | undefined): number | null => (text == null ? null : Number(text));
  return {
    process: rule.process,
    days: rule.days,
    instances: row?.instances ?? 0,
    held: row?.held ?? 0,
    rows: number(row?.rows) ?? 0,
    bytes: number(row?.bytes) ?? 0,
    oldest: number(row?.oldest),
    newest: number(row?.newest),
  };
}
