/** Running cases for other programs: why one does not move, and beginning what nothing leads to. */
import { z } from 'zod';
import { findCase } from '../desk/case.ts';
import { readDirectory } from '../desk/directory.ts';
import { whyResource } from '../desk/why.ts';
import { recordReading } from '../routes/history/reading.ts';
import type { Route } from '../routes/route.ts';
import { actorOf, context } from '../web/context.ts';
import { name, parse } from './parse.ts';

/** The body of POST /api/cases/ID/begin. */
const begin = z.object({
  /** Token of the ad-hoc sub-process, as /why gives it. */
  token: z.number().int().min(0),
  elements: z.array(name).min(1).max(100),
});

export const routes: Route[] = [
  {
    method: 'get',
    path: '/api/cases/:id/why',
    permission: 'histories:read',
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
    async handle(request, response, services) {
      const { token, elements } = parse(begin, request.body);
      const { instance } = await findCase(services, String(request.params['id']));
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await services.runtime.submit(instance.id, { type: 'ActivateElements', scope: token, elements, ...asked });
      response.status(204).end();
    },
  },
];
