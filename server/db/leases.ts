/** Statements on `leases`: work that one server process does at a time. Primary key. */
import type { Instant } from '../../engine/instance.ts';
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** A piece of work that this process may do until the lease ends. */
export interface Lease {
  name: string;
  owner: string;
  /** Grows with each new owner, so that one that wakes up late is noticed. */
  fence: string;
}

/** Somebody else has the work by now; nothing was written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Takes the work, or keeps it for longer; null when somebody else has it. */
export async function takeLease(
  sql: Sql,
  { name, owner }: Pick<Lease, 'name' | 'owner'>,
  now: Instant,
  until: Instant,
): Promise<Lease | null> {
  const [row] = await sql.query<{ fence: string }>(
    `insert into leases as l (bucket, name, owner, fence, until) values ($1, $2, $3, 1, $5)
     on conflict (bucket, name) do update set owner = excluded.owner, until = excluded.until,
       fence = l.fence + case when l.owner = excluded.owner and l.until > $4 then 0 else 1 end
     where l.until <= $4 or l.owner = excluded.owner
     returning fence`,
    [bucketOf('lease', name), name, owner, now, until],
  );
  return row === undefined ? null : { name, owner, fence: row.fence };
}

/**
 * Keeps others from taking the work until the transaction ends.
 * @throws LeaseLost when somebody has taken it already
 */
export async function holdLease(tx: Sql, { name, owner, fence }: Lease): Promise<void> {
  const [row] = await tx.query(
    'select 1 from leases where bucket = $1 and name = $2 and owner = $3 and fence = $4 for update',
    [bucketOf('lease', name), name, owner, fence],
  );
  if (row === undefined) throw new LeaseLost(`Expected to have the lease ${name}, but another process took it.`);
}

/** Gives the work back before the lease ends. */
export async function giveLeaseBack(sql: Sql, { name, owner, fence }: Lease): Promise<void> {
  await sql.run('update leases set until = 0 where bucket = $1 and name = $2 and owner = $3 and fence = $4', [
    bucketOf('lease', name),
    name,
    owner,
    fence,
  ]);
}
