import { Rejection } from '../../engine/index.ts';
import { checkNames } from '../../engine/variable-names.ts';
import type { Outcome } from '../../engine/index.ts';
import { findBufferedMessages, findHandedOver, findWaitedFor, insertBufferedMessage } from '../db/buffered-messages.ts';
import type { BufferedMessage } from '../db/buffered-messages.ts';
import { bucketOfMessage, firstKeyAt } from '../db/key.ts';
import { findMessageSubscription } from '../db/subscriptions.ts';
import { AlreadyDone, applyGuards } from './guard.ts';
import type { Guard } from './guard.ts';
import { goOn, handOver, keepAndHandOver } from './hand-over.ts';
import { DEFAULT_TTL } from './message-request.ts';
import type { MessageOptions, MessageRequest, Published } from './message-request.ts';
import { UnderWay, actOnce } from './once.ts';
import type { First, Repeatable } from './once.ts';
import { start, startOfMessage } from './starts.ts';

/** How long a sender's message id is remembered at least, ms. */
const REMEMBERED = 24 * 3600_000;
/** Messages that are younger are left to whoever began to hand them over, ms. */
const UNDER_WAY = 10_000;
/** So many kept messages are looked for at once. */
export const MANY = 100;
/** A subscription that is gone when the message arrives is looked for again so often. */
const ATTEMPTS = 10;

/**
 * Delivers a message to exactly one subscription, else to a start event, else keeps it until its time is over.
 * @throws Rejection for variables that cannot be kept; KeyReused; Overloaded, also while the first request with this key may still be under way
 */
export async function publishMessage(
  options: MessageOptions,
  message: MessageRequest,
  { once, guards = [] }: Repeatable & { guards?: readonly Guard[] } = {},
): Promise<Published> {
  checkNames(message.variables);
  try {
    const publish = (request: readonly Guard[]) => publishNew(options, message, [...guards, ...request]);
    return await actOnce(options, once, publish, firstPublished, bucketOfMessage(message.name, message.key));
  } catch (error) {
    if (error instanceof AlreadyDone) return { result: 'duplicate' };
    throw error;
  }
}

/** What was answered to the first request with the same key. */
function firstPublished({ outcome, answer }: First): Published {
  if (outcome !== null) return { result: outcome.instance.version === 1 ? 'started' : 'correlated', ...outcome };
  if (answer === null) throw new UnderWay();
  return { result: answer === 'dropped' ? answer : 'buffered' };
}

async function publishNew(
  options: MessageOptions,
  message: MessageRequest,
  guards: readonly Guard[],
): Promise<Published> {
  const all = [...guards, ...onceOf(options, message)];
  if (options.db.citus) return keepAndHandOver(options, message, all);
  return (await deliver(options, message, all)) ?? (await keep(options, message, all));
}

function onceOf({ clock }: MessageOptions, { name, key, messageId, ttl = DEFAULT_TTL }: MessageRequest): Guard[] {
  if (messageId === undefined) return [];
  const bucket = bucketOfMessage(name, key);
  const expiresAt = clock.now() + Math.max(ttl, REMEMBERED);
  return [{ type: 'once', once: { bucket, kind: 'message', id: `${name}\n${key}\n${messageId}`, expiresAt } }];
}

/** null when nobody waits for it and no process starts by it. */
async function deliver(
  options: MessageOptions,
  message: MessageRequest,
  guards: readonly Guard[],
): Promise<Published | null> {
  const correlated = await correlate(options, message, guards);
  if (correlated !== null) return { result: 'correlated', ...correlated };
  const release = await options.releases.latest();
  if (release === null || startOfMessage(release, message.name) === null) return null;
  const { name, key, variables, actor } = message;
  const businessKey = key === '' ? {} : { businessKey: key };
  return {
    result: 'started',
    ...(await start(options, { message: name, variables, actor, ...businessKey }, { guards })),
  };
}

