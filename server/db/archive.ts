/** Statements on `journal_archive`: histories of what ended long ago, in partitions by the month of the end. */
import type { Instant } from '../../engine/instance.ts';
import type { Sql } from './sql.ts';

const DAY = 86_400_000;

/** A month of the archive, UTC. */
export interface Month {
  /** Name of its partition: `journal_archive_2026_03`. */
  partition: string;
  /** Its first moment, and that of the next month. */
  from: Instant;
  to: Instant;
}

/** An ended instance whose journal is to be moved. */
export interface Ended {
  bucket: number;
  instance: string;
  process: string;
  endedAt: Instant;
  /** Number of its journal rows. */
  rows: number;
}

/** The month of a moment. */
export function monthOf(at: Instant): Month {
  const date = new Date(at);
  return month(date.getUTCFullYear(), date.getUTCMonth());
}

function month(year: number, index: number): Month {
  const name = `${String(year).padStart(4, '0')}_${String(index + 1).padStart(2, '0')}`;
  return {
    partition: `journal_archive_${name}`,
    from: Date.UTC(year, index),
    to: Date.UTC(year, index + 1),
  };
}

/** The months that the archive holds, oldest first. */
export async function readMonths(sql: Sql): Promise<Month[]> {
  const rows = await sql.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'journal_archive'::regclass order by c.relname`,
  );
  return rows.flatMap(({ name }) => {
    const [, year, number] = /^journal_archive_(\d{4})_(\d{2})$/.exec(name) ?? [];
    return year === undefined ? [] : month(Number(year), Number(number) - 1);
  });
}

/**
 * Makes the partition of a month. Attached, not made in place, because that does not lock readers out. The name and the
 * bounds are made of numbers, since a definition takes no parameters.
 */
export async function createMonth(tx: Sql, { partition, from, to }: Month): Promise<void> {
  await tx.run(`create table ${partition} (like journal_archive including all)`);
  await tx.run(`alter table journal_archive attach partition ${partition} for values from (${from}) to (${to})`);
}

/** Removes a month with all that is in it. It waits only briefly for those who read the archive (55P03). */
export async function dropMonth(tx: Sql, { partition }: Month): Promise<void> {
  await tx.run("set local lock_timeout = '2s'");
  await tx.run(`drop table ${partition}`);
}

/**
 * Instances of these buckets whose journal may be moved: they ended `days` ago, or as long as the rule of their process
 * says when that is less. Whoever was moved is not found again, because the search begins at the journal.
 * @param before keys from here on began too late to be among them
 */
export async function readMovable(
  sql: Sql,
  buckets: readonly number[],
  { now, days, before, limit }: { now: Instant; days: number; before: string; limit: number },
): Promise<Ended[]> {
  const rows = await sql.query<{ bucket: number; id: string; process: string; ended_at: string; version: number }>(
    `select i.bucket, i.id, i.process, i.ended_at, i.version
     from (select distinct bucket, instance_id from journal where bucket = any($1::int[]) and instance_id < $2) j
     join instances i on i.bucket = j.bucket and i.id = j.instance_id
     left join retention_rules r on r.process = i.process
     where i.ended_at < $3::bigint - least($4::bigint, r.days) * ${DAY} limit $5`,
    [buckets, before, now, days, limit],
  );
  return rows.map((row) => ({
    bucket: row.bucket,
    instance: row.id,
    process: row.process,
    endedAt: Number(row.ended_at),
    rows: row.version,
  }));
}

/** Moves the journals of these instances in one statement: every row is in one of the two places, never in both. */
export async function moveToArchive(tx: Sql, ended: readonly Ended[]): Promise<number> {
  return tx.run(
    `with moved as (
       delete from journal j
       using unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[]) n (bucket, instance_id, ended_at, process)
       where j.bucket = n.bucket and j.instance_id = n.instance_id
       returning j.bucket, j.instance_id, j.seq, j.at, j.actor, j.command, j.events, j.engine, j.prev_hash, j.hash,
         n.ended_at, n.process)
     insert into journal_archive (bucket, instance_id, seq, at, actor, command, events, engine, prev_hash, hash,
       ended_at, process)
     select bucket, instance_id, seq, at, actor, command, events, engine, prev_hash, hash, ended_at, process from moved`,
    [
      ended.map((it) => it.bucket),
      ended.map((it) => it.instance),
      ended.map((it) => it.endedAt),
      ended.map((it) => it.process),
    ],
  );
}

/**
 * What keeps a month from being removed whole, or null: an instance that is held, whose time is not over, or that is
 * still there (`forecast`: as if what may go had gone). Index journal_archive_by_process.
 */
export async function findKept(sql: Sql, { from, to }: Month, now: Instant, forecast = false): Promise<string | null> {
  const [row] = await sql.query<{ instance_id: string }>(
    `select a.instance_id from journal_archive a
     left join retention_rules r on r.process = a.process
     left join instances i on i.bucket = a.bucket and i.id = a.instance_id
     left join legal_holds h on h.bucket = a.bucket and h.instance_id = a.instance_id
     where a.ended_at >= $1 and a.ended_at < $2 and a.seq = 1
       and (r.days is null or a.ended_at >= $3::bigint - r.days * ${DAY}::bigint or (i.id is not null and not $4::boolean)
         or h.instance_id is not null)
     limit 1`,
    [from, to, now, forecast],
  );
  return row?.instance_id ?? null;
}

/** Instances that were removed before and whose journal is still in the month. Index journal_archive_by_process. */
export async function readRemoved(
  sql: Sql,
  { from, to }: Month,
  now: Instant,
  limit: number,
): Promise<Pick<Ended, 'bucket' | 'instance'>[]> {
  const rows = await sql.query<{ bucket: number; instance_id: string }>(
    `select a.bucket, a.instance_id from journal_archive a
     join retention_rules r on r.process = a.process
     where a.ended_at >= $1 and a.ended_at < $2 and a.seq = 1 and a.ended_at < $3::bigint - r.days * ${DAY}::bigint
       and not exists (select 1 from instances i where i.bucket = a.bucket and i.id = a.instance_id)
       and not exists (select 1 from legal_holds h where h.bucket = a.bucket and h.instance_id = a.instance_id)
     limit $4`,
    [from, to, now, limit],
  );
  return rows.map((row) => ({ bucket: row.bucket, instance: row.instance_id }));
}

/** Removes the journals of these instances from the month. Primary key. */
export async function deleteArchived(
  tx: Sql,
  { from, to }: Month,
  removed: readonly Pick<Ended, 'bucket' | 'instance'>[],
): Promise<void> {
  await tx.run(
    `delete from journal_archive a using unnest($1::int[], $2::bigint[]) n (bucket, instance_id)
     where a.bucket = n.bucket and a.instance_id = n.instance_id and a.ended_at >= $3 and a.ended_at < $4`,
    [removed.map(({ bucket }) => bucket), removed.map(({ instance }) => instance), from, to],
  );
}

/** What a month takes on disk, with its indexes. */
export async function readMonthSize(sql: Sql, { partition }: Month): Promise<number> {
  const [row] = await sql.query<{ bytes: string }>('select pg_total_relation_size($1::regclass) as bytes', [partition]);
  return Number(row?.bytes ?? 0);
}
