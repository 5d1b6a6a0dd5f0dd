/** Statements on `requests`. */
import type { Instance, Instant } from '../../engine/instance.ts';
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** A request that came with a key. */
export interface RequestRow {
  /** Where it is looked for: `bucketOfRequest`, or that of what it moves. */
  bucket: number;
  /** SHA-256 of caller and key. */
  hash: string;
  /** SHA-256 of what was asked. */
  fingerprint: string;
  /** What it moved; null when that is no instance, or several. */
  instance: string | null;
  seq: number | null;
  /** JSON; null where the journal says all, and while a request about several instances is under way. */
  answer: string | null;
  expiresAt: Instant;
}

export const bucketOfRequest = (hash: string): number => bucketOf('request', hash);

/** Names a request. */
export type RequestId = Pick<RequestRow, 'bucket' | 'hash'>;

/** Remembers them; gives how many were new. */
export async function insertRequests(tx: Sql, rows: readonly RequestRow[]): Promise<number> {
  return tx.run(
    `insert into requests (bucket, request_hash, fingerprint, instance_id, seq, answer, expires_at)
     select * from unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::text[], $7::bigint[])
     on conflict do nothing`,
    [
      rows.map((row) => row.bucket),
      rows.map((row) => row.hash),
      rows.map((row) => row.fingerprint),
      rows.map((row) => row.instance),
      rows.map((row) => row.seq),
      rows.map((row) => row.answer),
      rows.map((row) => row.expiresAt),
    ],
  );
}

interface Stored {
  bucket: number;
  request_hash: string;
  fingerprint: string;
  instance_id: string | null;
  seq: number | null;
  answer: string | null;
  expires_at: string;
}

/** Those that are known, in one statement by the primary key. */
export async function readRequests(sql: Sql, ids: readonly RequestId[]): Promise<RequestRow[]> {
  const rows = await sql.query<Stored>(
    `select r.bucket, r.request_hash, r.fingerprint, r.instance_id, r.seq, r.answer, r.expires_at
     from unnest($1::int[], $2::text[]) wanted (bucket, hash)
     join requests r on r.bucket = wanted.bucket and r.request_hash = wanted.hash`,
    [ids.map(({ bucket }) => bucket), ids.map(({ hash }) => hash)],
  );
  return rows.map((row) => ({
    bucket: row.bucket,
    hash: row.request_hash,
    fingerprint: row.fingerprint,
    instance: row.instance_id,
    seq: row.seq,
    answer: row.answer,
    expiresAt: Number(row.expires_at),
  }));
}

/** Notes what a request was answered with; false when it is known already what it brought about. Primary key. */
export async function updateAnswer(sql: Sql, { bucket, hash }: RequestId, answer: string): Promise<boolean> {
  const changed = await sql.run(
    'update requests set answer = $3 where bucket = $1 and request_hash = $2 and answer is null and seq is null',
    [bucket, hash, answer],
  );
  return changed > 0;
}

/** Notes what a request has moved; false when it is known already what it brought about. Primary key. */
export async function updateMoved(
  sql: Sql,
  { bucket, hash }: RequestId,
  { id, version }: Pick<Instance, 'id' | 'version'>,
): Promise<boolean> {
  const changed = await sql.run(
    `update requests set instance_id = $3, seq = $4
     where bucket = $1 and request_hash = $2 and answer is null and seq is null`,
    [bucket, hash, id, version],
  );
  return changed > 0;
}

/** Remembers one for longer whose answer is not known; false when it is known, or `was` is not its time. Primary key. */
export async function updateExpiry(
  sql: Sql,
  { bucket, hash }: RequestId,
  expiresAt: Instant,
  was?: Instant,
): Promise<boolean> {
  const changed = await sql.run(
    `update requests set expires_at = $3 where bucket = $1 and request_hash = $2 and answer is null and seq is null
     and ($4::bigint is null or expires_at = $4::bigint)`,
    [bucket, hash, expiresAt, was ?? null],
  );
  return changed > 0;
}

/**
 * Forgets one of which it is not known what it brought about; false when that is known, or `was` is not its time. Primary
 * key.
 */
export async function deleteRequest(sql: Sql, { bucket, hash }: RequestId, was?: Instant): Promise<boolean> {
  const changed = await sql.run(
    `delete from requests where bucket = $1 and request_hash = $2 and answer is null and seq is null
     and ($3::bigint is null or expires_at = $3::bigint)`,
    [bucket, hash, was ?? null],
  );
  return changed > 0;
}

/** Forgets what may be forgotten. */
export async function deleteExpiredRequests(sql: Sql, now: Instant): Promise<void> {
  await sql.run('delete from requests where expires_at <= $1', [now]);
}
