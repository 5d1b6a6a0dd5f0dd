/**
 * Where a transaction keeps to one bucket (Citus), that an instance begins or ends to wait for a message reaches the bucket of
 * the message through the outbox.
 */
import type { Logger } from 'pino';
import type { Outcome } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { insertDedup } from '../db/dedup.ts';
import { bucketOfMessage } from '../db/key.ts';
import { readSubscribing } from '../db/outbox.ts';
import type { OutboxRow } from '../db/outbox.ts';
import { partKey } from '../db/part.ts';
import { deleteMessageSubscriptions, insertMessageSubscriptions } from '../db/subscriptions.ts';
import type { MessageSubscriptionRow } from '../db/subscriptions.ts';
import type { Submitter } from './submit.ts';

/** How long it is remembered that a subscription was there, ms. */
const REMEMBERED = 24 * 3600_000;

type Subscribing = MessageSubscriptionRow & Pick<OutboxRow, 'kind'>;

/** Writes a subscription, or takes it out. Either can come late, or twice: what has ended does not come back. */
export async function carryOut(db: Database, clock: Clock, row: Omit<Subscribing, 'key'> & { key: string | null }) {
  const { instance, id, name, kind } = row;
  const key = row.key ?? '';
  const expiresAt = clock.now() + REMEMBERED;
  await db.transaction(async (tx) => {
    const once = { bucket: bucketOfMessage(name, key), kind: 'subscription', id: partKey(row), expiresAt };
    const isNew = (await insertDedup(tx, [once])) > 0;
    if (kind === 'unsubscribe') await deleteMessageSubscriptions(tx, [{ instance, id, name, key }]);
    else if (isNew) await insertMessageSubscriptions(tx, [{ instance, id, name, key }]);
  });
}

/** Callers hear of a step when what began to wait by it is found by messages; after an error that comes a little later. */
export function heardWaiting(submitter: Submitter, db: Database, clock: Clock, log: Logger): Submitter {
  const carryOutAll = async ({ instance, events }: Outcome): Promise<void> => {
    if (!events.some(({ type }) => type === 'MessageSubscribed')) return;
    for (const row of await readSubscribing(db, instance.id)) await carryOut(db, clock, row);
  };
  return {
    ...submitter,
    async submit(...step) {
      const outcome = await submitter.submit(...step);
      await carryOutAll(outcome).catch((error: unknown) => {
        log.warn({ err: error, instance: outcome.instance.id }, 'a subscription has to be left to the next look');
      });
      return outcome;
    },
  };
}
