/** Statements on `filed_requests`: one ticket for one key of a caller, remembered for 30 days. */
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** What was promised for a key. */
export interface FiledRequest {
  number: string;
  /** SHA-256 of what was filed; null: the key takes what it comes with next. */
  fingerprint: string | null;
}

/** What is promised for this key, null when nothing is. Primary key. */
export async function selectFiled(sql: Sql, onceHash: string): Promise<FiledRequest | null> {
  const [row] = await sql.query<FiledRequest>(
    'select number, fingerprint from filed_requests where bucket = $1 and once_hash = $2',
    [bucketOf('once', onceHash), onceHash],
  );
  return row ?? null;
}

/** Promises the number unless there is a promise for this key already; true when it is this one. */
export async function insertFiled(
  sql: Sql,
  onceHash: string,
  { number, fingerprint }: FiledRequest,
  at: number,
): Promise<boolean> {
  const added = await sql.run(
    `insert into filed_requests (bucket, once_hash, number, fingerprint, filed_at) values ($1, $2, $3, $4, $5)
     on conflict (bucket, once_hash) do nothing`,
    [bucketOf('once', onceHash), onceHash, number, fingerprint, at],
  );
  return added > 0;
}

/** Binds a key that takes what it comes with next to this; true when it did. */
export async function bindFingerprint(sql: Sql, onceHash: string, fingerprint: string): Promise<boolean> {
  const bound = await sql.run(
    'update filed_requests set fingerprint = $3 where bucket = $1 and once_hash = $2 and fingerprint is null',
    [bucketOf('once', onceHash), onceHash, fingerprint],
  );
  return bound > 0;
}

/** Lets the key take what it comes with next; its number stays. */
export async function forgetFingerprint(sql: Sql, onceHash: string): Promise<void> {
  await sql.run('update filed_requests set fingerprint = null where bucket = $1 and once_hash = $2', [
    bucketOf('once', onceHash),
    onceHash,
  ]);
}

/** How long a caller's key is remembered, ms. */
const RETENTION = 30 * 24 * 3600_000;

/** Forgets keys that are older than 30 days: used again, they file anew. Not by an index: rarely. */
export async function deleteOldFiled(sql: Sql, now: number): Promise<void> {
  await sql.run('delete from filed_requests where filed_at < $1', [now - RETENTION]);
}
