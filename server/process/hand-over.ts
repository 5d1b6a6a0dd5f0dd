/**
 * Messages where a transaction keeps to one bucket (Citus), and message, sender and receiver lie in three. The message is
 * kept first, with all that makes it the only one of its kind. Then it is noted beside it who gets it; the receiver takes
 * it once, or refuses it for good, in its own bucket; and it is crossed off. Whoever was interrupted in between is followed by another one, who
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
import { deleteDedup } from '../db/dedup.ts';
import { bucketOfBusinessKey, readInstances } from '../db/instances.ts';
import { bucketOfKey, bucketOfMessage } from '../db/key.ts';
import { partKey } from '../db/part.ts';
import type { Part } from '../db/part.ts';
import { deleteRequest, insertRequests, readRequests, updateAnswer, updateMoved } from '../db/requests.ts';
import { deleteMessageSubscriptions, findMessageSubscription } from '../db/subscriptions.ts';
import { AlreadyDone, applyGuards } from './guard.ts';
import type { Guard, Remembered } from './guard.ts';
import { DEFAULT_TTL } from './message-request.ts';
import type { MessageOptions, MessageRequest, Published } from './message-request.ts';
import { UnderWay, doOnce, outcomeOf, remembered } from './once.ts';
import type { First } from './once.ts';
import { start, startOfMessage } from './starts.ts';
import { Overloaded } from './submit.ts';
import { isTemporary } from './temporary.ts';

/** A receiver that cannot take the message is followed by another one so often. */
const ATTEMPTS = 20;
/** What a receiver took, or refused, is remembered so much longer than the message is kept, ms. */
const REMEMBERED = 48 * 3600_000;
/** Stands with a receiver that refused the message. */
const REFUSED = 'refused';

/** What became of a message. */
interface Handed {
  published: Published;
  /** False when its request was told something else before. */
  told: boolean;
}

/**
 * Keeps a message and gives it to who waits for it, or to an instance that begins by it; else it waits.
 * @throws AlreadyDone a guard did not hold, or the request was told otherwise; what a receiver refuses it with, and
 *   Overloaded: then nothing is kept, unless an instance sent it
 */
export async function keepAndHandOver(
  options: MessageOptions,
  message: MessageRequest,
  guards: readonly Guard[],
): Promise<Published> {
  const kept = keptOf(options, message, guards);
  const { requestHash } = kept;
  const own = guards.some(isSent) ? guards.map((it) => (isSent(it) ? takenFromOutbox(kept, it.row) : it)) : guards;
  await options.db.transaction(async (tx) => {
    await applyGuards(tx, own.filter(isRequest)).catch(underWay);
    await applyGuards(
      tx,
      own.filter((guard) => !isRequest(guard)),
    );
    await insertBufferedMessage(tx, kept, options.keys);
  });
  const handed = await untilHanded(options, kept).catch(async (error: unknown): Promise<Handed> => {
    // What an instance sent is not sent again, so it stays kept; so does what may wait, unless a request is to be told.
    const mayWait = kept.expiresAt > options.clock.now() && requestHash === null && isTemporary(error);
    if (mayWait || own !== guards) return { published: { result: 'buffered' }, told: requestHash === null };
    if (!isRefusal(error) || (await withdraw(options.db, kept, own))) throw error;
    return inOtherHands(options, kept);
  });
  if (!handed.told) throw new AlreadyDone(`request ${requestHash ?? ''}`);
  return handed.published;
}

function isSent(guard: Guard): guard is Guard & { type: 'outbox' } {
  return guard.type === 'outbox';
}

function isRequest({ type }: Guard): boolean {
  return type === 'request';
}

function underWay(error: unknown): never {
  throw error instanceof AlreadyDone ? new UnderWay() : error;
}

/** The row goes after the message was kept: from then on it is no more than a repetition. */
function takenFromOutbox({ name, key, expiresAt }: BufferedMessage, row: Part): Guard {
  const bucket = bucketOfMessage(name, key);
  return { type: 'once', once: { bucket, kind: 'outbox', id: partKey(row), expiresAt: expiresAt + REMEMBERED } };
}

