/** Incidents: search, read, try again, one by one or all that fit. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import { parsePart } from '../../db/key.ts';
import type { Part } from '../../db/part.ts';
import type { Route } from '../../routes/route.ts';
import { actorOf } from '../../web/context.ts';
import { onceOf } from '../once.ts';
import {
  incident as shape,
  incidentItems,
  incidentOf,
  readSearch,
  searchBody,
  searchIncidents,
} from './incident-view.ts';
import { findChronicle, submitTo } from './inside.ts';
import { readBody } from '../read.ts';
import { answerOf, searchAnswer } from './search.ts';

const tag = 'Incidents';
const params = z.object({ incidentKey: z.string() });
const resolution = z.strictObject({ operationReference: z.int().min(1).optional() });

function noIncident(key: string): Rejection {
  return new Rejection('not-found', `Expected an incident with the key ${key}, but found none. Search for it.`);
}

function partOf(key: string): Part {
  const part = parsePart(key);
  if (part === null) throw noIncident(key);
  return part;
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/incidents/search',
    permission: 'processes:read',
    document: {
      summary: 'Search incidents',
      tag,
      description:
        'A search that names the process instance (or an element instance or job of it) finds all incidents that it has ' +
        'had; any other finds those that are open.',
      body: searchBody,
      responses: { 200: searchAnswer(shape) },
    },
    async handle(request, response, services) {
      const search = readSearch(request.body);
      response.json(answerOf(await searchIncidents(services, search), search, incidentOf));
    },
  },
  {
    method: 'get',
    path: '/v2/incidents/:incidentKey',
    permission: 'processes:read',
    document: { summary: 'Get an incident', tag, params, responses: { 200: shape } },
    async handle(request, response, services) {
      const key = String(request.params['incidentKey']);
      const { instance, id } = partOf(key);
      const items = await incidentItems(services, await findChronicle(services, instance));
      const found = items.find((it) => it.id === id);
      if (found === undefined) throw noIncident(key);
      response.json(incidentOf(found));
    },
  },
  {
    method: 'post',
    path: '/v2/incidents/:incidentKey/resolution',
    permission: 'processes:run',
    document: {
      summary: 'Resolve an incident',
      tag,
      description:
        'Tries again what the incident stopped. A job gets the attempts that it was given since, or else those of its ' +
        'diagram. When it goes wrong again, there is a new incident. `operationReference` is taken and not kept.',
      params,
      body: resolution,
      repeatable: true,
      responses: { 204: { description: 'It was tried again' } },
    },
    async handle(request, response, services) {
      readBody(resolution, request.body);
      const key = String(request.params['incidentKey']);
      const { instance, id: incident } = partOf(key);
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await submitTo(
        services,
        instance,
        { type: 'ResolveIncident', incident, ...asked },
        ({ incidents }) => (incidents.some(({ id }) => id === incident) ? null : noIncident(key)),
        onceOf(request),
      );
      response.status(204).end();
    },
  },
];
