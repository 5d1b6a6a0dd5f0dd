/** The page that makes the administrator; it exists only while nobody has an account. */
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import { bucketOf } from '../db/key.ts';
import { insertNamedKeys } from '../db/named-keys.ts';
import { recorded } from '../people/record.ts';
import { sessionLife, startSession } from '../people/session.ts';
import { createHashedUser, hashFor, hasNoUsers } from '../people/user.ts';
import type { Services } from '../services.ts';
import { context } from '../web/context.ts';
import { writeCookie } from '../web/cookie.ts';
import { Refusal } from '../web/refusal.ts';
import type { Route } from './route.ts';

const key = { kind: 'first-run', value: 'administrator' };
const FIRST = { ...key, bucket: bucketOf(key.kind, key.value), ref: '0' };

const form = z.object({ login: z.string(), name: z.string(), email: z.string().default(''), password: z.string() });

async function onlyBeforeAnyAccount(services: Services): Promise<void> {
  if (!(await hasNoUsers(services))) throw new Refusal(404, 'missing');
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/first-run',
    permission: 'public',
    async handle(_request, response, services) {
      await onlyBeforeAnyAccount(services);
      response.render('first-run', { layout: 'plain', title: context(response).t('first-run:title') });
    },
  },
  {
    method: 'post',
    path: '/first-run',
    permission: 'public',
    async handle(request, response, services) {
      await onlyBeforeAnyAccount(services);
      const { password, ...given } = form.parse(request.body);
      const person = { ...given, login: given.login.trim().toLowerCase(), name: given.name.trim() || given.login };
      try {
        const operation = { actor: 'system', action: 'FirstUserCreated', subject: person.login };
        const hash = await hashFor(person, password);
        await recorded(services, operation, async (inside) => {
          // Two may post at once and both find no account: the key goes to one of them.
          const taken = await insertNamedKeys(inside.db, [FIRST]);
          if (taken === 0) throw new Refusal(404, 'missing');
          await createHashedUser(inside, { ...person, roles: ['administrator', 'process-owner'] }, hash);
        });
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
        return response.status(400).render('first-run', { layout: 'plain', ...person, problem: error.message });
      }
      const secret = await startSession(services, person.login, request.get('user-agent') ?? '');
      writeCookie(request, response, 'session', secret, sessionLife);
      response.redirect(303, '/');
    },
  },
];
