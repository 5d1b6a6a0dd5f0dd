/** Who waits for which message, and which messages came. */
import { readInstances } from '../../db/instances.ts';
import { readJournal } from '../../db/journal.ts';
import type { Search } from '../../db/search.ts';
import { searchSubscriptions } from '../../db/subscription-search.ts';
import { openSubscriptionOf, subscriptionRecordsOf } from '../../process/subscription-records.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { expectInstance, instanceAsked, noInstance } from './parts.ts';
import { searchItems } from './search-items.ts';
import { answerOf, searchAnswer, searchShape } from './search.ts';
import {
  correlationFields,
  correlationItem,
  correlationShape,
  foundCorrelationOf,
  foundSubscriptionOf,
  subscriptionFields,
  subscriptionItem,
  subscriptionShape,
} from './subscription-view.ts';

const tag = 'Messages';

const place = {
  processInstanceKey: { kind: 'key' },
  processDefinitionId: { kind: 'text' },
  processDefinitionKey: { kind: 'key' },
  elementId: { kind: 'text' },
  elementInstanceKey: { kind: 'part' },
  messageName: { kind: 'text' },
  correlationKey: { kind: 'text' },
  tenantId: { kind: 'text' },
} as const;

const subscriptions = searchShape({
  messageSubscriptionKey: { kind: 'part' },
  messageSubscriptionState: { kind: 'text', column: 'state' },
  lastUpdatedDate: { kind: 'instant' },
  ...place,
});

const correlations = searchShape({
  subscriptionKey: { kind: 'part' },
  messageKey: { kind: 'part' },
  correlationTime: { kind: 'instant' },
  partitionId: { kind: 'integer' },
  ...place,
});

/** Of one instance only. */
const HISTORICAL = ['lastUpdatedDate', 'elementId', 'elementInstanceKey'];

/** Open subscriptions wherever they are; of one instance also those that are over. */
async function search({ db, runtime }: Services, wanted: Search) {
  const instance = instanceAsked(wanted);
  if (instance !== null) {
    const { subscriptions: records } = subscriptionRecordsOf(await readJournal(db, instance));
    const found = await Promise.all(records.map((it) => foundSubscriptionOf(instance, it, runtime.definitions)));
    return searchItems(found, subscriptionFields, ['messageSubscriptionKey'], wanted);
  }
  expectInstance(wanted, HISTORICAL, ['CORRELATED', 'DELETED']);
  const found = await searchSubscriptions(db, wanted);
  const instances = await readInstances(db, [...new Set(found.rows.map((row) => row.instance))]);
  const open = found.rows.map(async (row) => {
    const stored = instances.get(row.instance);
    const record = stored && openSubscriptionOf(stored.instance, row.id);
    return record ? foundSubscriptionOf(row.instance, record, runtime.definitions) : null;
  });
  return { ...found, rows: (await Promise.all(open)).filter((it) => it !== null) };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/message-subscriptions/search',
    permission: 'processes:read',
    document: {
      summary: 'Search message subscriptions',
      tag,
      description: 'Open ones; with `filter.processInstanceKey` also those of this instance that are over.',
      body: subscriptions.body,
      responses: { 200: searchAnswer(subscriptionShape) },
    },
    async handle(request, response, services) {
      const { search: wanted } = subscriptions.read(request.body);
      response.json(answerOf(await search(services, wanted), wanted, subscriptionItem));
    },
  },
  {
    method: 'post',
    path: '/v2/correlated-message-subscriptions/search',
    permission: 'processes:read',
    document: {
      summary: 'Search messages that came',
      tag,
      description: 'Those of one instance: `filter.processInstanceKey` has to be given.',
      body: correlations.body,
      responses: { 200: searchAnswer(correlationShape) },
    },
    async handle(request, response, { db, runtime }) {
      const { search: wanted } = correlations.read(request.body);
      const instance = instanceAsked(wanted) ?? noInstance();
      const { correlated } = subscriptionRecordsOf(await readJournal(db, instance));
      const found = await Promise.all(correlated.map((it) => foundCorrelationOf(instance, it, runtime.definitions)));
      const unique = ['messageKey', 'subscriptionKey'];
      response.json(answerOf(searchItems(found, correlationFields, unique, wanted), wanted, correlationItem));
    },
  },
];
