import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compose } from '../../../server/compose.ts';
import type { Database } from '../../../server/db/database.ts';
import { startTicket } from '../../../server/intake/start-ticket.ts';
import { startSession } from '../../../server/people/session.ts';
import { closeEventStreams } from '../../../server/routes/events.ts';
import { openMemory } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

describe('the stream of events', () => {
  let db: Database;
  let desk: Desk;
  let server: Server;
  let base: string;

  beforeAll(async () => {
    db = await openMemory();
    desk = await openDesk(db);
    server = createServer(desk.app).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 180_000);

  afterAll(async () => {
    closeEventStreams();
    await new Promise((resolve) => server.close(resolve));
    await db.close();
  });

  /** Opens the stream of a person; gives what came in until `end`, which waits for a text. */
  async function listen(login: string): Promise<{ response: Response; end: (wanted?: string) => Promise<string> }> {
    const secret = await startSession(desk.services, login, 'test');
    const stop = new AbortController();
    const response = await fetch(`${base}/events`, {
      headers: { cookie: `lanework_session=${secret}` },
      signal: stop.signal,
    });
    let text = '';
    const decoder = new TextDecoder();
    const read = (async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk);
    })().catch(() => undefined); // aborting is how the stream ends
    return {
      response,
      async end(wanted = '') {
        for (let waited = 0; !text.includes(wanted) && waited < 10_000; waited += 20) await sleep(20);
        // What must not come has its chance as well.
        await sleep(100);
        stop.abort();
        await read;
        return text;
      },
    };
  }

  const file = (number: string, requester: string, services = desk.services) =>
    startTicket(
      services,
      number,
      {
        title: 'Secret title',
        description: '',
        channel: 'portal',
        requester,
        requesterName: requester,
        contact: '',
        locale: 'en',
        service: 'mail',
        impact: 'single',
        urgency: 'low',
        occurredAt: '2026-03-02T08:00:00Z',
        accessHash: '',
        alert: null,
      },
      `user:${requester}`,
    );

  it('tells agents of every case, by its number only', async () => {
    const anna = await listen('anna');
    expect(anna.response.headers.get('content-type')).toBe('text/event-stream');
    expect(anna.response.headers.get('x-accel-buffering')).toBe('no');
    await file('R-1', 'rita');
    await desk.services.runtime.settle();
    const heard = await anna.end('"number":"R-1"');
    expect(heard).toContain('event: moved');
    expect(heard).toContain('"number":"R-1"');
    expect(heard).toContain('"tasks":true');
    expect(heard).not.toContain('Secret');
  });

  it('tells requesters of their own cases only', async () => {
    const [rita, xiaomei] = [await listen('rita'), await listen('xiaomei')];
    await file('R-2', 'rita');
    expect(await rita.end('R-2')).toContain('R-2');
    expect(await xiaomei.end()).not.toContain('R-2');
  });

  it('tells what another server process moved, once', async () => {
    const anna = await listen('anna');
    const { config, log, clock } = desk.services;
    const other = compose({ config, log, clock, db });
    await file('R-3', 'rita', other);
    // The other process is looked after each second.
    await sleep(2500);
    const heard = await anna.end('"number":"R-3"');
    expect(heard.match(/"number":"R-3"/g)?.length).toBe(1);
    await other.runtime.stop();
  });

  it('is closed to who is not signed in', async () => {
    expect((await fetch(`${base}/events`)).status).toBe(401);
  });
});