async function correlate(
  { db, clock, submitter }: MessageOptions,
  message: Pick<MessageRequest, 'name' | 'key' | 'variables' | 'actor' | 'messageId' | 'sentAs'>,
  guards: readonly Guard[],
): Promise<Outcome | null> {
  const { name, key, variables, actor, messageId = message.sentAs } = message;
  let last: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const wait = await findMessageSubscription(db, name, key, Math.min(4 ** attempt, 256));
    if (wait === null) return null;
    const id = messageId === undefined ? {} : { messageId };
    const at = clock.now();
    try {
      const command = { type: 'CorrelateMessage', at, actor, subscription: wait.id, name, variables, ...id } as const;
      return await submitter.submit(wait.instance, command, guards);
    } catch (error) {
      // Something else was faster than the message: is somebody else waiting for it?
      if (!(error instanceof Rejection) || error instanceof AlreadyDone || error.code === 'invalid') throw error;
      last = error;
    }
  }
  throw last;
}

async function keep(options: MessageOptions, message: MessageRequest, guards: readonly Guard[]): Promise<Published> {
  const { db, clock, keys } = options;
  const { name, key, variables, actor, messageId = message.sentAs ?? null, ttl = DEFAULT_TTL } = message;
  const buffered: BufferedMessage = {
    name,
    key,
    id: keys.next(),
    variables,
    messageId,
    actor,
    expiresAt: clock.now() + ttl,
    handingOver: false,
    receiver: null,
    requestHash: null,
  };
  await db.transaction(async (tx) => {
    await applyGuards(tx, guards.map(answering(ttl > 0 ? 'buffered' : 'dropped')));
    if (ttl > 0) await insertBufferedMessage(tx, buffered, keys);
  });
  if (ttl <= 0) return { result: 'dropped' };
  // Who began to wait between the look and the write did not see it.
  const delivered = await deliverBuffered(options, buffered);
  // A repetition is answered as the first request was, and what is remembered is that the message was kept.
  if (guards.some(({ type }) => type === 'request')) return { result: 'buffered' };
  return delivered === null ? { result: 'buffered' } : { result: 'correlated', ...delivered };
}

function answering(answer: string): (guard: Guard) => Guard {
  return (guard) => (guard.type === 'request' ? { ...guard, answer } : guard);
}

/** Delivers a kept message if somebody waits for it; null when nobody does, or it is gone. */
async function deliverBuffered(options: MessageOptions, message: BufferedMessage): Promise<Outcome | null> {
  const { name, key, id, variables, actor, messageId } = message;
  const sent = { name, key, variables, actor, ...(messageId === null ? {} : { messageId }) };
  try {
    return await correlate(options, sent, [{ type: 'buffered', message: { name, key, id } }]);
  } catch (error) {
    if (error instanceof AlreadyDone) return null;
    throw error;
  }
}

async function isTaken(options: MessageOptions, message: BufferedMessage): Promise<boolean> {
  return (await (options.db.citus ? handOver : deliverBuffered)(options, message)) !== null;
}

/** Delivers what was kept for this name and key; for whoever has just begun to wait. */
export async function deliverKept(options: MessageOptions, name: string, key: string): Promise<void> {
  for (const message of await findBufferedMessages(options.db, name, key, options.clock.now())) {
    if (!(await isTaken(options, message))) return;
  }
}

/**
 * Delivers kept messages that somebody waits for by now; gives how many. Finds what a crash left. One that cannot be
 * delivered is told to `failed`, and the others go on.
 */
export async function deliverAllKept(
  options: MessageOptions,
  failed: (error: unknown, message: { name: string; key: string }) => void,
): Promise<number> {
  const { db, clock } = options;
  const now = clock.now();
  const waitedFor = await findWaitedFor(db, now, MANY);
  const interrupted = db.citus ? await findHandedOver(db, firstKeyAt(now - UNDER_WAY), MANY) : [];
  let delivered = 0;
  for (const message of [...interrupted, ...waitedFor]) {
    try {
      if (await (message.handingOver ? goOn : isTaken)(options, message)) delivered += 1;
    } catch (error) {
      failed(error, message);
    }
  }
  return delivered;
}
