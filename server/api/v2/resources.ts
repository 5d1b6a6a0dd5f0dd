/** Deployed files by the keys of what they define. */
import { z } from 'zod';
import type { DefinitionKind } from '../../db/definitions.ts';
import type { Route } from '../../routes/route.ts';
import { actorOf } from '../../web/context.ts';
import { fileOf, findDefinition } from './definition.ts';
import type { Sql } from '../../db/sql.ts';
import { TENANT } from './format.ts';
import { answerRepeatably } from '../once.ts';
import { readBody } from '../read.ts';

const tag = 'Resources';
const params = z.object({ resourceKey: z.string() });
const description =
  'The key is that of a process definition, of decision requirements or of a form: of what a file defines.';
const kinds: readonly DefinitionKind[] = ['process', 'requirements', 'form'];

const resource = z.object({
  resourceKey: z.string(),
  resourceId: z.string(),
  resourceName: z.string(),
  version: z.int(),
  versionTag: z.string().nullable(),
  tenantId: z.string(),
});

const deletion = z.strictObject({ operationReference: z.int().min(1).optional() });

export const routes: Route[] = [
  {
    method: 'get',
    path: '/v2/resources/:resourceKey',
    permission: 'models:read',
    document: { summary: 'Get a resource', tag, description, params, responses: { 200: resource } },
    async handle(request, response, services) {
      const found = await findDefinition(services, kinds, String(request.params['resourceKey']));
      const { key, id, resourceName, version, versionTag } = found;
      response.json({ resourceKey: key, resourceId: id, resourceName, version, versionTag, tenantId: TENANT });
    },
  },
  {
    method: 'get',
    path: '/v2/resources/:resourceKey/content',
    permission: 'models:read',
    document: {
      summary: 'Get the file of a resource',
      tag,
      description,
      params,
      responses: { 200: { description: 'The file: XML, of a form JSON', type: 'text/xml', schema: z.string() } },
    },
    async handle(request, response, services) {
      const found = await findDefinition(services, kinds, String(request.params['resourceKey']));
      const { content } = await fileOf(services, found);
      response.type(found.kind === 'form' ? 'application/json' : 'text/xml').send(content);
    },
  },
  {
    method: 'post',
    path: '/v2/resources/:resourceKey/deletion',
    permission: 'models:deploy',
    document: {
      summary: 'Take a resource out of use',
      tag,
      description:
        `${description} The file leaves the newest release: nothing begins by it from now on, also by nothing else that ` +
        'it defines, and no earlier version takes its place. Running instances go on and histories stay readable. ' +
        'Refused while other files need it, and for versions that are not current.',
      params,
      body: deletion,
      repeatable: true,
      responses: { 200: { description: 'It is out of use' } },
    },
    async handle(request, response, services) {
      readBody(deletion, request.body);
      await answerRepeatably(request, response, services, async (doing) => {
        const found = await findDefinition(services, kinds, String(request.params['resourceKey']));
        const beside = doing && { beside: (tx: Sql) => doing.note(tx, {}) };
        await services.runtime.undeploy(found.resource, { actor: actorOf(response), ...beside });
        return {};
      });
    },
  },
];
