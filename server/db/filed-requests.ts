/** Statements on `filed_requests`: one ticket for one key of a caller. */
import type { Offer } from '../intake/start-ticket.ts';
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** The promise made for this key, null when there is none. Primary key. */
export async function selectFiled(sql: Sql, onceHash: string): Promise<Offer | null> {
  const [row] = await sql.query<{ number: string; instance_id: string }>(
    'select number, instance_id from filed_requests where bucket = $1 and once_hash = $2',
    [bucketOf('once', onceHash), onceHash],
  );
  return row === undefined ? null : { number: row.number, instance: row.instance_id };
}

/** Keeps the promise unless there is one for this key already. */
export async function insertFiled(sql: Sql, onceHash: string, filed: Offer, at: number): Promise<void> {
  await sql.run(
    `insert into filed_requests (bucket, once_hash, number, instance_id, filed_at) values ($1, $2, $3, $4, $5)
     on conflict (bucket, once_hash) do nothing`,
    [bucketOf('once', onceHash), onceHash, filed.number, filed.instance, at],
  );
}
