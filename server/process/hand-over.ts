/**
 * Messages where a transaction keeps to one bucket (Citus), and message, sender and receiver lie in three. The message is
 * kept first, with all that makes it the only one of its kind. Then it is noted beside it who gets it; the receiver takes
 * it once, in its own bucket; and it is crossed off. Whoever was interrupted in between is followed by another one, who
 * finds the message and what was noted, and goes on.
 */
import { randomUUID } from 'node:crypto';
import { Rejection } from '../../engine/index.ts';
import type { Outcome } from '../../engine/index.ts';
import {
  deleteBufferedMessages,
  dropMessage,
  forgetReceiver,
  insertBufferedMessage,
  letWait,
  noteReceiver,
  readBufferedMessage,
} from '../db/buffered-messages.ts';
import type { BufferedMessage, Receiver } from '../db/buffered-messages.ts';
import type { Database } from '../db/database.ts';
import { bucketOfBusinessKey, readInstances } from '../db/instances.ts';
import { bucketOfKey, bucketOfMessage } from '../db/key.ts';
import { updateAnswer, updateMoved } from '../db/requests.ts';
import { deleteMessageSubscriptions, findMessageSubscription } from '../db/subscriptions.ts';
import { AlreadyDone, applyGuards } from './guard.ts';
import type { Guard } from './guard.ts';
import { DEFAULT_TTL } from './message-request.ts';
import type { MessageOptions, MessageRequest, Published } from './message-request.ts';
import { doOnce, firstOutcome, remembered } from './once.ts';
import { start, startOfMessage } from './starts.ts';
import { Overloaded } from './submit.ts';
import { isTemporary } from './temporary.ts';

/** A receiver that cannot take the message is followed by another one so often. */
const ATTEMPTS = 20;

/** A message that a receiver has. */
export type Given = Extract<Published, { instance: unknown }>;

/** Keeps a message and gives it to who waits for it, or to an instance that begins by it; else it waits. */
export async function keepAndHandOver(
  options: MessageOptions,
  message: MessageRequest,
  guards: readonly Guard[],
): Promise<Published> {
  const { db, clock, keys } = options;
  const { name, key, variables, actor, messageId = message.sentAs ?? null, ttl = DEFAULT_TTL } = message;
  const [requestHash = null] = guards.flatMap((it) => (it.type === 'request' ? [it.request.hash] : []));
  const kept: BufferedMessage = {
    name,
    key,
    id: keys.next(),
    variables,
    messageId,
    actor,
    expiresAt: clock.now() + ttl,
    handingOver: true,
    nonce: randomUUID(),
    receiver: null,
    requestHash,
  };
  await db.transaction(async (tx) => {
    await applyGuards(tx, guards);
    await insertBufferedMessage(tx, kept);
  });
  try {
    return (await handOver(options, kept)) ?? (await wait(options, kept));
  } catch (error) {
    // It is kept, and handed over when that can be done again. A request is told what became of it then.
    if (ttl > 0 && requestHash === null && isTemporary(error)) return { result: 'buffered' };
    throw error;
  }
}

/** Goes on with a message whose hand-over was interrupted; false when nobody gets it. */
export async function goOn(options: MessageOptions, message: BufferedMessage): Promise<boolean> {
  if ((await handOver(options, message)) !== null) return true;
  await wait(options, message);
  return false;
}

/**
 * Nobody waits for it at present. Its request is told so.
 * @throws AlreadyDone when somebody else has told the request what became of it
 */
async function wait({ db, clock }: MessageOptions, message: BufferedMessage): Promise<Published> {
  const { name, key, expiresAt, requestHash } = message;
  const result = expiresAt > clock.now() ? 'buffered' : 'dropped';
  await db.transaction(async (tx) => {
    await (result === 'buffered' ? letWait : dropMessage)(tx, message);
    if (requestHash === null) return;
    const told = await updateAnswer(tx, { bucket: bucketOfMessage(name, key), hash: requestHash }, result);
    if (!told) throw new AlreadyDone(`request ${requestHash}`);
  });
  return { result };
}

