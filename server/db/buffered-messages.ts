import type { Instant, Variables } from '../../engine/instance.ts';
import { bucketOfMessage } from './key.ts';
import type { KeyGenerator } from './key.ts';
import type { Sql } from './sql.ts';

/** Names a buffered message. */
export interface BufferedMessageId {
  name: string;
  key: string;
  /** Its key. */
  id: string;
}

/** Who gets a message: the subscription of an instance, or (null) the instance that begins by it. */
export interface Receiver {
  instance: string;
  id: number | null;
  /** Drawn when it was noted: the instance remembers by this what it took, or refused. */
  nonce: string;
}

/** A message that nobody waited for yet; on Citus every one, until it is handed over. */
export interface BufferedMessage extends BufferedMessageId {
  variables: Variables;
  /** The sender's own id. */
  messageId: string | null;
  actor: string;
  expiresAt: Instant;
  /** Somebody is looking for its receiver, or giving it to one, or was interrupted. */
  handingOver: boolean;
  /** Noted before it takes the message, where that lies in another bucket; null = not known yet. */
  receiver: Receiver | null;
  /** The request, in the same bucket, that is told what became of the message; null = none. */
  requestHash: string | null;
}

/** Keeps the message; under another key than its own when another process drew the same, which then becomes its own. */
export async function insertBufferedMessage(
  sql: Sql,
  message: Omit<BufferedMessage, 'receiver'>,
  keys: KeyGenerator,
): Promise<void> {
  while (!(await inserted(sql, message))) message.id = keys.next();
}

async function inserted(sql: Sql, message: Omit<BufferedMessage, 'receiver'>): Promise<boolean> {
  const rows = await sql.query(
    `insert into buffered_messages (bucket, name, correlation_key, id, variables, message_id, actor, expires_at, handing_over, request_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning id`,
    [
      bucketOfMessage(message.name, message.key),
      message.name,
      message.key,
      message.id,
      JSON.stringify(message.variables),
      message.messageId,
      message.actor,
      message.expiresAt,
      message.handingOver,
      message.requestHash,
    ],
  );
  return rows.length > 0;
}

interface Stored {
  name: string;
  correlation_key: string;
  id: string;
  variables: string;
  message_id: string | null;
  actor: string;
  expires_at: string;
  handing_over: boolean;
  receiver_nonce: string | null;
  receiver_instance_id: string | null;
  receiver_id: number | null;
  request_hash: string | null;
}

const columns = [
  'name, correlation_key, id, variables, message_id, actor, expires_at',
  'handing_over, receiver_instance_id, receiver_id, receiver_nonce, request_hash',
].join(', ');

function fromStored(row: Stored): BufferedMessage {
  return {
    name: row.name,
    key: row.correlation_key,
    id: row.id,
    variables: JSON.parse(row.variables) as Variables, // Written as Variables.
    messageId: row.message_id,
    actor: row.actor,
    expiresAt: Number(row.expires_at),
    handingOver: row.handing_over,
    receiver: receiverOf(row),
    requestHash: row.request_hash,
  };
}

function receiverOf({
  receiver_instance_id: instance,
  receiver_id: id,
  receiver_nonce: nonce,
}: Stored): Receiver | null {
  return instance === null || nonce === null ? null : { instance, id, nonce };
}

/** Messages for this name and key that have not expired, oldest first. */
export async function findBufferedMessages(
  sql: Sql,
  name: string,
  key: string,
  now: Instant,
): Promise<BufferedMessage[]> {
  const rows = await sql.query<Stored>(
    `select ${columns} from buffered_messages
     where bucket = $1 and name = $2 and correlation_key = $3 and expires_at > $4 order by id limit 100`,
    [bucketOfMessage(name, key), name, key, now],
  );
  return rows.map(fromStored);
}

/** Buffered messages that somebody waits for by now: what a crash between two commits may leave. */
export async function findWaitedFor(sql: Sql, now: Instant, limit: number): Promise<BufferedMessage[]> {
  const rows = await sql.query<Stored>(
    `select ${columns} from buffered_messages b
     where b.expires_at > $1 and not b.handing_over and exists (select 1 from message_subscriptions s
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

/** Messages that somebody began to hand over, older than this key; some of them, so that none stands in the way of all others. */
export async function findHandedOver(sql: Sql, before: string, limit: number): Promise<BufferedMessage[]> {
  const rows = await sql.query<Stored>(
    `select ${columns} from buffered_messages where handing_over and id < $1 order by random() limit $2`,
    [before, limit],
  );
  return rows.map(fromStored);
}

/** A message as it is now, null when it is gone. Primary key. */
export async function readBufferedMessage(
  sql: Sql,
  { name, key, id }: BufferedMessageId,
): Promise<BufferedMessage | null> {
  const [row] = await sql.query<Stored>(
    `select ${columns} from buffered_messages where bucket = $1 and name = $2 and correlation_key = $3 and id = $4`,
    [bucketOfMessage(name, key), name, key, id],
  );
  return row === undefined ? null : fromStored(row);
}

/** Notes who gets it; false when that was noted before, or it is gone. Primary key. */
export async function noteReceiver(
  sql: Sql,
  { name, key, id }: BufferedMessageId,
  receiver: Receiver,
): Promise<boolean> {
  const changed = await sql.run(
    `update buffered_messages set handing_over = true, receiver_instance_id = $5, receiver_id = $6, receiver_nonce = $7
     where bucket = $1 and name = $2 and correlation_key = $3 and id = $4 and receiver_instance_id is null`,
    [bucketOfMessage(name, key), name, key, id, receiver.instance, receiver.id, receiver.nonce],
  );
  return changed > 0;
}

/** Takes that back, if it is still so. Primary key. */
export async function forgetReceiver(
  sql: Sql,
  { name, key, id }: BufferedMessageId,
  receiver: Receiver,
): Promise<void> {
  await sql.run(
    `update buffered_messages set receiver_instance_id = null, receiver_id = null, receiver_nonce = null
     where bucket = $1 and name = $2 and correlation_key = $3 and id = $4 and receiver_nonce = $5`,
    [bucketOfMessage(name, key), name, key, id, receiver.nonce],
  );
}

/** Ends the search for a receiver; false when there is one by now, or the message is gone. Primary key. */
export async function letWait(sql: Sql, { name, key, id }: BufferedMessageId): Promise<boolean> {
  const changed = await sql.run(
    `update buffered_messages set handing_over = false
     where bucket = $1 and name = $2 and correlation_key = $3 and id = $4 and receiver_instance_id is null`,
    [bucketOfMessage(name, key), name, key, id],
  );
  return changed > 0;
}

/** Drops it; false when there is a receiver by now, or it is gone. Primary key. */
export async function dropMessage(sql: Sql, { name, key, id }: BufferedMessageId): Promise<boolean> {
  const changed = await sql.run(
    `delete from buffered_messages
     where bucket = $1 and name = $2 and correlation_key = $3 and id = $4 and receiver_instance_id is null`,
    [bucketOfMessage(name, key), name, key, id],
  );
  return changed > 0;
}

/** What is being handed over is kept so much longer than its own time, ms. */
const HANDED_OVER = 30 * 24 * 3600_000;

/** Drops what nobody waited for in time. */
export async function deleteExpiredMessages(sql: Sql, now: Instant): Promise<void> {
  await sql.run(`delete from buffered_messages where expires_at <= $1 and (not handing_over or expires_at <= $2)`, [
    now,
    now - HANDED_OVER,
  ]);
}
