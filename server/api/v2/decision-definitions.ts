/** Decisions, and the decision files as a whole: search, read, the file itself. */
import { z } from 'zod';
import { searchDefinitions } from '../../db/definitions.ts';
import type { DefinitionKind } from '../../db/definitions.ts';
import type { Route } from '../../routes/route.ts';
import {
  decisionDefinition,
  decisionDefinitionOf,
  decisionRequirements,
  decisionRequirementsOf,
  fileOf,
  findDefinition,
} from './definition.ts';
import { answerOf, searchAnswer, searchShape } from './search.ts';

const tag = 'Decisions';

const requirementsFields = {
  decisionRequirementsKey: { kind: 'key', column: 'requirementsKey' },
  decisionRequirementsId: { kind: 'text', column: 'requirementsId' },
  decisionRequirementsName: { kind: 'text', column: 'requirementsName' },
} as const;

const decisions = searchShape(
  {
    decisionDefinitionKey: { kind: 'key', column: 'key' },
    decisionDefinitionId: { kind: 'text', column: 'id' },
    name: { kind: 'text' },
    version: { kind: 'integer' },
    tenantId: { kind: 'text' },
    ...requirementsFields,
  },
  { special: { isLatestVersion: z.boolean().optional() } },
);

const requirements = searchShape(
  {
    decisionRequirementsKey: { kind: 'key', column: 'key' },
    decisionRequirementsId: { kind: 'text', column: 'id' },
    decisionRequirementsName: { kind: 'text', column: 'name' },
    version: { kind: 'integer' },
    resourceName: { kind: 'text' },
    tenantId: { kind: 'text' },
  },
  { special: { isLatestVersion: z.boolean().optional() } },
);

const decisionKey = z.object({ decisionDefinitionKey: z.string() });
const requirementsKey = z.object({ decisionRequirementsKey: z.string() });

/** The DMN file of a decision, or of decision requirements. */
function xmlRoute(kind: DefinitionKind, path: string, parameter: string, params: z.ZodObject): Route {
  return {
    method: 'get',
    path: `${path}/:${parameter}/xml`,
    permission: 'processes:read',
    document: {
      summary: kind === 'decision' ? 'Get the file of a decision' : 'Get the file of decision requirements',
      tag,
      params,
      responses: { 200: { description: 'The DMN file', type: 'text/xml', schema: z.string() } },
    },
    async handle(request, response, services) {
      const found = await findDefinition(services, [kind], String(request.params[parameter]));
      response.type('text/xml').send((await fileOf(services, found)).content);
    },
  };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/decision-definitions/search',
    permission: 'processes:read',
    document: {
      summary: 'Search decisions',
      tag,
      body: decisions.body,
      responses: { 200: searchAnswer(decisionDefinition) },
    },
    async handle(request, response, services) {
      const { search, special } = decisions.read(request.body);
      const found = await searchDefinitions(services.db, 'decision', search, special.isLatestVersion);
      response.json(answerOf(found, search, decisionDefinitionOf));
    },
  },
  {
    method: 'get',
    path: '/v2/decision-definitions/:decisionDefinitionKey',
    permission: 'processes:read',
    document: { summary: 'Get a decision', tag, params: decisionKey, responses: { 200: decisionDefinition } },
    async handle(request, response, services) {
      const key = String(request.params['decisionDefinitionKey']);
      response.json(decisionDefinitionOf(await findDefinition(services, ['decision'], key)));
    },
  },
  xmlRoute('decision', '/v2/decision-definitions', 'decisionDefinitionKey', decisionKey),
  {
    method: 'post',
    path: '/v2/decision-requirements/search',
    permission: 'processes:read',
    document: {
      summary: 'Search decision requirements',
      tag,
      description: 'Decision requirements are a decision file as a whole.',
      body: requirements.body,
      responses: { 200: searchAnswer(decisionRequirements) },
    },
    async handle(request, response, services) {
      const { search, special } = requirements.read(request.body);
      const found = await searchDefinitions(services.db, 'requirements', search, special.isLatestVersion);
      response.json(answerOf(found, search, decisionRequirementsOf));
    },
  },
  {
    method: 'get',
    path: '/v2/decision-requirements/:decisionRequirementsKey',
    permission: 'processes:read',
    document: {
      summary: 'Get decision requirements',
      tag,
      params: requirementsKey,
      responses: { 200: decisionRequirements },
    },
    async handle(request, response, services) {
      const key = String(request.params['decisionRequirementsKey']);
      response.json(decisionRequirementsOf(await findDefinition(services, ['requirements'], key)));
    },
  },
  xmlRoute('requirements', '/v2/decision-requirements', 'decisionRequirementsKey', requirementsKey),
];
