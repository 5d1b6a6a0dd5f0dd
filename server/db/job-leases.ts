/** Leases of jobs that workers outside of the server do. A leased job is due again when its lease ends. */
import type { Instant } from '../../engine/instance.ts';
import type { DueSince } from './jobs.ts';
import { bucketOfKey } from './key.ts';
import { partArrays } from './part.ts';
import type { Part } from './part.ts';
import type { Sql } from './sql.ts';

/** Who has a job, and until when. */
export interface Lease {
  owner: string;
  /** ms since the epoch, UTC. */
  until: Instant;
}

/** Those of these types of which a job is due, each in a branch of its own. Index jobs_by_due. */
export async function readDueTypes(sql: Sql, wanted: readonly DueSince[], now: Instant): Promise<Set<string>> {
  if (wanted.length === 0) return new Set();
  const branches = wanted.map(
    (
      _,
      index,
    ) => `(select type from jobs where type = $${2 + 2 * index} and due_at >= (select $${3 + 2 * index}::bigint)
       and due_at <= (select $1::bigint) and (lease_until is null or lease_until <= $1) limit 1)`,
  );
  const rows = await sql.query<{ type: string }>(`select type from (${branches.join(' union all ')}) due`, [
    now,
    ...wanted.flatMap(({ type, since }) => [type, since]),
  ]);
  return new Set(rows.map(({ type }) => type));
}

/** Takes these jobs where they are still due; gives the counters of those that it got, by instance. Primary key. */
export async function leaseJobs(
  sql: Sql,
  parts: readonly Part[],
  { owner, until }: Lease,
  now: Instant,
): Promise<Part[]> {
  const rows = await sql.query<{ instance_id: string; id: number }>(
    `update jobs j set lease_owner = $4, lease_until = $5, due_at = $5, attempts = attempts + 1
     from unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where j.bucket = n.bucket and j.instance_id = n.instance_id and j.id = n.id
       and j.due_at <= $6 and (j.lease_until is null or j.lease_until <= $6)
     returning j.instance_id, j.id`,
    [...partArrays(parts), owner, until, now],
  );
  return rows.map((row) => ({ instance: row.instance_id, id: row.id }));
}

/** Gives these jobs back unless the lease has ended or changed: they are due at once, as if they had never been taken. */
export async function freeJobs(sql: Sql, parts: readonly Part[], { owner, until }: Lease, now: Instant): Promise<void> {
  await sql.run(
    `update jobs j set lease_owner = null, lease_until = null, due_at = $6, attempts = attempts - 1
     from unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where j.bucket = n.bucket and j.instance_id = n.instance_id and j.id = n.id
       and j.lease_owner = $4 and j.lease_until = $5`,
    [...partArrays(parts), owner, until, now],
  );
}

/** Moves the end of the lease; false when the job is gone or nobody has it. Primary key. */
export async function moveLease(sql: Sql, { instance, id }: Part, until: Instant): Promise<boolean> {
  const changed = await sql.run(
    `update jobs set lease_until = $4, due_at = $4
     where bucket = $1 and instance_id = $2 and id = $3 and lease_owner is not null`,
    [bucketOfKey(instance), instance, id, until],
  );
  return changed === 1;
}
