import type { Logger } from 'pino';
import { deleteOutbox, readOutbox } from '../db/outbox.ts';
import type { OutboxRow } from '../db/outbox.ts';
import { partKey } from '../db/part.ts';
import type { Part } from '../db/part.ts';
import type { Change } from './change.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';
import { deliverAllKept, deliverKept, publishMessage } from './messages.ts';
import type { MessageOptions } from './messages.ts';
import { broadcastSignal } from './signals.ts';
import { isTemporary } from './temporary.ts';

const PAGE = 100;
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
  const waits = new Map<string, { name: string; key: string }>();
  const delayed = new Map<string, Delayed>();
  let lookedFully = -Infinity;

  const failedKept = (error: unknown, { name, key }: { name: string; key: string }): void =>
    log.error({ err: error, message: name, key }, 'kept message could not be delivered');
  const deliverWaiting = async (): Promise<number> => {
    let done = 0;
    for (const [id, wait] of [...waits]) {
      waits.delete(id);
      try {
        await deliverKept(options, wait.name, wait.key);
        done += 1;
      } catch (error) {
        failedKept(error, wait);
        if (!isTemporary(error)) continue;
        waits.set(id, wait);
        break;
      }
    }
    return done;
  };
  const tryToDeliver = async (row: OutboxRow): Promise<boolean> => {
    const id = partKey(row);
    try {
      await deliver(options, row);
      delayed.delete(id);
      return true;
    } catch (error) {
      const temporary = isTemporary(error);
      const failures = (delayed.get(id)?.failures ?? 0) + (temporary ? 0 : 1);
      const pause = temporary ? ASIDE : (BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? FULL_LOOK);
      const part = { instance: row.instance, id: row.id };
      delayed.set(id, { part, failures, until: performance.now() + pause });
      // Nothing else can be delivered either: the loop sleeps a second.
      if (temporary) throw error;
      log.error({ err: error, ...part, kind: row.kind, name: row.name, pause }, 'could not be delivered; tried again');
      return false;
    }
  };
  const deliverSent = async (): Promise<number> => {
    const resting = [...delayed.values()].filter(({ until }) => until > performance.now());
    const parts = resting.map(({ part }) => part);
    const rows = await readOutbox(db, PAGE, parts);
    let done = 0;
    for (const row of rows) if (await tryToDeliver(row)) done += 1;
    // A page of rows that all failed says nothing about those behind it.
    return done > 0 || rows.length < PAGE ? done : deliverSent();
  };
  const look = async (): Promise<Pass> => {
    let done = await deliverWaiting();
    done += await deliverSent();
    if (performance.now() - lookedFully > FULL_LOOK) {
      done += await deliverAllKept(options, failedKept);
      lookedFully = performance.now();
    }
    return { done, sleep: done > 0 ? 0 : Infinity };
  };
  const loop = createLoop('delivery', log, look);
  return {
    ...loop,
    hear(changes) {
      let heard = false;
      for (const { after, events } of changes) {
        for (const event of events) {
          if (event.type === 'MessageSubscribed') waits.set(`${after.id}/${event.subscription}`, event);
          else if (event.type !== 'MessageSent' && event.type !== 'SignalSent') continue;
          heard = true;
        }
      }
      if (heard) loop.wake();
    },
  };
}

/** The row goes in the transaction of the delivery (message), or when all have heard it (signal). */
async function deliver(options: DeliveryWorkerOptions, row: OutboxRow): Promise<void> {
  const { instance, id, name, key, variables, ttl } = row;
  const actor = `instance:${instance}`;
  if (row.kind === 'message') {
    const message = { name, key: key ?? '', variables, ttl, actor };
    await publishMessage(options, message, { guards: [{ type: 'outbox', row: { instance, id } }] });
  } else {
    await broadcastSignal(options, { name, variables, actor, id: `${instance}/${id}`, sender: instance });
    await deleteOutbox(options.db, [{ instance, id }]);
  }
}
