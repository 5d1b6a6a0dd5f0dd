import type { Instant } from '../../engine/instance.ts';
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** A lease that this process has; `fence` grows with each new owner. */
export interface Lease {
  name: string;
  owner: string;
  fence: string;
  until: Instant;
}

/** Takes or prolongs the lease; null while somebody else has it. */
export async function takeLease(
  sql: Sql,
  name: string,
  owner: string,
  { now, until }: { now: Instant; until: Instant },
): Promise<Lease | null> {
  const [row] = await sql.query<{ fence: string }>(
    `insert into leases (bucket, name, owner, fence, until) values ($1, $2, $3, 1, $4)
     on conflict (bucket, name) do update set owner = $3, until = $4,
       fence = leases.fence + case when leases.owner = $3 then 0 else 1 end
     where leases.owner = $3 or leases.until <= $5 returning fence`,
    [bucketOf('lease', name), name, owner, until, now],
  );
  return row === undefined ? null : { name, owner, fence: row.fence, until };
}

/** Is the lease still this owner's? To be asked in the transaction of the write that it protects; locks the row. */
export async function holdsLease(tx: Sql, { name, fence }: Lease): Promise<boolean> {
  const rows = await tx.query('select 1 from leases where bucket = $1 and name = $2 and fence = $3 for update', [
    bucketOf('lease', name),
    name,
    fence,
  ]);
  return rows.length === 1;
}

/** Gives the lease back before its time. */
export async function releaseLease(sql: Sql, { name, fence }: Lease, now: Instant): Promise<void> {
  await sql.run('update leases set until = $4 where bucket = $1 and name = $2 and fence = $3', [
    bucketOf('lease', name),
    name,
    fence,
    now,
  ]);
}
