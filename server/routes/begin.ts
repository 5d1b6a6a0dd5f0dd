/** Beginning elements of an ad-hoc sub-process, which nothing in the diagram leads to. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { findCase } from '../desk/case.ts';
import type { Ticket } from '../db/ticket.ts';
import { actorOf } from '../web/context.ts';
import { localPath } from '../web/local-path.ts';
import type { Route } from './route.ts';

const form = z.object({ token: z.coerce.number().int().min(0), element: z.string().min(1).max(500) });

/** To the page with the form: the one that it names, else the ticket or the inbox. */
export function goBack(request: Request, response: Response, ticket: Ticket | null): void {
  const { back } = (request.body ?? {}) as { back?: unknown };
  response.redirect(303, localPath(back, ticket ? `/tickets/${ticket.number}` : '/inbox'));
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/cases/:id/begin',
    permission: 'tasks:work',
    async handle(request, response, services) {
      const { token, element } = form.parse(request.body);
      const { instance, ticket } = await findCase(services, String(request.params['id']));
      const asked = { at: services.clock.now(), actor: actorOf(response) };
      await services.runtime.submit(instance.id, {
        type: 'ActivateElements',
        scope: token,
        elements: [element],
        ...asked,
      });
      goBack(request, response, ticket);
    },
  },
];
