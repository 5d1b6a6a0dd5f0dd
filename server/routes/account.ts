/** One's own account: language, theme, keyboard, password, sessions. */
import type { Response } from 'express';
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import { listSessions, revokeSession } from '../people/session.ts';
import type { Session } from '../people/session.ts';
import { authenticate, changeUser, setPassword } from '../people/user.ts';
import { peopleChanged } from '../people/revision.ts';
import type { Services } from '../services.ts';
import { limitAttempts } from '../web/attempts.ts';
import { context } from '../web/context.ts';
import type { Route } from './route.ts';

/** The session behind `signed-in`. */
function sessionOf(response: Response): Session {
  const { session } = context(response);
  if (!session) throw new Error('Expected a session behind the permission signed-in, but found none.');
  return session;
}

async function show(services: Services, response: Response, page: { problem?: string; done?: string } = {}) {
  const { t } = context(response);
  const session = sessionOf(response);
  const sessions = await listSessions(services, session.user.login);
  response.render('account', {
    title: t('account:title'),
    sessions: sessions.map((one) => ({ ...one, current: one.id === session.id })),
    ...page,
  });
}

const settings = z.object({
  name: z.string().trim().min(1).max(100),
  email: z.string().trim().max(200),
  locale: z.enum(['', 'en', 'zh']),
  theme: z.enum(['auto', 'light', 'dark']),
  shortcuts: z.string().optional(),
});
const passwords = z.object({ old: z.string(), fresh: z.string() });

export const routes: Route[] = [
  {
    method: 'get',
    path: '/account',
    permission: 'signed-in',
    handle: (request, response, services) =>
      show(
        services,
        response,
        request.query['saved'] === undefined ? {} : { done: context(response).t('account:saved') },
      ),
  },
  {
    method: 'post',
    path: '/account',
    permission: 'signed-in',
    async handle(request, response, services) {
      const { locale, shortcuts, ...given } = settings.parse(request.body);
      const change = { ...given, locale: locale === '' ? null : locale, shortcuts: shortcuts !== undefined };
      await changeUser(services, sessionOf(response).user.login, change);
      response.redirect(303, '/account?saved');
    },
  },
  {
    method: 'post',
    path: '/account/password',
    permission: 'signed-in',
    async handle(request, response, services) {
      await limitAttempts(request, response);
      const { t } = context(response);
      const { user, id } = sessionOf(response);
      const { old, fresh } = passwords.parse(request.body);
      if (!(await authenticate(services, user.login, old))) {
        response.status(400);
        return show(services, response, { problem: t('account:password.wrong') });
      }
      try {
        await setPassword(services, user.login, fresh, id);
        peopleChanged();
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
        response.status(400);
        return show(services, response, { problem: t('account:password.short') });
      }
      await show(services, response, { done: t('account:password.done') });
    },
  },
  {
    method: 'post',
    path: '/account/sessions/:id/revoke',
    permission: 'signed-in',
    async handle(request, response, services) {
      await revokeSession(services, sessionOf(response).user.login, String(request.params['id']));
      response.redirect(303, '/account#sessions');
    },
  },
];
