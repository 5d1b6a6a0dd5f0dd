/** The front door: everybody is sent to their workplace. */
import { hasNoUsers } from '../people/user.ts';
import { context } from '../web/context.ts';
import type { Route } from './route.ts';

export const routes: Route[] = [
  {
    method: 'get',
    path: '/',
    permission: 'public',
    async handle(_request, response, services) {
      const { user, permissions } = context(response);
      if (!user && (await hasNoUsers(services))) return response.redirect(303, '/first-run');
      if (permissions.has('tasks:work')) return response.redirect(303, '/inbox');
      if (permissions.has('tickets:read')) return response.redirect(303, '/tickets');
      response.redirect(303, '/portal');
    },
  },
];
