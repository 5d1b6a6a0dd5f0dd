/** A server that is told to stop while it answers requests. */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { loadConfig } from '../../server/config.ts';
import { openDatabase } from '../../server/db/database.ts';
import type { Database } from '../../server/db/database.ts';
import { createToken } from '../../server/people/api-token.ts';
import { serve } from '../../server/serve.ts';
import type { Server } from '../../server/serve.ts';
import { cloneOptions } from '../support/database.ts';
import { postgresPrograms } from '../support/postgres.ts';

const CALLERS = 20;
const bin = postgresPrograms();

// The embedded database has no second connection that could stand in the way.
(bin === null ? describe.skip : describe)('a server that is told to stop', () => {
  let server: Server;
  let other: Database;
  let token: string;

  beforeEach(async () => {
    const options = await cloneOptions(bin ?? '', 6);
    other = await openDatabase({ ...options, pool: 1 });
    const config = loadConfig({ PORT: '0', DATABASE_URL: options.url, DATABASE_POOL: '6' });
    server = await serve({ config, log: pino({ level: 'silent' }), db: await openDatabase(options) });
    token = (await createToken(server.services, { name: 'stop', scopes: ['intake:tickets'], createdBy: 'test' }))
      .secret;
  }, 60_000);
  afterEach(() => other.close());

  const file = async (index: number): Promise<number> => {
    const response = await fetch(`${server.url}/api/tickets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': `${index}` },
      body: JSON.stringify({ title: `Cannot print ${index}`, impact: 'single', urgency: 'low' }),
    });
    if (response.status === 503) expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.get('connection')).toBe('close');
    await response.text();
    return response.status;
  };

  /** Callers are being answered when the server is told to stop, and are held up for so long. */
  const stopWhileHeldUp = async (milliseconds: number): Promise<{ statuses: number[]; took: number }> => {
    let answers: Promise<number>[] = [];
    let closed = Promise.resolve();
    const began = performance.now();
    await other.transaction(async (tx) => {
      await tx.run('lock table journal in exclusive mode');
      answers = Array.from({ length: CALLERS }, (_, index) => file(index));
      while (server.services.unanswered.length < CALLERS) await sleep(10);
      closed = server.close();
      await sleep(milliseconds);
    });
    await closed;
    return { statuses: await Promise.all(answers), took: performance.now() - began };
  };

  it('answers what it was asked before', async () => {
    const { statuses } = await stopWhileHeldUp(500);
    expect(statuses).toEqual(statuses.map(() => 201));
  });

  it('answers on a connection that is open already, and asks for another one', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (): Promise<[number | undefined, string | undefined]> => {
      const [answer] = (await once(get(`${server.url}/healthz`, { agent }), 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      return [answer.statusCode, answer.headers.connection];
    };
    expect(await ask()).toEqual([200, 'keep-alive']);
    const closed = server.close();
    expect(await ask()).toEqual([200, 'close']);
    await closed;
  });

  it('tells those who would have to wait too long to ask again, and ends', async () => {
    const { statuses, took } = await stopWhileHeldUp(4000);
    expect(statuses).toEqual(statuses.map(() => 503));
    expect(took).toBeLessThan(8000);
  });
});
