import { bucketOfKey, bucketOfMessage } from './key.ts';
import type { Part } from './part.ts';
import type { Parameter, Sql } from './sql.ts';

/** An instance that waits for a message. */
export interface MessageSubscriptionRow extends Part {
  name: string;
  key: string;
}

/** An instance that waits for a signal; it lies in the bucket of the instance. */
export interface SignalSubscriptionRow extends Part {
  name: string;
}

function messageArrays(rows: readonly MessageSubscriptionRow[]): Parameter[] {
  return [
    rows.map((row) => bucketOfMessage(row.name, row.key)),
    rows.map((row) => row.name),
    rows.map((row) => row.key),
    rows.map((row) => row.instance),
    rows.map((row) => row.id),
  ];
}

export async function insertMessageSubscriptions(tx: Sql, rows: readonly MessageSubscriptionRow[]): Promise<void> {
  await tx.run(
    `insert into message_subscriptions (bucket, name, correlation_key, instance_id, id)
     select * from unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::int[])
     on conflict do nothing`,
    messageArrays(rows),
  );
}

export async function deleteMessageSubscriptions(tx: Sql, rows: readonly MessageSubscriptionRow[]): Promise<void> {
  await tx.run(
    `delete from message_subscriptions m
     using unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::int[]) n (bucket, name, correlation_key, instance_id, id)
     where m.bucket = n.bucket and m.name = n.name and m.correlation_key = n.correlation_key
       and m.instance_id = n.instance_id and m.id = n.id`,
    messageArrays(rows),
  );
}

/**
 * Who has waited longest for the message, or one by chance of so many that have: messages that come together would all
 * go for the same one. null when nobody waits. Primary key.
 */
export async function findMessageSubscription(sql: Sql, name: string, key: string, among = 1): Promise<Part | null> {
  const rows = await sql.query<{ instance_id: string; id: number }>(
    `select instance_id, id from message_subscriptions where bucket = $1 and name = $2 and correlation_key = $3
     order by instance_id, id limit $4`,
    [bucketOfMessage(name, key), name, key, among],
  );
  const row = rows[Math.floor(Math.random() * rows.length)];
  return row === undefined ? null : { instance: row.instance_id, id: row.id };
}

function signalArrays(rows: readonly SignalSubscriptionRow[]): Parameter[] {
  return [
    rows.map((row) => bucketOfKey(row.instance)),
    rows.map((row) => row.name),
    rows.map((row) => row.instance),
    rows.map((row) => row.id),
  ];
}

export async function insertSignalSubscriptions(tx: Sql, rows: readonly SignalSubscriptionRow[]): Promise<void> {
  await tx.run(
    `insert into signal_subscriptions (bucket, name, instance_id, id)
     select * from unnest($1::int[], $2::text[], $3::bigint[], $4::int[])`,
    signalArrays(rows),
  );
}

export async function deleteSignalSubscriptions(tx: Sql, rows: readonly SignalSubscriptionRow[]): Promise<void> {
  await tx.run(
    `delete from signal_subscriptions s
     using unnest($1::int[], $2::text[], $3::bigint[], $4::int[]) n (bucket, name, instance_id, id)
     where s.bucket = n.bucket and s.name = n.name and s.instance_id = n.instance_id and s.id = n.id`,
    signalArrays(rows),
  );
}

/** Instances that wait for the signal, after the given one, in order. A signal is for all of them: index signal_subscriptions_by_name. */
export async function findSignalSubscribers(sql: Sql, name: string, after: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ instance_id: string }>(
    `select distinct instance_id from signal_subscriptions where name = $1 and instance_id > $2
     order by instance_id limit $3`,
    [name, after, limit],
  );
  return rows.map((row) => row.instance_id);
}
