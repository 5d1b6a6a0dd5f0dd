/** Lists of instances for operators. Index instances_by_process: per process its first lines, merged. */
import type { Instant } from '../../engine/instance.ts';
import { bucketOfBusinessKey } from './instances.ts';
import type { Sql } from './sql.ts';

/** An instance as a line of a list. */
export interface InstanceLine {
  id: string;
  process: string;
  status: string;
  businessKey: string | null;
  startedAt: Instant;
  endedAt: Instant | null;
}

/** The processes of which there are instances, each found by one probe of the index. */
const processes = `recursive p (process) as (
  (select process from instances order by process limit 1)
  union all
  select (select i.process from instances i where i.process > p.process order by i.process limit 1)
  from p where p.process is not null)`;

/** Newest first, those that are older than `before`. */
export async function readNewestInstances(
  sql: Sql,
  wanted: { process: string | null; status: string | null; before: string | null; limit: number },
): Promise<InstanceLine[]> {
  const rows = await sql.query<{
    id: string;
    process: string;
    status: string;
    business_key: string | null;
    started_at: string;
    ended_at: string | null;
  }>(
    `with ${processes}
     select found.* from p cross join lateral (
       select id, i.process, status, business_key, started_at, ended_at from instances i
       where i.process = p.process and id < $3 and ($2::text is null or status = $2)
       order by id desc limit $4) found
     where $1::text is null or p.process = $1 order by id desc limit $4`,
    [wanted.process, wanted.status, wanted.before ?? '9223372036854775807', wanted.limit],
  );
  return rows.map((row) => ({
    id: row.id,
    process: row.process,
    status: row.status,
    businessKey: row.business_key,
    startedAt: Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
  }));
}

/** Keys, in ascending order, of the instances with a business key. Index instances_by_business_key. */
export async function readKeysOfBusinessKey(sql: Sql, businessKey: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'select id from instances where bucket = $1 and business_key = $2 order by id limit 100',
    [bucketOfBusinessKey(businessKey), businessKey],
  );
  return rows.map(({ id }) => id);
}

/** Keys in ascending order, from the one after `after` on; of one process, or of all (null). */
export async function readInstanceKeys(
  sql: Sql,
  process: string | null,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `with ${processes}
     select found.id from p cross join lateral (
       select id from instances i where i.process = p.process and id > $2 order by id limit $3) found
     where $1::text is null or p.process = $1 order by id limit $3`,
    [process, after, limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Keys in ascending order of the active instances of a process that are in one of these releases, from the one after
 * `after` on. Index instances_by_process; what has ended or is in another release is passed over.
 */
export async function readActiveKeysIn(
  sql: Sql,
  { process, releases }: { process: string; releases: readonly string[] },
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from instances where process = $1 and id > $2 and status = 'active' and release_id = any($3::bigint[])
     order by id limit $4`,
    [process, after, releases, limit],
  );
  return rows.map(({ id }) => id);
}
