/** The webhook against the real Alertmanager (Debian package prometheus-alertmanager), fed through its own API. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createToken } from '../../server/people/api-token.ts';
import type { Database } from '../../server/db/database.ts';
import { selectAlerts } from '../../server/db/alerts.ts';
import { findTicket, listTickets } from '../../server/desk/tickets.ts';
import type { Ticket } from '../../server/db/ticket.ts';
import { openMemory } from '../support/database.ts';
import { openDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';

const PROGRAM = '/usr/bin/prometheus-alertmanager';

interface Posted {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt?: string;
  endsAt?: string;
}

let db: Database;
let desk: Desk;
let server: Server;
let program: ChildProcess;
let folder: string;
let api: string;
let said = '';

async function listen(listener: Server): Promise<number> {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return (listener.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Looks again until the answer is there. */
async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(200)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`Expected ${what} within 30 s. Alertmanager said:\n${said}`);
}

function configuration(port: number, secret: string): string {
  return `
route:
  receiver: lanework
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 5s
receivers:
  - name: lanework
    webhook_configs:
      - url: http://127.0.0.1:${port}/api/intake/alertmanager
        send_resolved: true
        http_config:
          authorization:
            credentials: ${secret}
`;
}

beforeAll(async () => {
  if (!existsSync(PROGRAM)) throw new Error(`Expected ${PROGRAM}. Install the package prometheus-alertmanager.`);
  db = await openMemory();
  desk = await openDesk(db);
  desk.clock.set(Date.now());
  const { secret } = await createToken(desk.services, {
    name: 'alerts',
    scopes: ['intake:alerts'],
    createdBy: 'admin',
  });
  // The server may not be called before it listens, so the application is given to it here.
  server = createServer((request, response) => void desk.app(request, response));
  const port = await listen(server);
  folder = mkdtempSync(join(tmpdir(), 'lanework-alertmanager-'));
  writeFileSync(join(folder, 'alertmanager.yml'), configuration(port, secret));
  const own = await freePort();
  api = `http://127.0.0.1:${own}/api/v2`;
  program = spawn(PROGRAM, [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${own}`,
    '--cluster.listen-address=',
  ]);
  program.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until('Alertmanager to be ready', () =>
    fetch(`${api}/status`).then(
      (answer) => answer.ok,
      () => false, // not listening yet
    ),
  );
}, 90_000);

afterAll(async () => {
  program?.kill('SIGKILL');
  server?.closeAllConnections();
  server?.close();
  await desk?.services.runtime.stop();
  await db?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

async function post(...alerts: Posted[]): Promise<void> {
  const answer = await fetch(`${api}/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  expect(answer.status).toBe(200);
}

const alert = (instance: string, rest: Partial<Posted> = {}): Posted => ({
  labels: { alertname: 'DatabaseDown', service: 'database', severity: 'critical', instance },
  annotations: { summary: 'The order database does not answer' },
  ...rest,
});

async function onlyTicket(): Promise<Ticket | null> {
  const { tickets } = await listTickets(desk.services, {}, 'created', 10);
  expect(tickets.length).toBeLessThanOrEqual(1);
  return tickets[0] ?? null;
}

const known = () => selectAlerts(db, '{}:{alertname="DatabaseDown"}');

async function resolutions({ instanceId }: Ticket): Promise<number> {
  const rows = await desk.services.runtime.history(instanceId);
  return rows.flatMap((row) => row.events).filter((event) => event.type === 'MessageReceived').length;
}

describe('the real Alertmanager', () => {
  it('opens one P1 ticket for a group, repeats without a second one, and ends it when all are resolved', async () => {
    const began = new Date(Date.now() - 5000).toISOString();
    await post(alert('db-1', { startsAt: began }), alert('db-2', { startsAt: began }));
    const { number } = await until('a ticket', onlyTicket);
    await desk.services.runtime.settle();
    expect(await findTicket(desk.services, number)).toMatchObject({ priority: 'P1', tier: 'L2', channel: 'alert' });
    expect((await known()).map((row) => row.status)).toEqual(['firing', 'firing']);

    await until('a repeated delivery', async () => (await known()).every((row) => row.deliveries >= 2));
    expect((await onlyTicket())?.number).toBe(number);

    const over = new Date(Date.now() - 1000).toISOString();
    await post(alert('db-1', { startsAt: began, endsAt: over }));
    await until('one resolved alert', async () => (await known()).some((row) => row.status === 'resolved'));
    await desk.services.runtime.settle();
    const ticket = await findTicket(desk.services, number);
    expect(await resolutions(ticket)).toBe(0);

    await post(alert('db-2', { startsAt: began, endsAt: new Date(Date.now() - 500).toISOString() }));
    await until('all alerts resolved', async () => (await known()).every((row) => row.status === 'resolved'));
    await until('the process to be told', async () => {
      await desk.services.runtime.settle();
      return (await resolutions(ticket)) === 1;
    });
    expect((await onlyTicket())?.number).toBe(number);
  }, 180_000);

  it('opens a new ticket when the alert fires again after the former was closed', async () => {
    const former = await until('the former ticket', onlyTicket);
    if (former.endedAt === null) {
      const at = desk.clock.now();
      await desk.services.runtime.submit(former.instanceId, { type: 'Cancel', at, actor: 'user:anna', reason: 'test' });
    }
    await post(alert('db-1', { startsAt: new Date().toISOString() }));
    const follower = await until('a second ticket', async () => {
      const { tickets } = await listTickets(desk.services, {}, 'created', 10);
      return tickets.find((ticket) => ticket.number !== former.number);
    });
    expect(follower.follows).toBe(former.number);
  }, 180_000);
});
