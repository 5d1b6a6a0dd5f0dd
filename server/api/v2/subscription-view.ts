/** How message subscriptions, and the messages that they got, look in the process API. */
import { z } from 'zod';
import { ROOT } from '../../../engine/index.ts';
import { formatPart } from '../../db/key.ts';
import type { Definitions } from '../../process/definitions.ts';
import { messageKeyOf } from '../../process/message-key.ts';
import type { CorrelationRecord, SubscriptionRecord } from '../../process/subscription-records.ts';
import { dateTime, TENANT } from './format.ts';
import type { ItemFields } from './search-items.ts';

const place = {
  processInstanceKey: z.string(),
  processDefinitionId: z.string(),
  processDefinitionKey: z.string(),
  elementId: z.string(),
  elementInstanceKey: z.string(),
  messageName: z.string(),
  correlationKey: z.string(),
  tenantId: z.string(),
};

export const subscriptionShape = z.object({
  messageSubscriptionKey: z.string(),
  messageSubscriptionState: z.string(),
  lastUpdatedDate: z.string().optional(),
  ...place,
});

export const correlationShape = z.object({
  subscriptionKey: z.string(),
  messageKey: z.string(),
  correlationTime: z.string(),
  partitionId: z.int(),
  ...place,
});

/** A subscription with its instance and the key of its definition. */
export interface FoundSubscription extends SubscriptionRecord {
  instance: string;
  definitionKey: string;
}

/** A message that came, with what its subscription says. */
export interface FoundCorrelation extends FoundSubscription {
  messageKey: string;
  at: number;
}

/** Looks up the definition. */
export async function foundSubscriptionOf(
  instance: string,
  record: SubscriptionRecord,
  definitions: Definitions,
): Promise<FoundSubscription> {
  const definition = (await definitions.of(record.release)).find('process', record.process);
  return { ...record, instance, definitionKey: definition.key };
}

/** A message that came without an id is named by its place in the instance. */
export async function foundCorrelationOf(
  instance: string,
  { subscription, messageId, number, at }: CorrelationRecord,
  definitions: Definitions,
): Promise<FoundCorrelation> {
  const found = await foundSubscriptionOf(instance, subscription, definitions);
  const messageKey =
    messageId === null ? formatPart(instance, number) : messageKeyOf(subscription.name, subscription.key, messageId);
  return { ...found, messageKey, at };
}

function hostKey({ instance, host }: FoundSubscription): string {
  return host === ROOT ? instance : formatPart(instance, host);
}

const placeFields = {
  processInstanceKey: ({ instance }) => instance,
  processDefinitionId: ({ process }) => process,
  processDefinitionKey: ({ definitionKey }) => definitionKey,
  elementId: ({ element }) => element,
  elementInstanceKey: hostKey,
  messageName: ({ name }) => name,
  correlationKey: ({ key }) => key,
  tenantId: () => TENANT,
} satisfies ItemFields<FoundSubscription>;

/** The fields by which the subscriptions of one instance are searched. */
export const subscriptionFields: ItemFields<FoundSubscription> = {
  ...placeFields,
  messageSubscriptionKey: ({ instance, id }) => formatPart(instance, id),
  state: ({ state }) => state,
  lastUpdatedDate: ({ changedAt }) => changedAt,
};

/** The fields by which the messages of one instance are searched. */
export const correlationFields: ItemFields<FoundCorrelation> = {
  ...placeFields,
  subscriptionKey: ({ instance, id }) => formatPart(instance, id),
  messageKey: ({ messageKey }) => messageKey,
  correlationTime: ({ at }) => at,
  partitionId: () => 1,
};

function placeOf(it: FoundSubscription) {
  return {
    processInstanceKey: it.instance,
    processDefinitionId: it.process,
    processDefinitionKey: it.definitionKey,
    elementId: it.element,
    elementInstanceKey: hostKey(it),
    messageName: it.name,
    correlationKey: it.key,
    tenantId: TENANT,
  };
}

export function subscriptionItem(it: FoundSubscription): z.input<typeof subscriptionShape> {
  return {
    messageSubscriptionKey: formatPart(it.instance, it.id),
    messageSubscriptionState: it.state,
    ...(it.changedAt === null ? {} : { lastUpdatedDate: dateTime(it.changedAt) }),
    ...placeOf(it),
  };
}

export function correlationItem(it: FoundCorrelation): z.input<typeof correlationShape> {
  return {
    subscriptionKey: formatPart(it.instance, it.id),
    messageKey: it.messageKey,
    correlationTime: dateTime(it.at),
    partitionId: 1,
    ...placeOf(it),
  };
}
