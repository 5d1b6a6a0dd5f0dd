import type { Instant } from '../../engine/instance.ts';
import { bucketOfKey } from './key.ts';
import { partArrays, placedArrays } from './part.ts';
import type { Part, Placed } from './part.ts';
import type { Sql } from './sql.ts';

/** An open job. */
export interface JobRow extends Part {
  /** BPMN ids. */
  process: string;
  element: string;
  type: string;
  headers: Record<string, string>;
  /** Attempts left; 0 = an incident is open. */
  retries: number;
  /** When to try; null = waits for its incident. */
  dueAt: Instant | null;
  /** How often it was tried. */
  attempts: number;
  createdAt: Instant;
}

export async function insertJobs(tx: Sql, rows: readonly Omit<JobRow, 'attempts'>[]): Promise<void> {
  await tx.run(
    `insert into jobs (bucket, instance_id, id, process, element, type, headers, retries, due_at, created_at)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
       $9::bigint[], $10::bigint[])`,
    [
      ...partArrays(rows),
      rows.map((row) => row.process),
      rows.map((row) => row.element),
      rows.map((row) => row.type),
      rows.map((row) => JSON.stringify(row.headers)),
      rows.map((row) => row.retries),
      rows.map((row) => row.dueAt),
      rows.map((row) => row.createdAt),
    ],
  );
}

/** What a failure, or the end of an incident, changes: the job is free again from `dueAt` on. */
export type JobChange = Part & { retries: number; dueAt: Instant | null };

export async function rescheduleJobs(tx: Sql, rows: readonly JobChange[]): Promise<void> {
  await tx.run(
    `update jobs j set retries = n.retries, due_at = n.due_at, lease_owner = null, lease_until = null,
       attempts = attempts + case when lease_owner is null then 1 else 0 end
     from unnest($1::int[], $2::bigint[], $3::int[], $4::int[], $5::bigint[]) n (bucket, instance_id, id, retries, due_at)
     where j.bucket = n.bucket and j.instance_id = n.instance_id and j.id = n.id`,
    [...partArrays(rows), rows.map((row) => row.retries), rows.map((row) => row.dueAt)],
  );
}

/** Gives jobs another number of attempts; who has one keeps it. */
export async function setRetries(tx: Sql, rows: readonly (Part & { retries: number })[]): Promise<void> {
  await tx.run(
    `update jobs j set retries = n.retries from unnest($1::int[], $2::bigint[], $3::int[], $4::int[]) n (bucket, instance_id, id, retries)
     where j.bucket = n.bucket and j.instance_id = n.instance_id and j.id = n.id`,
    [...partArrays(rows), rows.map((row) => row.retries)],
  );
}

/** Puts jobs at other elements: their instance went over to another release. Primary key. */
export async function placeJobs(tx: Sql, rows: readonly Placed[]): Promise<void> {
  await tx.run(
    `update jobs j set process = n.process, element = n.element
     from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[]) n (bucket, instance_id, id, process, element)
     where j.bucket = n.bucket and j.instance_id = n.instance_id and j.id = n.id`,
    placedArrays(rows),
  );
}

export async function deleteJobs(tx: Sql, parts: readonly Part[]): Promise<void> {
  await tx.run(
    `delete from jobs j using unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where j.bucket = n.bucket and j.instance_id = n.instance_id and j.id = n.id`,
    partArrays(parts),
  );
}

interface StoredJob {
  instance_id: string;
  id: number;
  process: string;
  element: string;
  type: string;
  headers: string;
  retries: number;
  due_at: string | null;
  attempts: number;
  created_at: string;
}

/** A type of which jobs are looked for. `since`: nothing older is there to be found (a low-water mark against dead rows). */
export interface DueSince {
  type: string;
  since: Instant;
}

// Each type has a branch of its own, read only as far as the limit goes; Citus refuses a limit in a lateral subquery. The
// bounds are subselects for the reason that stands in timers.ts.

/** What is due and not leased, per type, first due first. Index jobs_by_due. */
export async function readDueJobs(
  sql: Sql,
  wanted: readonly DueSince[],
  now: Instant,
  limit: number,
): Promise<JobRow[]> {
  if (wanted.length === 0) return [];
  const branches = wanted.map(
    (
      _,
      index,
    ) => `(select instance_id, id, process, element, type, headers, retries, due_at, attempts, created_at from jobs
       where type = $${3 + 2 * index} and due_at >= (select $${4 + 2 * index}::bigint) and due_at <= (select $1::bigint)
         and (lease_until is null or lease_until <= $1)
       order by due_at, instance_id, id limit $2)`,
  );
  const rows = await sql.query<StoredJob>(
    `select instance_id, id, process, element, type, headers, retries, due_at, attempts, created_at
     from (${branches.join(' union all ')}) due order by due_at, instance_id, id`,
    [now, limit, ...wanted.flatMap(({ type, since }) => [type, since])],
  );
  return rows.map((row) => ({
    instance: row.instance_id,
    id: row.id,
    process: row.process,
    element: row.element,
    type: row.type,
    // What is stored was written as the headers of JobRequested.
    headers: JSON.parse(row.headers) as Record<string, string>,
    retries: row.retries,
    dueAt: row.due_at === null ? null : Number(row.due_at),
    attempts: row.attempts,
    createdAt: Number(row.created_at),
  }));
}

/** When the next job of these types is due or its lease ends, after the moment; null when there is none. */
export async function readNextJob(sql: Sql, types: readonly string[], after: Instant): Promise<Instant | null> {
  if (types.length === 0) return null;
  const branches = types.map(
    (_, index) =>
      `(select due_at from jobs where type = $${2 + index} and due_at > (select $1::bigint) order by due_at limit 1)`,
  );
  const [row] = await sql.query<{ due_at: string | null }>(
    `select min(due_at) as due_at from (${branches.join(' union all ')}) next`,
    [after, ...types],
  );
  return row?.due_at === undefined || row.due_at === null ? null : Number(row.due_at);
}

/** Takes the job; false when somebody else has it, or it is gone. Said again, it is true again and counts once. */
export async function leaseJob(
  sql: Sql,
  { instance, id }: Part,
  { owner, until }: { owner: string; until: Instant },
  now: Instant,
): Promise<boolean> {
  const changed = await sql.run(
    `update jobs set lease_owner = $4, lease_until = $5,
       attempts = attempts + case when lease_owner = $4 and lease_until = $5 then 0 else 1 end
     where bucket = $1 and instance_id = $2 and id = $3 and due_at <= $6
       and (lease_until is null or lease_until <= $6 or (lease_owner = $4 and lease_until = $5))`,
    [bucketOfKey(instance), instance, id, owner, until, now],
  );
  return changed === 1;
}
