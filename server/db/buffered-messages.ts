import type { Instant, Variables } from '../../engine/instance.ts';
import { bucketOfMessage } from './key.ts';
import type { Sql } from './sql.ts';

/** Names a buffered message. */
export interface BufferedMessageId {
  name: string;
  key: string;
  /** Its key. */
  id: string;
}

/** A message that nobody waited for yet. */
export interface BufferedMessage extends BufferedMessageId {
  variables: Variables;
  /** The sender's own id. */
  messageId: string | null;
  actor: string;
  expiresAt: Instant;
}

export async function insertBufferedMessage(sql: Sql, message: BufferedMessage): Promise<void> {
  await sql.run(
    `insert into buffered_messages (bucket, name, correlation_key, id, variables, message_id, actor, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      bucketOfMessage(message.name, message.key),
      message.name,
      message.key,
      message.id,
      JSON.stringify(message.variables),
      message.messageId,
      message.actor,
      message.expiresAt,
    ],
  );
}

interface Stored {
  name: string;
  correlation_key: string;
  id: string;
  variables: string;
  message_id: string | null;
  actor: string;
  expires_at: string;
}

function fromStored(row: Stored): BufferedMessage {
  return {
    name: row.name,
    key: row.correlation_key,
    id: row.id,
    variables: JSON.parse(row.variables) as Variables, // Written as Variables.
    messageId: row.message_id,
    actor: row.actor,
    expiresAt: Number(row.expires_at),
  };
}

/** Messages for this name and key that have not expired, oldest first. */
export async function findBufferedMessages(
  sql: Sql,
  name: string,
  key: string,
  now: Instant,
): Promise<BufferedMessage[]> {
  const rows = await sql.query<Stored>(
    `select name, correlation_key, id, variables, message_id, actor, expires_at from buffered_messages
     where bucket = $1 and name = $2 and correlation_key = $3 and expires_at > $4 order by id limit 100`,
    [bucketOfMessage(name, key), name, key, now],
  );
  return rows.map(fromStored);
}

/** Buffered messages that somebody waits for by now: what a crash between two commits may leave. */
export async function findWaitedFor(sql: Sql, now: Instant, limit: number): Promise<BufferedMessage[]> {
  const rows = await sql.query<Stored>(
    `select b.name, b.correlation_key, b.id, b.variables, b.message_id, b.actor, b.expires_at from buffered_messages b
     where b.expires_at > $1 and exists (select 1 from message_subscriptions s
       where s.bucket = b.bucket and s.name = b.name and s.correlation_key = b.correlation_key) order by b.id limit $2`,
    [now, limit],
  );
  return rows.map(fromStored);
}

/** Takes messages out; gives how many were still there. */
export async function deleteBufferedMessages(tx: Sql, ids: readonly BufferedMessageId[]): Promise<number> {
  return tx.run(
    `delete from buffered_messages b using unnest($1::int[], $2::text[], $3::text[], $4::bigint[]) n (bucket, name, correlation_key, id)
     where b.bucket = n.bucket and b.name = n.name and b.correlation_key = n.correlation_key and b.id = n.id`,
    [
      ids.map((it) => bucketOfMessage(it.name, it.key)),
      ids.map((it) => it.name),
      ids.map((it) => it.key),
      ids.map((it) => it.id),
    ],
  );
}

/** Drops what nobody waited for in time. */
export async function deleteExpiredMessages(sql: Sql, now: Instant): Promise<void> {
  await sql.run('delete from buffered_messages where expires_at <= $1', [now]);
}