/** Gives a kept message to its receiver; null when there is none. @throws Overloaded, and what its receiver refuses it with */
export async function handOver(options: MessageOptions, message: BufferedMessage): Promise<Given | null> {
  for (let attempt = 0, noted: BufferedMessage | null = message; attempt < ATTEMPTS; attempt += 1) {
    noted = await withReceiver(options, noted, Math.min(4 ** attempt, 256));
    if (noted === null) return null;
    const { receiver } = noted;
    if (receiver === null) continue;
    try {
      const outcome = await give(options, noted, receiver);
      await crossOff(options.db, noted, receiver, outcome);
      return { result: receiver.id === null ? 'started' : 'correlated', ...outcome };
    } catch (error) {
      if (!(error instanceof Rejection) || (await canTake(options.db, receiver))) throw error;
      await takeBack(options.db, noted, receiver);
      noted = { ...noted, receiver: null };
    }
  }
  throw new Overloaded(
    `Expected one of ${ATTEMPTS} receivers to take the message, but others were faster. Try again later.`,
  );
}

/** The message with the receiver that was noted for it; null when nobody waits, or the message is gone. */
async function withReceiver(
  options: MessageOptions,
  message: BufferedMessage,
  among: number,
): Promise<BufferedMessage | null> {
  if (message.receiver !== null) return message;
  const receiver = await findReceiver(options, message, among);
  if (receiver === null) return null;
  if (await noteReceiver(options.db, message, receiver)) return { ...message, receiver };
  return readBufferedMessage(options.db, message);
}

async function findReceiver(
  { db, keys, releases }: MessageOptions,
  { name, key }: BufferedMessage,
  among: number,
): Promise<Receiver | null> {
  const waiting = await findMessageSubscription(db, name, key, among);
  if (waiting !== null) return waiting;
  const release = await releases.latest();
  if (release === null || startOfMessage(release, name) === null) return null;
  return { instance: keys.next(key === '' ? undefined : bucketOfBusinessKey(key)), id: null };
}

/** In the bucket of the receiver it is remembered what the message moved, so that it is given once. */
function give(options: MessageOptions, message: BufferedMessage, receiver: Receiver): Promise<Outcome> {
  const { db, clock, submitter } = options;
  const { name, key, variables, actor, messageId } = message;
  const once = { caller: 'message', key: `${message.id} ${message.nonce ?? ''}`, fingerprint: '' };
  const request = remembered(once, clock.now(), bucketOfKey(receiver.instance));
  const act = (guards: readonly Guard[]): Promise<Outcome> => {
    if (receiver.id === null) {
      const begun = { message: name, variables, actor, ...(key === '' ? {} : { businessKey: key }) };
      return start(options, begun, { guards, instance: receiver.instance });
    }
    const at = clock.now();
    const id = messageId === null ? {} : { messageId };
    const command = { type: 'CorrelateMessage', at, actor, subscription: receiver.id, name, variables, ...id } as const;
    return submitter.submit(receiver.instance, command, guards);
  };
  return doOnce(db, once, request, act, firstOutcome);
}

/** false when it never will: a subscription that has ended does not come back, nor does a key that another instance took. */
async function canTake(db: Database, { instance: key, id }: Receiver): Promise<boolean> {
  const instance = (await readInstances(db, [key])).get(key)?.instance;
  if (id === null) return instance === undefined;
  return instance?.status === 'active' && instance.messages.some((wait) => wait.id === id);
}

async function takeBack(db: Database, message: BufferedMessage, receiver: Receiver): Promise<void> {
  const { name, key } = message;
  const { instance, id } = receiver;
  await db.transaction(async (tx) => {
    if (id !== null) await deleteMessageSubscriptions(tx, [{ name, key, instance, id }]);
    await forgetReceiver(tx, message, receiver);
  });
}

/** With the subscription, if it ended by the message: that comes later by way of the outbox. */
async function crossOff(
  db: Database,
  message: BufferedMessage,
  { id }: Receiver,
  { instance }: Outcome,
): Promise<void> {
  const { name, key, requestHash: hash } = message;
  const bucket = bucketOfMessage(name, key);
  await db.transaction(async (tx) => {
    if (hash !== null) await updateMoved(tx, { bucket, hash }, instance.id, instance.version);
    const waits = id === null || instance.messages.some((it) => it.id === id);
    if (!waits) await deleteMessageSubscriptions(tx, [{ name, key, instance: instance.id, id }]);
    await deleteBufferedMessages(tx, [message]);
  });
}
