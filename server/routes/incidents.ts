/** What stands still: the incidents of all cases, and trying again what they stopped, one by one or together. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { findCase } from '../desk/case.ts';
import { selectIncidentParts } from '../db/open-incidents.ts';
import { resolveIncidents } from '../process/resolve-incidents.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import type { Context } from '../web/context.ts';
import { goBack } from './begin.ts';
import { hrefOf, incidentsView, query } from './incidents-view.ts';
import type { Route } from './route.ts';

/** One press of the button tries so many again, the oldest first. */
const TRIED_AT_ONCE = 10_000;

/** May this person resolve incidents? Leads and administrators may. */
export function mayRetry({ permissions }: Pick<Context, 'permissions'>): boolean {
  return permissions.has('incidents:resolve');
}

async function list(request: Request, response: Response, services: Services): Promise<void> {
  const asked = query.parse(request.query);
  response.render('incidents', await incidentsView(services, asked, context(response)));
}

const counts = z.object({ process: query.shape.process, element: query.shape.element, kind: query.shape.kind });

async function retryAll(request: Request, response: Response, services: Services): Promise<void> {
  const filter = counts.parse(request.body);
  const incidents = await selectIncidentParts(services.db, filter, TRIED_AT_ONCE);
  const attempts = await resolveIncidents(services, incidents, actorOf(response));
  const count = (result: string) => attempts.filter((one) => one.result === result).length;
  const told = { resolved: count('resolved'), raised: count('raised'), refused: count('refused') };
  response.redirect(303, hrefOf({ ...filter, ...told }));
}

export const routes: Route[] = [
  { method: 'get', path: '/incidents', permission: 'incidents:resolve', handle: list },
  { method: 'post', path: '/incidents/retry', permission: 'incidents:resolve', handle: retryAll },
  {
    method: 'post',
    path: '/cases/:id/incidents/:incident/retry',
    permission: 'incidents:resolve',
    async handle(request, response, services) {
      const { instance, ticket } = await findCase(services, String(request.params['id']));
      const incident = Number(request.params['incident']);
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await services.runtime.submit(instance.id, { type: 'ResolveIncident', incident, ...asked });
      goBack(request, response, ticket);
    },
  },
];
