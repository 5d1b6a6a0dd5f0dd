/** What messages an instance has waited for and got, folded from its history. */
import { findById } from '../../engine/find.ts';
import { evolveAll } from '../../engine/index.ts';
import type { Event, Instance, Instant } from '../../engine/index.ts';
import type { Told } from './task-records.ts';

/** A subscription to a message, open or over. */
export interface SubscriptionRecord {
  id: number;
  /** The element instance that waits; ROOT for the process itself. */
  host: number;
  /** BPMN ids; the process is that of the instance, also in a called process. */
  element: string;
  process: string;
  /** The release that the instance was pinned to. */
  release: string;
  name: string;
  key: string;
  /** `CORRELATED`: it is over, and got a message. */
  state: 'CREATED' | 'CORRELATED' | 'DELETED';
  /** null where only the state of the instance was looked at. */
  changedAt: Instant | null;
}

/** A message that a subscription got. */
export interface CorrelationRecord {
  /** Number of the message within the instance, from 1. */
  number: number;
  subscription: SubscriptionRecord;
  messageId: string | null;
  at: Instant;
}

/** All subscriptions of a history in the order in which they were made, and all messages in the order in which they came. */
export function subscriptionRecordsOf(rows: readonly Told[]): {
  subscriptions: SubscriptionRecord[];
  correlated: CorrelationRecord[];
} {
  const subscriptions = new Map<number, SubscriptionRecord>();
  const correlated: CorrelationRecord[] = [];
  const record = (event: Event, instance: Instance, at: Instant): void => {
    if (event.type === 'MessageSubscribed') {
      subscriptions.set(event.subscription, subscribed(event, instance, at));
      return;
    }
    if (event.type !== 'MessageReceived' && event.type !== 'MessageUnsubscribed') return;
    const subscription = subscriptions.get(event.subscription);
    if (subscription === undefined) return;
    subscription.changedAt = at;
    if (event.type === 'MessageUnsubscribed') {
      const got = correlated.some((it) => it.subscription === subscription);
      subscription.state = got ? 'CORRELATED' : 'DELETED';
    } else {
      correlated.push({ number: correlated.length + 1, subscription, messageId: event.messageId ?? null, at });
    }
  };
  let instance: Instance | null = null;
  for (const { at, events } of rows) {
    instance = evolveAll(instance, events, (event, before) => {
      if (before !== null) record(event, before, at);
    });
  }
  return { subscriptions: [...subscriptions.values()], correlated };
}

function subscribed(event: Event & { type: 'MessageSubscribed' }, instance: Instance, at: Instant): SubscriptionRecord {
  const { subscription: id, host, element, name, key } = event;
  const { process } = instance;
  return { id, host, element, process, release: instance.release, name, key, state: 'CREATED', changedAt: at };
}

/** An open subscription as its instance says it; null when it has just ended. */
export function openSubscriptionOf(instance: Instance, id: number): SubscriptionRecord | null {
  const wait = findById(instance.messages, id);
  if (wait === undefined) return null;
  return { ...wait, process: instance.process, release: instance.release, state: 'CREATED', changedAt: null };
}
