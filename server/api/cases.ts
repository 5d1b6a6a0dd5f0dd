/** Running cases for other programs: why one does not move, and beginning what nothing leads to. */
import { z } from 'zod';
import { findCase } from '../desk/case.ts';
import { readDirectory } from '../desk/directory.ts';
import { whyResource } from '../desk/why.ts';
import { recordReading } from '../routes/history/reading.ts';
import type { Route } from '../routes/route.ts';
import { actorOf, context } from '../web/context.ts';
import { onceOf } from './once.ts';
import { name } from './parse.ts';
import { readBody } from './read.ts';

/** The body of POST /api/cases/ID/begin. */
const begin = z.strictObject({
  /** Token of the ad-hoc sub-process, as /why gives it. */
  token: z.number().int().min(0),
  elements: z.array(name).min(1).max(100),
});

/** The answer of GET /api/cases/ID/why. */
const why = z.object({
  id: z.string(),
  /** Of the ticket, when the case has one. */
  number: z.string().optional(),
  status: z.string(),
  resting: z.array(
    z.object({
      token: z.int(),
      element: z.string(),
      process: z.string(),
      name: z.string(),
      iteration: z.int().optional(),
      begin: z.array(z.object({ id: z.string(), name: z.string() })),
      waitsFor: z.array(z.looseObject({ kind: z.string(), text: z.string() })),
    }),
  ),
});

export const routes: Route[] = [
  {
    method: 'get',
    path: '/api/cases/:id/why',
    permission: 'histories:read',
    document: {
      summary: 'Tell why a case does not move',
      tag: 'Cases',
      description: 'Reading it is recorded. Texts are in the language of the request.',
      params: z.object({ id: z.string().meta({ description: 'Number of a ticket, or key of an instance' }) }),
      responses: { 200: why },
    },
    async handle(request, response, services) {
      const found = await findCase(services, String(request.params['id']));
      const { instance, release, ticket } = found;
      await recordReading({ instance: instance.id, ticket }, response, services);
      const reader = context(response);
      const directory = await readDirectory(services, reader);
      response.json({
        id: instance.id,
        ...(ticket ? { number: ticket.number } : {}),
        status: instance.status,
        resting: whyResource(release, instance, { ...reader, directory }),
      });
    },
  },
  {
    method: 'post',
    path: '/api/cases/:id/begin',
    permission: 'processes:run',
    document: {
      summary: 'Begin elements in a case',
      tag: 'Cases',
      params: z.object({ id: z.string().meta({ description: 'Number of a ticket, or key of an instance' }) }),
      body: begin,
      repeatable: true,
      responses: { 204: { description: 'They have begun' } },
    },
    async handle(request, response, services) {
      const { token, elements } = readBody(begin, request.body);
      const { instance } = await findCase(services, String(request.params['id']));
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await services.runtime.submit(
        instance.id,
        { type: 'ActivateElements', scope: token, elements, ...asked },
        onceOf(request),
      );
      response.status(204).end();
    },
  },
];
