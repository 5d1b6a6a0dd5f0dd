import { canonical } from '../../engine/index.ts';
import type { Instant, Value } from '../../engine/index.ts';
import { ZERO_HASH, chainHash } from './chain.ts';
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** An administrative act. */
export interface Operation {
  /** deployments, people, audit ... */
  stream: string;
  at: Instant;
  actor: string;
  /** Past tense: `ReleaseDeployed`. */
  action: string;
  /** To what: a key or a login. */
  subject: string;
  details: { [key: string]: Value };
}

/** An operation as stored, with its link of the hash chain (hashes in hexadecimal). */
export interface OperationRow extends Operation {
  /** From 1 within the stream. */
  seq: number;
  prevHash: string;
  hash: string;
}

/** Appends to the stream; the transaction holds the stream's lock until its end. */
export async function appendOperation(tx: Sql, operation: Operation): Promise<void> {
  const { stream } = operation;
  const bucket = bucketOf('operations', stream);
  await tx.run(
    'insert into operation_streams (bucket, stream, seq, hash) values ($1, $2, 0, $3) on conflict do nothing',
    [bucket, stream, ZERO_HASH],
  );
  const [head] = await tx.query<{ seq: number; hash: Buffer }>(
    'select seq, hash from operation_streams where bucket = $1 and stream = $2 for update',
    [bucket, stream],
  );
  if (head === undefined) throw new Error(`Expected a head of the stream ${stream}, but found none.`);
  const seq = head.seq + 1;
  const hash = hashOfOperation(head.hash, seq, operation);
  await tx.run(
    `insert into operations (bucket, stream, seq, at, actor, action, subject, details, prev_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      bucket,
      stream,
      seq,
      operation.at,
      operation.actor,
      operation.action,
      operation.subject,
      canonical(operation.details),
      head.hash,
      hash,
    ],
  );
  await tx.run('update operation_streams set seq = $3, hash = $4 where bucket = $1 and stream = $2', [
    bucket,
    stream,
    seq,
    hash,
  ]);
}

/** The hash of an operation: over all of its columns but the hashes and the bucket. */
function hashOfOperation(prevHash: Buffer, seq: number, operation: Operation): Buffer {
  const { stream, at, actor, action, subject, details } = operation;
  return chainHash(prevHash, { stream, seq, at, actor, action, subject, details });
}

/** The newest operations of a stream, newest first; `before`: older than this one. */
export async function readOperations(
  sql: Sql,
  stream: string,
  limit: number,
  before?: number,
): Promise<OperationRow[]> {
  const rows = await sql.query<{
    seq: number;
    at: string;
    actor: string;
    action: string;
    subject: string;
    details: string;
    prev_hash: Buffer;
    hash: Buffer;
  }>(
    `select seq, at, actor, action, subject, details, prev_hash, hash from operations
     where bucket = $1 and stream = $2 and seq < $3 order by seq desc limit $4`,
    [bucketOf('operations', stream), stream, before ?? 2147483647, limit],
  );
  return rows.map((row) => ({
    stream,
    seq: row.seq,
    at: Number(row.at),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    details: JSON.parse(row.details) as Operation['details'], // Written as such.
    prevHash: row.prev_hash.toString('hex'),
    hash: row.hash.toString('hex'),
  }));
}
