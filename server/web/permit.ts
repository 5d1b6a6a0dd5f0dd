/** The gate in front of every route. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { holdersOf } from '../people/permission.ts';
import type { Permission } from '../people/permission.ts';
import { context, isApi } from './context.ts';
import { Refusal } from './refusal.ts';

const SIGN_IN = 'Expected an API token, or login and password, in the header Authorization, but found neither.';

/** Lets pass who has the permission; a browser that is not signed in is sent to the sign-in page and back afterwards. */
export function permit(permission: Permission): RequestHandler {
  const gate = (request: Request, response: Response, next: NextFunction): void => {
    const { permissions, user, client } = context(response);
    if (permissions.has(permission) || (permission === 'metrics:read' && isLocal(request))) return next();
    if (user || client)
      throw new Refusal(
        403,
        'permission',
        `Expected the permission ${permission}, but it is not held. ${holdersOf(permission)}`,
      );
    const browses = request.method === 'GET' && !isApi(request) && request.accepts('html') !== false;
    if (!browses || request.path === '/events') throw new Refusal(401, 'signed-out', SIGN_IN);
    response.redirect(303, `/sign-in?to=${encodeURIComponent(request.originalUrl)}`);
  };
  // Read by the test that walks the router.
  return Object.assign(gate, { permission });
}

/** From this machine, and not handed on by a proxy that names somebody else. */
function isLocal({ ip = '', headers }: Request): boolean {
  const handedOn = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'].some((it) => it in headers);
  return !handedOn && /^(127\.|::1$|::ffff:127\.)/.test(ip);
}
