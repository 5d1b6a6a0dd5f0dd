/** GET /events: tells the pages which cases moved. Ids only, and only of what the reader may see. */
import type { Response } from 'express';
import type { Move } from '../desk/moves.ts';
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

function mayKnow({ user, permissions }: Context, { requester }: Move): boolean {
  if (permissions.has('tickets:read') || permissions.has('histories:read')) return true;
  return user !== null && requester === user.login;
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
      const stop = services.moves.listen((move) => {
        if (!mayKnow(reader, move)) return;
        const { instance, number, tasks } = move;
        response.write(`event: moved\ndata: ${JSON.stringify({ instance, number, tasks })}\n\n`);
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
