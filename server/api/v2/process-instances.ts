/** Process instances: search, read, what is going on in one, end one. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import { searchInstances } from '../../db/instance-search.ts';
import { isKey } from '../../db/key.ts';
import type { Search } from '../../db/search.ts';
import type { Route } from '../../routes/route.ts';
import { actorOf } from '../../web/context.ts';
import { onceOf } from '../once.ts';
import { countElements, elementStatistics } from './element-statistics.ts';
import { TENANT } from './format.ts';
import { incident, incidentOf, readSearch as readIncidentSearch, searchIncidents } from './incident-view.ts';
import { searchBody as incidentSearchBody } from './incident-view.ts';
import { definitionOf, findChronicle, findInstance, submitTo } from './inside.ts';
import { processInstance, processInstanceOf, readSearch, searchBody } from './process-instance-view.ts';
import { readBody } from '../read.ts';
import { answerOf, searchAnswer } from './search.ts';

const tag = 'Process instances';
const params = z.object({ processInstanceKey: z.string() });
const cancellation = z.strictObject({ operationReference: z.int().min(1).optional() });

const flows = z.object({
  items: z.array(
    z.object({
      sequenceFlowId: z.string(),
      processInstanceKey: z.string(),
      processDefinitionKey: z.string(),
      processDefinitionId: z.string(),
      elementId: z.string(),
      tenantId: z.string(),
    }),
  ),
});

/** A search for one instance. */
function only(key: string): Search {
  return { conditions: [{ field: 'id', operator: '$eq', value: key }], anyOf: [], sort: [], limit: 1, from: 0 };
}

const nothing = { variables: [], active: [], messages: [] };

function noInstance(key: string, state: 'there' | 'active'): Rejection {
  const expected = state === 'active' ? 'to be active, but it has ended' : 'to be there, but it is not';
  return new Rejection('not-found', `Expected process instance ${key} ${expected}.`);
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/process-instances/search',
    permission: 'processes:read',
    document: {
      summary: 'Search process instances',
      tag,
      description:
        'Variables of open scopes, and of the process itself when it has ended, are compared as JSON. `elementId` finds ' +
        'instances in which the element is worked on, with `elementInstanceState` ACTIVE; `errorMessage` is about open ' +
        'incidents. A called process is a part of the instance that calls it, so no instance has a parent.',
      body: searchBody,
      responses: { 200: searchAnswer(processInstance) },
    },
    async handle(request, response, services) {
      const { search, inside } = readSearch(request.body);
      response.json(answerOf(await searchInstances(services.db, search, inside), search, processInstanceOf));
    },
  },
  {
    method: 'get',
    path: '/v2/process-instances/:processInstanceKey',
    permission: 'processes:read',
    document: { summary: 'Get a process instance', tag, params, responses: { 200: processInstance } },
    async handle(request, response, services) {
      const key = String(request.params['processInstanceKey']);
      const { rows } = isKey(key) ? await searchInstances(services.db, only(key), nothing) : { rows: [] };
      const [found] = rows;
      if (found === undefined) throw noInstance(key, 'there');
      response.json(processInstanceOf(found));
    },
  },
  {
    method: 'get',
    path: '/v2/process-instances/:processInstanceKey/statistics/element-instances',
    permission: 'processes:read',
    document: {
      summary: 'Count the element instances of a process instance',
      tag,
      params,
      responses: { 200: elementStatistics },
    },
    async handle(request, response, services) {
      const { elements } = await findChronicle(services, String(request.params['processInstanceKey']));
      response.json(countElements(elements));
    },
  },
  {
    method: 'get',
    path: '/v2/process-instances/:processInstanceKey/sequence-flows',
    permission: 'processes:read',
    document: {
      summary: 'List the sequence flows that were taken in a process instance',
      tag,
      params,
      responses: { 200: flows },
    },
    async handle(request, response, services) {
      const { instance, flows: taken } = await findChronicle(services, String(request.params['processInstanceKey']));
      const definition = await definitionOf(services, instance);
      const items = taken.map(({ flow }) => ({
        sequenceFlowId: `${instance.id}_${flow}`,
        processInstanceKey: instance.id,
        processDefinitionKey: definition.key,
        processDefinitionId: definition.id,
        elementId: flow,
        tenantId: TENANT,
      }));
      response.json({ items });
    },
  },
  {
    method: 'get',
    path: '/v2/process-instances/:processInstanceKey/call-hierarchy',
    permission: 'processes:read',
    document: {
      summary: 'List the callers of a process instance',
      tag,
      description: 'Always none: a called process is a part of the instance that calls it.',
      params,
      responses: { 200: z.array(z.object({})) },
    },
    async handle(request, response, services) {
      await findInstance(services, String(request.params['processInstanceKey']));
      response.json([]);
    },
  },
  {
    method: 'post',
    path: '/v2/process-instances/:processInstanceKey/incidents/search',
    permission: 'processes:read',
    document: {
      summary: 'Search the incidents of a process instance',
      tag,
      params,
      body: incidentSearchBody,
      responses: { 200: searchAnswer(incident) },
    },
    async handle(request, response, services) {
      const { id } = await findInstance(services, String(request.params['processInstanceKey']));
      const given = readIncidentSearch(request.body);
      const mine = { field: 'processInstanceKey', operator: '$eq', value: id } as const;
      const search = { ...given, conditions: [...given.conditions, mine] };
      response.json(answerOf(await searchIncidents(services, search), search, incidentOf));
    },
  },
  {
    method: 'post',
    path: '/v2/process-instances/:processInstanceKey/cancellation',
    permission: 'processes:run',
    document: {
      summary: 'Cancel a process instance',
      tag,
      description: '`operationReference` is taken and not kept.',
      params,
      body: cancellation,
      repeatable: true,
      responses: { 204: { description: 'It has ended' } },
    },
    async handle(request, response, services) {
      readBody(cancellation, request.body);
      const key = String(request.params['processInstanceKey']);
      if (!isKey(key)) throw noInstance(key, 'there');
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await submitTo(
        services,
        key,
        { type: 'Cancel', ...asked },
        ({ status }) => (status === 'active' ? null : noInstance(key, 'active')),
        onceOf(request),
      );
      response.status(204).end();
    },
  },
];
