/** Processes that can be started: search, read, the diagram itself. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import { searchDefinitions } from '../../db/definitions.ts';
import type { Definition } from '../../db/definitions.ts';
import { searchInstances } from '../../db/instance-search.ts';
import { readChronicles } from '../../process/chronicles.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { fileOf, findDefinition, processDefinition, processDefinitionOf } from './definition.ts';
import { countElements, elementStatistics } from './element-statistics.ts';
import { filterBody, readSearch } from './process-instance-view.ts';
import { readBody } from '../read.ts';
import { answerOf, searchAnswer, searchShape } from './search.ts';

const tag = 'Process definitions';

const shape = searchShape(
  {
    processDefinitionKey: { kind: 'key', column: 'key' },
    processDefinitionId: { kind: 'text', column: 'id' },
    name: { kind: 'text' },
    version: { kind: 'integer' },
    versionTag: { kind: 'text' },
    resourceName: { kind: 'text' },
    tenantId: { kind: 'text' },
    hasStartForm: { kind: 'boolean', column: 'startForm', sort: false },
  },
  { special: { isLatestVersion: z.boolean().optional() } },
);

const params = z.object({ processDefinitionKey: z.string() });

/** One request reads so many histories at most. */
const MOST_INSTANCES = 2000;

/** Counts in the histories of the instances of a definition; a process that others call counts with theirs. */
async function statisticsOf({ db }: Services, { key, id }: Definition, body: unknown) {
  const { search, inside } = readSearch(readBody(filterBody, body));
  const own = { field: 'definitionKey', operator: '$eq', value: key } as const;
  const wanted = { ...search, conditions: [...search.conditions, own], limit: MOST_INSTANCES };
  const { rows, total } = await searchInstances(db, wanted, inside);
  if (total > rows.length) {
    const found = `Expected at most ${MOST_INSTANCES} instances to be counted, but found more.`;
    throw new Rejection('invalid', `${found} Filter them, by startDate or state for example.`);
  }
  const chronicles = await readChronicles(
    db,
    rows.map((row) => row.id),
  );
  return countElements(chronicles.flatMap(({ elements }) => elements.filter(({ process }) => process === id)));
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/process-definitions/search',
    permission: 'processes:read',
    document: {
      summary: 'Search process definitions',
      tag,
      description: 'With `isLatestVersion` only what the newest release has: what a start by id begins.',
      body: shape.body,
      responses: { 200: searchAnswer(processDefinition) },
    },
    async handle(request, response, services) {
      const { search, special } = shape.read(request.body);
      const found = await searchDefinitions(services.db, 'process', search, special.isLatestVersion);
      response.json(answerOf(found, search, processDefinitionOf));
    },
  },
  {
    method: 'get',
    path: '/v2/process-definitions/:processDefinitionKey',
    permission: 'processes:read',
    document: { summary: 'Get a process definition', tag, params, responses: { 200: processDefinition } },
    async handle(request, response, services) {
      const key = String(request.params['processDefinitionKey']);
      response.json(processDefinitionOf(await findDefinition(services, ['process'], key)));
    },
  },
  {
    method: 'get',
    path: '/v2/process-definitions/:processDefinitionKey/xml',
    permission: 'processes:read',
    document: {
      summary: 'Get the diagram of a process definition',
      tag,
      params,
      responses: { 200: { description: 'The BPMN file', type: 'text/xml', schema: z.string() } },
    },
    async handle(request, response, services) {
      const found = await findDefinition(services, ['process'], String(request.params['processDefinitionKey']));
      response.type('text/xml').send((await fileOf(services, found)).content);
    },
  },
  {
    method: 'get',
    path: '/v2/process-definitions/:processDefinitionKey/form',
    permission: 'processes:read',
    document: {
      summary: 'Get the start form of a process definition',
      tag,
      description: 'Start events have no forms here, so there is none.',
      params,
      responses: { 204: { description: 'The process has no start form' } },
    },
    async handle(request, response, services) {
      await findDefinition(services, ['process'], String(request.params['processDefinitionKey']));
      response.status(204).end();
    },
  },
  {
    method: 'post',
    path: '/v2/process-definitions/:processDefinitionKey/statistics/element-instances',
    permission: 'processes:read',
    document: {
      summary: 'Count the element instances of a process definition',
      tag,
      description:
        `Of the instances that the filter finds, ${MOST_INSTANCES} at most. What a called process does counts for the ` +
        'definition of the called process only when it was started by itself.',
      params,
      body: filterBody,
      responses: { 200: elementStatistics },
    },
    async handle(request, response, services) {
      const found = await findDefinition(services, ['process'], String(request.params['processDefinitionKey']));
      response.json(await statisticsOf(services, found, request.body));
    },
  },
];
