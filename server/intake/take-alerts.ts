/**
 * What a delivery of alerts does: first it is stored together with what follows from it, in one transaction; then what
 * follows is carried out and crossed off. A delivery that is cut off anywhere is completed by its repetition.
 */
import { Rejection } from '../../engine/rejection.ts';
import { lockGroup, selectAlerts, updateGroup, upsertAlerts } from '../db/alerts.ts';
import type { Sql } from '../db/sql.ts';
import { bucketOfBusinessKey } from '../db/instances.ts';
import { selectTicket } from '../db/tickets.ts';
import { tierOf } from '../desk/service-catalogue.ts';
import { isEnded } from '../db/ticket.ts';
import { findTicket } from '../desk/tickets.ts';
import { hashSecret, newSecret } from '../people/secret.ts';
import type { Services } from '../services.ts';
import { absorb } from './alert-group.ts';
import type { AlertGroup, Intention } from '../db/alerts.ts';
import { requestOf } from './alertmanager.ts';
import type { Delivery } from './alertmanager.ts';
import { startTicket } from './start-ticket.ts';

const ACTOR = 'intake:alertmanager';
/** How long the news that all is over waits for the process, ms: after that the note on the ticket has to do. */
const WAITS = 600_000;

/** Deliveries of one group wait for each other within this process, so that what follows is carried out once. */
const turns = new Map<string, Promise<unknown>>();

async function inTurn<T>(groupKey: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(groupKey) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(groupKey, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(groupKey) === mine) turns.delete(groupKey);
  }
}

/** How many groups are being worked on. */
export function groupsInWork(): number {
  return turns.size;
}

/** Takes a delivery in and gives the number of the group's ticket, null when it never had one. */
export function takeAlerts(services: Services, delivery: Delivery): Promise<string | null> {
  return inTurn(delivery.groupKey, async () => {
    const group = await store(services, delivery);
    for (const intention of group.pending) {
      await carryOut(services, group, intention, delivery);
      await crossOff(services, group.groupKey, intention);
    }
    return group.ticket;
  });
}

/**
 * The group and its alerts as this delivery leaves them, with what follows from it. A number is drawn only when a ticket has
 * to be opened, outside of the transaction, which is then done again.
 */
async function store(services: Services, delivery: Delivery, number = ''): Promise<AlertGroup> {
  const now = services.clock.now();
  const stored = await services.db.transaction(async (tx) => {
    const group = await lockGroup(tx, delivery.groupKey);
    const known = await selectAlerts(tx, delivery.groupKey);
    const next = absorb(group, known, delivery, now, await isOpen(tx, group), number);
    if (next.group.ticket === '') return null;
    await upsertAlerts(tx, delivery.groupKey, next.alerts);
    await updateGroup(tx, next.group);
    return next.group;
  });
  return stored ?? store(services, delivery, await services.nextNumber());
}

async function isOpen(tx: Sql, group: AlertGroup): Promise<boolean> {
  if (group.ticket === null) return false;
  if (group.pending.some((intention) => intention.kind === 'open')) return true;
  const ticket = await selectTicket(tx, bucketOfBusinessKey(group.ticket), group.ticket);
  return ticket !== null && !isEnded(ticket.state);
}

async function carryOut(
  services: Services,
  group: AlertGroup,
  intention: Intention,
  delivery: Delivery,
): Promise<void> {
  const { ticket } = group;
  if (ticket === null) throw new Error(`Expected alert group ${group.groupKey} to have a ticket, but it has none.`);
  switch (intention.kind) {
    case 'open':
      return openTicket(services, intention, delivery);
    case 'note':
      return writeNote(services, group.groupKey, ticket, intention);
    case 'resolve': {
      const { messageId } = intention;
      await services.runtime.publishMessage({
        name: 'alert.resolved',
        key: ticket,
        variables: {},
        messageId,
        ttl: WAITS,
        actor: ACTOR,
      });
    }
  }
}

async function openTicket(
  services: Services,
  { number, follows }: Extract<Intention, { kind: 'open' }>,
  delivery: Delivery,
): Promise<void> {
  const variables = {
    ...requestOf(delivery, follows, tierOf),
    channel: 'alert',
    requester: '',
    requesterName: 'Alertmanager',
    contact: '',
    locale: 'en',
    accessHash: hashSecret(newSecret()),
    client: '',
  };
  await startTicket(services, number, variables, ACTOR);
}

/** Writes into the log of the ticket, also when it has ended, once whoever tries it; a refusal is only logged. */
async function writeNote(
  services: Services,
  groupKey: string,
  number: string,
  { id, text }: Extract<Intention, { kind: 'note' }>,
): Promise<void> {
  const note = { audience: 'internal' as const, text };
  const once = { caller: ACTOR, key: `${groupKey} ${id}`, fingerprint: text };
  try {
    const { instanceId } = await findTicket(services, number);
    const command = { type: 'AddNote', at: services.clock.now(), actor: ACTOR, note } as const;
    await services.runtime.submit(instanceId, command, { once });
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    services.log.info({ number, reason: error.message }, 'a note about an alert was not written');
  }
}

async function crossOff(services: Services, groupKey: string, done: Intention): Promise<void> {
  const finished = JSON.stringify(done);
  await services.db.transaction(async (tx) => {
    const group = await lockGroup(tx, groupKey);
    const index = group.pending.findIndex((intention) => JSON.stringify(intention) === finished);
    if (index >= 0) await updateGroup(tx, { ...group, pending: group.pending.toSpliced(index, 1) });
  });
}
