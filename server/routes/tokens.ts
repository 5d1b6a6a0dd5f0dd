/** Administration of API tokens. */
import type { Response } from 'express';
import { z } from 'zod';
import { createToken, listTokens, revokeToken } from '../people/api-token.ts';
import { isScope, scopes } from '../people/permission.ts';
import { recorded } from '../people/record.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import { list } from '../web/form-value.ts';
import type { Route } from './route.ts';

const form = z.object({ name: z.string().trim().max(100), scopes: list.transform((all) => all.filter(isScope)) });

async function show(services: Services, response: Response, page: { secret?: string; problem?: string } = {}) {
  const { t } = context(response);
  const tokens = await listTokens(services);
  const shown = { title: t('tokens:title'), tokens, scopes, ...page };
  response.status(page.problem ? 400 : 200).render('tokens', shown);
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/people/tokens',
    permission: 'people:manage',
    handle: (_request, response, services) => show(services, response),
  },
  {
    method: 'post',
    path: '/people/tokens',
    permission: 'people:manage',
    async handle(request, response, services) {
      const { t, user } = context(response);
      const given = form.parse(request.body);
      if (given.name === '' || given.scopes.length === 0) {
        return show(services, response, { problem: t('tokens:incomplete') });
      }
      // Shown in the answer to the post itself: the secret is in no address and is never read again.
      const operation = { actor: actorOf(response), action: 'TokenCreated', subject: given.name, details: given };
      const { secret } = await recorded(services, operation, (inside) =>
        createToken(inside, { ...given, createdBy: user?.login ?? '' }),
      );
      response.setHeader('Cache-Control', 'no-store');
      await show(services, response, { secret });
    },
  },
  {
    method: 'post',
    path: '/people/tokens/:id/revoke',
    permission: 'people:manage',
    async handle(request, response, services) {
      const id = String(request.params['id']);
      await recorded(services, { actor: actorOf(response), action: 'TokenRevoked', subject: id }, (inside) =>
        revokeToken(inside, id),
      );
      response.redirect(303, '/people/tokens');
    },
  },
];
