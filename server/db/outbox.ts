import type { Instant, Variables } from '../../engine/instance.ts';
import { bucketOfKey } from './key.ts';
import { partArrays } from './part.ts';
import type { Part } from './part.ts';
import type { Sql } from './sql.ts';

/**
 * What an instance does to others and that is not carried out yet: a message or signal that it sent; or, where a
 * transaction keeps to one bucket, that it begins or ends to wait for a message.
 */
export interface OutboxRow extends Part {
  kind: 'message' | 'signal' | 'subscribe' | 'unsubscribe';
  name: string;
  /** Correlation key; null of a signal. */
  key: string | null;
  variables: Variables;
  /** How long a message waits for a receiver, ms. */
  ttl: number;
  at: Instant;
}

export function insertOutbox(tx: Sql, rows: readonly OutboxRow[]): Promise<void> {
  return insert(tx, rows, '');
}

/** What is waited for, or no more. An end replaces a beginning that was not carried out yet. */
export function upsertSubscribing(tx: Sql, rows: readonly OutboxRow[]): Promise<void> {
  return insert(tx, rows, 'on conflict (bucket, instance_id, id) do update set kind = excluded.kind');
}

async function insert(tx: Sql, rows: readonly OutboxRow[], onConflict: string): Promise<void> {
  await tx.run(
    `insert into outbox (bucket, instance_id, id, kind, name, correlation_key, variables, ttl, at)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[])
     ${onConflict}`,
    [
      ...partArrays(rows),
      rows.map((row) => row.kind),
      rows.map((row) => row.name),
      rows.map((row) => row.key),
      rows.map((row) => JSON.stringify(row.variables)),
      rows.map((row) => row.ttl),
      rows.map((row) => row.at),
    ],
  );
}

interface Stored {
  instance_id: string;
  id: number;
  kind: OutboxRow['kind'];
  name: string;
  correlation_key: string | null;
  variables: string;
  ttl: string;
  at: string;
}

/** What waits for delivery, oldest first, without those that the caller leaves out. */
export async function readOutbox(sql: Sql, limit: number, without: readonly Part[]): Promise<OutboxRow[]> {
  const rows = await sql.query<Stored>(
    `select instance_id, id, kind, name, correlation_key, variables, ttl, at from outbox o
     where not exists (select 1 from unnest($2::int[], $3::bigint[], $4::int[]) n (bucket, instance_id, id)
       where o.bucket = n.bucket and o.instance_id = n.instance_id and o.id = n.id)
     order by at, instance_id, id limit $1`,
    [limit, ...partArrays(without)],
  );
  return rows.map(fromStored);
}

function fromStored(row: Stored): OutboxRow {
  return {
    instance: row.instance_id,
    id: row.id,
    kind: row.kind,
    name: row.name,
    key: row.correlation_key,
    variables: JSON.parse(row.variables) as Variables, // Written as Variables.
    ttl: Number(row.ttl),
    at: Number(row.at),
  };
}

/** What an instance begins to wait for. Primary key. */
export async function readSubscribing(sql: Sql, instance: string): Promise<OutboxRow[]> {
  const rows = await sql.query<Stored>(
    `select instance_id, id, kind, name, correlation_key, variables, ttl, at from outbox
     where bucket = $1 and instance_id = $2 and kind = 'subscribe' order by id`,
    [bucketOfKey(instance), instance],
  );
  return rows.map(fromStored);
}

/** Takes rows out; gives how many were still there. */
export async function deleteOutbox(tx: Sql, parts: readonly Part[]): Promise<number> {
  return tx.run(
    `delete from outbox o using unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where o.bucket = n.bucket and o.instance_id = n.instance_id and o.id = n.id`,
    partArrays(parts),
  );
}

/** Crosses one off, if it is still of this kind; gives 1, 0 when that was done already. Primary key. */
export async function deleteCarriedOut(sql: Sql, { instance, id, kind }: OutboxRow): Promise<number> {
  return sql.run('delete from outbox where bucket = $1 and instance_id = $2 and id = $3 and kind = $4', [
    bucketOfKey(instance),
    instance,
    id,
    kind,
  ]);
}
