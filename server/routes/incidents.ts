/** Trying again what an incident stopped. */
import { Rejection } from '../../engine/rejection.ts';
import { findCase } from '../desk/case.ts';
import { actorOf, context } from '../web/context.ts';
import type { Context } from '../web/context.ts';
import { goBack } from './begin.ts';
import type { Route } from './route.ts';

/** May this person resolve incidents? Leads and administrators may. */
export function mayRetry({ user, permissions }: Pick<Context, 'user' | 'permissions'>): boolean {
  return (
    permissions.has('tasks:work') && (user?.roles.some((role) => role === 'lead' || role === 'administrator') ?? false)
  );
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/cases/:id/incidents/:incident/retry',
    permission: 'tasks:work',
    async handle(request, response, services) {
      if (!mayRetry(context(response))) {
        throw new Rejection('forbidden', 'Expected a lead or an administrator to try again, but you are neither.');
      }
      const { instance, ticket } = await findCase(services, String(request.params['id']));
      const incident = Number(request.params['incident']);
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await services.runtime.submit(instance.id, { type: 'ResolveIncident', incident, ...asked });
      goBack(request, response, ticket);
    },
  },
];
