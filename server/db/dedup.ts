import type { Instant } from '../../engine/instance.ts';
import type { Sql } from './sql.ts';

/** Names something that must be done only once, and until when that is remembered. */
export interface Once {
  /** That of whatever it is done to, so that both are of one transaction. */
  bucket: number;
  kind: string;
  id: string;
  expiresAt: Instant;
}

/** Remembers them as done; gives how many were new. */
export async function insertDedup(tx: Sql, rows: readonly Once[]): Promise<number> {
  return tx.run(
    `insert into dedup (bucket, kind, id, expires_at) select * from unnest($1::int[], $2::text[], $3::text[], $4::bigint[])
     on conflict do nothing`,
    [
      rows.map((row) => row.bucket),
      rows.map((row) => row.kind),
      rows.map((row) => row.id),
      rows.map((row) => row.expiresAt),
    ],
  );
}

/** Forgets one: it was not done after all. Primary key. */
export async function deleteDedup(tx: Sql, { bucket, kind, id }: Once): Promise<void> {
  await tx.run('delete from dedup where bucket = $1 and kind = $2 and id = $3', [bucket, kind, id]);
}

/** Forgets what may be forgotten. */
export async function deleteExpiredDedup(sql: Sql, now: Instant): Promise<void> {
  await sql.run('delete from dedup where expires_at <= $1', [now]);
}
