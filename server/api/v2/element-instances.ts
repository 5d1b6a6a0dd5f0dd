/** Element instances: search, read, set their variables, begin elements of ad-hoc sub-processes. */
import { z } from 'zod';
import type { Instance } from '../../../engine/index.ts';
import { Rejection } from '../../../engine/rejection.ts';
import type { Part } from '../../db/part.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { actorOf } from '../../web/context.ts';
import { onceOf } from '../once.ts';
import { name, variables } from '../parse.ts';
import {
  elementInstance,
  elementInstanceOf,
  elementItems,
  insideElements,
  readSearch,
  searchBody,
} from './element-instance-view.ts';
import type { ElementItem } from './element-instance-view.ts';
import { findChronicle, readElementKey, submitTo } from './inside.ts';
import { processOf, searchInside } from './search-inside.ts';
import { readBody } from '../read.ts';
import { answerOf, searchAnswer } from './search.ts';

const tag = 'Element instances';

const params = z.object({ elementInstanceKey: z.string() });

const setVariables = z.strictObject({
  variables,
  /** Of exactly this element, not of where they are known already. */
  local: z.boolean().default(false),
  operationReference: z.int().min(1).optional(),
});

const activation = z.strictObject({
  elements: z
    .array(z.strictObject({ elementId: name, variables: z.strictObject({}).optional() }))
    .min(1)
    .max(100),
  cancelRemainingInstances: z.literal(false).optional(),
});

function placeOf(key: string): Part {
  const place = readElementKey(key);
  if (place === null) throw noElement(key);
  return place;
}

function noElement(key: string): Rejection {
  return new Rejection('not-found', `Expected an element instance with the key ${key}, but found none. Search for it.`);
}

function isOpen({ status, scopes, tokens }: Instance, scope: number): boolean {
  return status === 'active' && [...scopes, ...tokens].some(({ id }) => id === scope);
}

async function findElement(services: Services, key: string): Promise<ElementItem> {
  const place = placeOf(key);
  const items = await elementItems(services, await findChronicle(services, place.instance));
  const found = items.find(({ id }) => id === place.id);
  if (found === undefined) throw noElement(key);
  return found;
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/element-instances/search',
    permission: 'processes:read',
    document: {
      summary: 'Search element instances',
      tag,
      description:
        'Read from the histories of the instances, so what has ended is found too, and nothing lags behind. Name the ' +
        'process instance when you can: a search without it goes through the instances of the process in the order of ' +
        'their keys, counts only what comes after the cursor, and may end a page early, with a cursor to go on from. ' +
        'A called process is a part of the instance that calls it: its elements name the definition of that instance.',
      body: searchBody,
      responses: { 200: searchAnswer(elementInstance) },
    },
    async handle(request, response, services) {
      const search = readSearch(request.body);
      const process = await processOf(services, search);
      const found = await searchInside(services, insideElements(services), search, process);
      response.json(answerOf(found, search, elementInstanceOf));
    },
  },
  {
    method: 'get',
    path: '/v2/element-instances/:elementInstanceKey',
    permission: 'processes:read',
    document: { summary: 'Get an element instance', tag, params, responses: { 200: elementInstance } },
    async handle(request, response, services) {
      response.json(elementInstanceOf(await findElement(services, String(request.params['elementInstanceKey']))));
    },
  },
  {
    method: 'put',
    path: '/v2/element-instances/:elementInstanceKey/variables',
    permission: 'processes:run',
    document: {
      summary: 'Set variables of an element instance',
      tag,
      description:
        'Without `local` each variable is set where it is known, seen from there, or else outermost. The key may be ' +
        'that of the process instance. `operationReference` is taken and not kept.',
      params,
      body: setVariables,
      repeatable: true,
      responses: { 204: { description: 'They are set' } },
    },
    async handle(request, response, services) {
      const { variables: values, local } = readBody(setVariables, request.body);
      const key = String(request.params['elementInstanceKey']);
      const { instance, id: scope } = placeOf(key);
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      const command = { type: 'SetVariables', scope, local, variables: values, ...asked } as const;
      await submitTo(
        services,
        instance,
        command,
        (state) => (isOpen(state, scope) ? null : noElement(key)),
        onceOf(request),
      );
      response.status(204).end();
    },
  },
  {
    method: 'post',
    path: '/v2/element-instances/ad-hoc-activities/:adHocSubProcessInstanceKey/activation',
    permission: 'processes:run',
    document: {
      summary: 'Begin elements of an ad-hoc sub-process',
      tag,
      description: 'Variables for the elements, and ending the ones that are at work, are not possible.',
      params: z.object({ adHocSubProcessInstanceKey: z.string() }),
      body: activation,
      repeatable: true,
      responses: { 204: { description: 'They have begun' } },
    },
    async handle(request, response, services) {
      const { elements } = readBody(activation, request.body);
      const { instance, id: scope } = placeOf(String(request.params['adHocSubProcessInstanceKey']));
      const ids = elements.map(({ elementId }) => elementId);
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      const command = { type: 'ActivateElements', scope, elements: ids, ...asked } as const;
      await services.runtime.submit(instance, command, onceOf(request));
      response.status(204).end();
    },
  },
];