function keptOf(
  { clock, keys }: MessageOptions,
  { name, key, variables, actor, messageId, sentAs, ttl = DEFAULT_TTL }: MessageRequest,
  guards: readonly Guard[],
): BufferedMessage {
  const [requestHash = null] = guards.flatMap((it) => (it.type === 'request' ? [it.request.hash] : []));
  const id = { name, key, id: keys.next() };
  const sent = { variables, actor, messageId: messageId ?? sentAs ?? null, expiresAt: clock.now() + ttl };
  return { ...id, ...sent, handingOver: true, receiver: null, requestHash };
}

async function untilHanded(options: MessageOptions, kept: BufferedMessage): Promise<Handed> {
  let message: BufferedMessage | null = kept;
  while (message !== null) {
    const handed = (await handOver(options, message)) ?? (await wait(options, message));
    if (handed !== null) return handed;
    message = await readBufferedMessage(options.db, kept);
  }
  return inOtherHands(options, kept);
}

/** Another server hands it over, or has. @throws Overloaded when nobody would hear what became of it */
function inOtherHands({ clock }: MessageOptions, { expiresAt, requestHash }: BufferedMessage): Handed {
  if (requestHash === null && expiresAt <= clock.now()) {
    throw new Overloaded('Expected to hand the message over, but another server did: what became of it is not known.');
  }
  return { published: { result: 'buffered' }, told: requestHash === null };
}

/** As if it had never come; false when somebody else hands it over. @throws AlreadyDone when its request was told more */
async function withdraw(db: Database, message: BufferedMessage, guards: readonly Guard[]): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await dropMessage(tx, message))) return false;
    for (const guard of guards) {
      if (guard.type === 'once') await deleteDedup(tx, guard.once);
      // Nothing is taken back then.
      else if (guard.type === 'request' && !(await deleteRequest(tx, guard.request))) throw new AlreadyDone('it');
    }
    return true;
  });
}

/** Goes on with a message whose hand-over was interrupted; false when nobody gets it. @throws as handOver */
export async function goOn(options: MessageOptions, message: BufferedMessage): Promise<boolean> {
  try {
    if ((await handOver(options, message)) !== null) return true;
  } catch (error) {
    // Whoever repeats the request is told why.
    if (error instanceof Rejection && message.requestHash !== null) await withdrawRequest(options.db, message);
    throw error;
  }
  await wait(options, message);
  return false;
}

async function withdrawRequest(db: Database, message: BufferedMessage): Promise<void> {
  const { name, key, requestHash: hash } = message;
  await db.transaction(async (tx) => {
    const isOpen = hash !== null && (await deleteRequest(tx, { bucket: bucketOfMessage(name, key), hash }));
    if (isOpen && !(await dropMessage(tx, message))) throw new AlreadyDone('it');
  });
}

/** Nobody waits for it at present, and its request is told so; null when somebody else is handing it over. */
async function wait({ db, clock }: MessageOptions, message: BufferedMessage): Promise<Handed | null> {
  const { name, key, expiresAt, requestHash: hash } = message;
  const result = expiresAt > clock.now() ? 'buffered' : 'dropped';
  return db.transaction(async (tx) => {
    if (!(await (result === 'buffered' ? letWait : dropMessage)(tx, message))) return null;
    const told = hash === null || (await updateAnswer(tx, { bucket: bucketOfMessage(name, key), hash }, result));
    return { published: { result }, told };
  });
}

/**
 * Gives a kept message to its receiver; null when there is none.
 * @throws what its receiver refuses it with, and Overloaded: it is kept for another one, or another time
 */
export async function handOver(options: MessageOptions, message: BufferedMessage): Promise<Handed | null> {
  const { db } = options;
  for (let attempt = 0, noted: BufferedMessage | null = message; attempt < ATTEMPTS; attempt += 1) {
    noted = await withReceiver(options, noted, Math.min(4 ** attempt, 256));
    if (noted === null) return null;
    const { receiver } = noted;
    if (receiver === null) continue;
    try {
      const outcome = await give(options, noted, receiver);
      const told = await crossOff(db, noted, receiver, outcome);
      return { published: { result: receiver.id === null ? 'started' : 'correlated', ...outcome }, told };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const over = error instanceof Rejection && (await isOver(db, receiver, error));
      await takeBack(db, noted, receiver, over);
      if (!over && !(error instanceof TakenBack)) throw error;
      noted = { ...noted, receiver: null };
    }
  }
  throw new Overloaded(
    `Expected the message to find its receiver within ${ATTEMPTS} attempts, but others were faster. Try again later.`,
  );
}

