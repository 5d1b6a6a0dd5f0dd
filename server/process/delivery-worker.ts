import type { Logger } from 'pino';
import { deleteOutbox, readOutbox } from '../db/outbox.ts';
import type { OutboxRow } from '../db/outbox.ts';
import type { Change } from './change.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';
import { deliverAllKept, deliverKept, publishMessage } from './messages.ts';
import type { MessageOptions } from './messages.ts';
import { broadcastSignal } from './signals.ts';

const PAGE = 100;
/** So often what a crash left is looked for, ms of real time. */
const FULL_LOOK = 10_000;

export interface DeliveryWorkerOptions extends MessageOptions {
  log: Logger;
}

export interface DeliveryWorker extends Loop {
  /** Hears of commits: what was sent, and who began to wait. */
  hear(changes: readonly Change[]): void;
}

/** Delivers what instances send, and what was kept for those that begin to wait. */
export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const { db, log } = options;
  const waits = new Map<string, { name: string; key: string }>();
  let lookedFully = -Infinity;

  const look = async (): Promise<Pass> => {
    let done = 0;
    for (const [id, { name, key }] of [...waits]) {
      waits.delete(id);
      await deliverKept(options, name, key);
      done += 1;
    }
    const rows = await readOutbox(db, PAGE);
    for (const row of rows) await deliver(options, row);
    done += rows.length;
    if (performance.now() - lookedFully > FULL_LOOK) {
      done += await deliverAllKept(options);
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
    await publishMessage(options, message, [{ type: 'outbox', row: { instance, id } }]);
  } else {
    await broadcastSignal(options, { name, variables, actor, id: `${instance}/${id}`, sender: instance });
    await deleteOutbox(options.db, [{ instance, id }]);
  }
}
