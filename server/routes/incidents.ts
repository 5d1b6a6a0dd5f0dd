/** Trying again what an incident stopped. */
import { Rejection } from '../../engine/rejection.ts';
import { findTicket } from '../desk/tickets.ts';
import type { User } from '../people/user.ts';
import { actorOf, context } from '../web/context.ts';
import type { Route } from './route.ts';

/** May this person resolve incidents? Leads and administrators may. */
export function mayRetry(user: User | null): boolean {
  return user?.roles.some((role) => role === 'lead' || role === 'administrator') ?? false;
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/tickets/:number/incidents/:id/retry',
    permission: 'tasks:work',
    async handle(request, response, services) {
      if (!mayRetry(context(response).user)) {
        throw new Rejection('forbidden', 'Expected a lead or an administrator to try again, but you are neither.');
      }
      const ticket = await findTicket(services, String(request.params['number']));
      const incident = Number(request.params['id']);
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await services.runtime.submit(ticket.instanceId, { type: 'ResolveIncident', incident, ...asked });
      response.redirect(303, `/tickets/${ticket.number}`);
    },
  },
];
