import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import type { EventType } from '../../engine/index.ts';
import { deleteCarriedOut, deleteOutbox, readOutbox, readSubscribing } from '../db/outbox.ts';
import type { OutboxRow } from '../db/outbox.ts';
import { partKey } from '../db/part.ts';
import type { Part } from '../db/part.ts';
import type { Change } from './change.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';
import { MANY, deliverAllKept, deliverKept, publishMessage } from './messages.ts';
import type { MessageOptions } from './message-request.ts';
import { broadcastSignal } from './signals.ts';
import { carryOut } from './subscribing.ts';
import { isTemporary } from './temporary.ts';

/** So many of what waits are read at once, and so many senders' messages delivered together, into one batch. */
const PAGE = 512;
const TOGETHER = 64;
/** After another process was faster this one waits, ms of real time at most, so that they do not go on in step. */
const STEP_ASIDE = 300;
/** So often what a crash left is looked for, ms of real time. */
const FULL_LOOK = 10_000;
/** Pause after the first, second ... failure to deliver a row, ms of real time; the last one stays. */
const BACK_OFF = [1000, 10_000, 60_000, 5 * 60_000];
/** The same when the database was away, or the server had too much to do: the next look begins with the others. */
const ASIDE = 1500;

export interface DeliveryWorkerOptions extends MessageOptions {
  log: Logger;
}

export interface DeliveryWorker extends Loop {
  /** Hears of commits: what was sent, and who began to wait. */
  hear(changes: readonly Change[]): void;
}

/** A row that could not be delivered, and when it is tried again (`performance.now()`). */
interface Delayed {
  part: Part;
  failures: number;
  until: number;
}

/**
 * Delivers what instances send, and what was kept for those that begin to wait. What cannot be delivered rests for a
 * while, in the memory of this process, and holds nothing else up.
 */
export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const { db, log } = options;
  const waiting = new Map<string, { name: string; key: string }>();
  const delayed = new Map<string, Delayed>();
  let lookedFully = -Infinity;

  const failedKept = (error: unknown, { name, key }: { name: string; key: string }): void =>
    log.error({ err: error, message: name, key }, 'kept message could not be delivered');
  const deliverWaiting = async (): Promise<number> => {
    const some = [...waiting].slice(0, TOGETHER);
    for (const [id] of some) waiting.delete(id);
    const delivering = some.map(async ([id, wait]) => {
      try {
        await deliverKept(options, wait.name, wait.key);
        return true;
      } catch (error) {
        failedKept(error, wait);
        if (isTemporary(error)) waiting.set(id, wait);
        return false;
      }
    });
    return (await Promise.all(delivering)).filter(Boolean).length;
  };
  /** What became of it: another process may have been faster (`late`), the database may be `away`. */
  const tryToDeliver = async (row: OutboxRow): Promise<'done' | 'late' | 'failed' | 'away'> => {
    const id = partKey(row);
    try {
      const own = await deliver(options, row);
      delayed.delete(id);
      return own ? 'done' : 'late';
    } catch (error) {
      const temporary = isTemporary(error);
      const failures = (delayed.get(id)?.failures ?? 0) + (temporary ? 0 : 1);
      const pause = temporary ? ASIDE : (BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? FULL_LOOK);
      const part = { instance: row.instance, id: row.id };
      delayed.set(id, { part, failures, until: performance.now() + pause });
      log.error({ err: error, ...part, kind: row.kind, name: row.name, pause }, 'could not be delivered; tried again');
      return temporary ? 'away' : 'failed';
    }
  };
  const deliverSent = async (): Promise<Record<'done' | 'late', number>> => {
    const resting = [...delayed.values()].filter(({ until }) => until > performance.now());
    const parts = resting.map(({ part }) => part);
    const rows = await readOutbox(db, PAGE, parts);
    const delivering = someSenders(rows).map(async (sent) => {
      // What one instance sent keeps its order.
      const outcomes = [];
      for (const row of sent) outcomes.push(await tryToDeliver(row));
      return outcomes;
    });
    const outcomes = (await Promise.all(delivering)).flat();
    const count = (wanted: string) => outcomes.filter((it) => it === wanted).length;
    // A page of rows that all failed says nothing about those behind it.
    if (outcomes.length > 0 && count('failed') === outcomes.length && rows.length === PAGE) return deliverSent();
    return { done: count('done'), late: count('late') };
  };
  const look = async (): Promise<Pass> => {
    let done = await deliverWaiting();
    const sent = await deliverSent();
    done += sent.done + sent.late;
    if (performance.now() - lookedFully > FULL_LOOK) {
      const delivered = await deliverAllKept(options, failedKept);
      done += delivered;
      // Of a backlog there is more.
      if (delivered < MANY) lookedFully = performance.now();
    }
    if (sent.late > 0) return { done, sleep: Math.random() * STEP_ASIDE };
    return { done, sleep: done > 0 ? 0 : Infinity };
  };
  const loop = createLoop('delivery', log, look);
  return {
    ...loop,
    hear(changes) {
      let heard = false;
      for (const { after, events } of changes) {
        for (const event of events) {
          if (!isHeard(event.type)) continue;
          heard = true;
          // On Citus it is looked for when the subscription is there.
          const waits = event.type === 'MessageSubscribed' && !db.citus;
          if (waits) waiting.set(`${after.id}/${event.subscription}`, event);
        }
      }
      if (heard) loop.wake();
    },
  };
}

/** Of what every command brings, little is. */
function isHeard(type: EventType): boolean {
  const begins = type === 'MessageSubscribed' || type === 'MessageUnsubscribed';
  return begins || type === 'MessageSent' || type === 'SignalSent';
}

/** By sender. Of a backlog some from anywhere: other processes are at it as well. */
function someSenders(rows: readonly OutboxRow[]): OutboxRow[][] {
  const bySender = new Map<string, OutboxRow[]>();
  for (const row of rows) bySender.set(row.instance, [...(bySender.get(row.instance) ?? []), row]);
  const senders = [...bySender.values()];
  const first = randomInt(Math.max(1, senders.length - TOGETHER + 1));
  return senders.slice(first, first + TOGETHER);
}

/** Carries a row out; false when another process did it. */
async function deliver(options: DeliveryWorkerOptions, row: OutboxRow): Promise<boolean> {
  const { db, clock } = options;
  const { instance, id, name, variables } = row;
  if (row.kind === 'subscribe' || row.kind === 'unsubscribe') {
    await carryOut(db, clock, row);
    if (row.kind === 'subscribe') await deliverKept(options, name, row.key ?? '');
    return (await deleteCarriedOut(db, row)) > 0;
  }
  // Whoever answers finds the sender waiting.
  if (db.citus) for (const wait of await readSubscribing(db, instance)) await carryOut(db, clock, wait);
  if (row.kind === 'message') return deliverMessage(options, row);
  await broadcastSignal(options, {
    name,
    variables,
    actor: `instance:${instance}`,
    id: partKey(row),
    sender: instance,
  });
  return (await deleteOutbox(db, [{ instance, id }])) > 0;
}

/** The row goes in the transaction of the delivery; on Citus when the message is kept in its own bucket. */
async function deliverMessage(options: DeliveryWorkerOptions, row: OutboxRow): Promise<boolean> {
  const { db } = options;
  const { instance, id, name, variables, ttl } = row;
  const message = { name, key: row.key ?? '', variables, ttl, actor: `instance:${instance}` };
  const published = await publishMessage(options, message, { guards: [{ type: 'outbox', row: { instance, id } }] });
  return db.citus ? (await deleteOutbox(db, [row])) > 0 : published.result !== 'duplicate';
}
