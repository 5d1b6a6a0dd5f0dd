/** GET /events: tells the pages which cases moved. Ids only, and only of what the reader may see. */
import type { Response } from 'express';
import { ROOT } from '../../engine/instance.ts';
import type { Instance } from '../../engine/instance.ts';
import { context } from '../web/context.ts';
import type { Context } from '../web/context.ts';
import type { Route } from './route.ts';

const heartbeat = 25_000;

/** The streams that are open in this process, to be closed before it stops. */
const open = new Set<Response>();

/** Ends all streams, so that the server can stop. */
export function closeEventStreams(): void {
  for (const response of open) response.end();
}

function mayKnow({ user, permissions }: Context, instance: Instance): boolean {
  if (permissions.has('tickets:read') || permissions.has('histories:read')) return true;
  const variables = instance.scopes.find((scope) => scope.id === ROOT)?.variables;
  return user !== null && variables?.['requester'] === user.login;
}

function numberOf(instance: Instance): string {
  const number = instance.scopes.find((scope) => scope.id === ROOT)?.variables['number'];
  return typeof number === 'string' ? number : '';
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/events',
    permission: 'signed-in',
    handle(request, response, services) {
      const reader = context(response);
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
      response.write(': hello\n\n');
      open.add(response);
      const stop = services.runtime.on('committed', (changes) => {
        for (const { after, events } of changes) {
          if (!mayKnow(reader, after)) continue;
          const tasks = events.some(({ type }) => type.startsWith('Task'));
          const data = JSON.stringify({ instance: after.id, number: numberOf(after), tasks });
          response.write(`event: moved\ndata: ${data}\n\n`);
        }
      });
      const beat = setInterval(() => response.write(': beat\n\n'), heartbeat);
      response.on('close', () => {
        clearInterval(beat);
        open.delete(response);
        stop();
      });
    },
  },
];