/** Another server could not give it to this receiver, which says nothing about the receiver. */
class TakenBack extends Rejection {
  constructor({ instance }: Receiver) {
    super('conflict', `Expected instance ${instance} to be given the message, but another server took that back.`);
  }
}

/** Nothing was stored by whoever says this. */
function isRefusal(error: unknown): boolean {
  return error instanceof Rejection || error instanceof Overloaded;
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
  const nonce = randomUUID();
  const waiting = await findMessageSubscription(db, name, key, among);
  if (waiting !== null) return { ...waiting, nonce };
  const release = await releases.latest();
  if (release === null || startOfMessage(release, name) === null) return null;
  return { instance: keys.next(key === '' ? undefined : bucketOfBusinessKey(key)), id: null, nonce };
}

/** As which the receiver remembers, in its own bucket, what it took or refused. */
function requestOf({ clock }: MessageOptions, { expiresAt }: BufferedMessage, { instance, nonce }: Receiver) {
  const once = { caller: 'message', key: nonce, fingerprint: '' };
  const now = clock.now();
  const request = remembered(once, now, bucketOfKey(instance));
  return { once, request: { ...request, expiresAt: Math.max(now, expiresAt) + REMEMBERED } };
}

/** Once, whoever else does it. @throws what it is refused with: from then on the receiver does not take it, as it was noted */
async function give(options: MessageOptions, message: BufferedMessage, receiver: Receiver): Promise<Outcome> {
  const { db, clock, submitter } = options;
  const { name, key, variables, actor, messageId } = message;
  const { once, request } = requestOf(options, message, receiver);
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
  const again = ({ outcome }: First): Outcome => {
    if (outcome === null) throw new TakenBack(receiver);
    return outcome;
  };
  try {
    return await doOnce(db, once, request, act, again);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const given = await refuse(db, request);
    if (given === null) throw error;
    return given;
  }
}

/** Notes for the receiver that it does not take the message; or gives what the message has moved there meanwhile. */
async function refuse(db: Database, request: Remembered): Promise<Outcome | null> {
  if ((await insertRequests(db, [{ ...request, instance: null, seq: null, answer: REFUSED }])) > 0) return null;
  const [row] = await readRequests(db, [request]);
  return row === undefined ? null : outcomeOf(db, row);
}

/** It waits no more; or it cannot begin, or its key, which was to be new, is that of another instance. */
async function isOver(db: Database, { instance: key, id }: Receiver, { code }: Rejection): Promise<boolean> {
  if (id === null && code === 'not-found') return true;
  const instance = (await readInstances(db, [key])).get(key)?.instance;
  if (id === null) return instance !== undefined;
  return instance?.status !== 'active' || !instance.messages.some((wait) => wait.id === id);
}

async function takeBack(db: Database, message: BufferedMessage, receiver: Receiver, over: boolean): Promise<void> {
  const { name, key } = message;
  const { instance, id } = receiver;
  await db.transaction(async (tx) => {
    if (over && id !== null) await deleteMessageSubscriptions(tx, [{ name, key, instance, id }]);
    await forgetReceiver(tx, message, receiver);
  });
}

/**
 * With the subscription, if it ended by the message: that comes later by way of the outbox. Gives whether the request could be
 * told.
 */
async function crossOff(
  db: Database,
  message: BufferedMessage,
  { id }: Receiver,
  { instance }: Outcome,
): Promise<boolean> {
  const { name, key, requestHash: hash } = message;
  return db.transaction(async (tx) => {
    const waits = id === null || instance.messages.some((it) => it.id === id);
    if (!waits) await deleteMessageSubscriptions(tx, [{ name, key, instance: instance.id, id }]);
    await deleteBufferedMessages(tx, [message]);
    return hash === null || updateMoved(tx, { bucket: bucketOfMessage(name, key), hash }, instance);
  });
}
