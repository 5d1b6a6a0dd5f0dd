/** Signing in and out. */
import type { Response } from 'express';
import { z } from 'zod';
import { cleanText } from '../desk/clean-text.ts';
import { sampleSignIns } from '../people/sample.ts';
import { revokeSession, sessionLife, startSession } from '../people/session.ts';
import { authenticate, hasNoUsers } from '../people/user.ts';
import type { Services } from '../services.ts';
import { limitAttempts } from '../web/attempts.ts';
import { context } from '../web/context.ts';
import { writeCookie } from '../web/cookie.ts';
import { localPath } from '../web/local-path.ts';
import type { Route } from './route.ts';

const form = z.object({ login: z.string().max(200), password: z.string().max(1000), to: z.string().optional() });

function show(response: Response, services: Services, page: { to?: unknown; login?: string; wrong?: boolean }): void {
  const { t } = context(response);
  response.render('sign-in', { layout: 'plain', title: t('sign-in:title'), samples: sampleSignIns(services), ...page });
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/sign-in',
    permission: 'public',
    async handle(request, response, services) {
      if (context(response).user) return response.redirect(303, localPath(request.query['to'], '/'));
      if (await hasNoUsers(services)) return response.redirect(303, '/first-run');
      show(response, services, { to: request.query['to'] });
    },
  },
  {
    method: 'post',
    path: '/sign-in',
    permission: 'public',
    async handle(request, response, services) {
      await limitAttempts(request, response);
      const given = form.parse(request.body);
      const user = await authenticate(services, cleanText(given.login), given.password);
      if (!user) {
        services.log.warn({ login: given.login, address: request.ip }, 'sign-in refused');
        response.status(401);
        return show(response, services, { login: given.login, to: given.to, wrong: true });
      }
      const secret = await startSession(services, user.login, request.get('user-agent') ?? '');
      writeCookie(request, response, 'session', secret, sessionLife);
      response.redirect(303, localPath(given.to, '/'));
    },
  },
  {
    method: 'post',
    path: '/sign-out',
    permission: 'signed-in',
    async handle(request, response, services) {
      const { session } = context(response);
      if (session) await revokeSession(services, session.user.login, session.id);
      writeCookie(request, response, 'session', '', 0);
      response.redirect(303, '/sign-in');
    },
  },
];
