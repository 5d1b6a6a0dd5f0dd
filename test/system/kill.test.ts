import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Event } from '../../engine/index.ts';
import { systemClock } from '../../server/clock.ts';
import { openDatabase } from '../../server/db/database.ts';
import type { Database, DatabaseOptions } from '../../server/db/database.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import { isChosen } from '../support/chosen.ts';
import { cloneOptions } from '../support/database.ts';
import { postgresPrograms } from '../support/postgres.ts';

const SCRIPT = join(import.meta.dirname, '..', 'support', 'kill-server.ts');
const CALLERS = 200;
/** The response of a P1 is missed 30 minutes after it was filed, the solution after two hours. */
const AHEAD = 40 * 60_000;

interface Killable {
  child: ChildProcess;
  url: string;
  token: string;
}

const children = new Set<ChildProcess>();
const cleanUp: (() => void)[] = [];

async function startServer(options: DatabaseOptions, ahead = 0): Promise<Killable> {
  const { url, dataDir, pool = 10 } = options;
  const environment = {
    ...(url && { DATABASE_URL: url, DATABASE_POOL: String(pool) }),
    ...(dataDir && { DATA_DIR: dataDir }),
  };
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, JSON.stringify({ environment, ahead })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('Expected the server to start, but it ended.'))),
  ])) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as { url: string; token: string }) };
}

/**
 * The number of the ticket; null when the connection broke, 'busy' when the server turned the caller away (with one
 * connection for all of them it may): what was asked may have been done or not.
 */
async function file({ url, token }: Killable, title: string): Promise<string | null> {
  const body = JSON.stringify({ title, service: 'trading', impact: 'core', urgency: 'critical' });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  let response: Response;
  let answer: { number: string };
  try {
    response = await fetch(`${url}/api/tickets`, { method: 'POST', headers, body });
    answer = (await response.json()) as { number: string };
  } catch {
    return null;
  }
  if (response.status === 503) return 'busy';
  expect(response.status).toBe(201);
  return answer.number;
}

/** Every caller files one request after the other until the server is gone. Gives what was acknowledged, title to number. */
async function fileUntilKilled(server: Killable): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  const call = async (caller: number): Promise<void> => {
    for (let n = 0; ; n += 1) {
      const title = `Error 502, trading is down ${caller}-${n}`;
      const number = await file(server, title);
      if (number === null) return;
      if (number === 'busy') {
        await sleep(200);
        continue;
      }
      acknowledged.set(title, number);
      if (acknowledged.size === CALLERS) server.child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
  return acknowledged;
}

/** Waits until the requests are where they should be: each `state tier`, such as `assigned L2`. */
async function reach(
  server: Killable,
  numbers: readonly string[],
  where: string,
  atLeast = numbers.length,
): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 500) {
    const places = await Promise.all(numbers.map((number) => placeOf(server, number)));
    if (places.filter((place) => place === where).length >= atLeast) return;
    await sleep(500);
  }
  throw new Error(`Expected ${atLeast} requests to be ${where} within a minute, but they are not.`);
}

async function placeOf({ url, token }: Killable, number: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/tickets/${number}`, { headers });
  const { state, tier } = (await response.json()) as { state: string; tier: string };
  return `${state} ${tier}`;
}

/** Every journal that the database holds, by the title of its request. */
async function read(db: Database): Promise<Map<string, { id: string; number: string; events: Event[] }>> {
  const runtime = createRuntime({ db, clock: systemClock(), log: pino({ level: 'silent' }) });
  const found = new Map<string, { id: string; number: string; events: Event[] }>();
  for (const { id } of await db.query<{ id: string }>('select id from instances order by id')) {
    const { integrity, execution } = await runtime.verifyHistory(id);
    expect({ intact: integrity.intact, verdict: execution?.verdict }).toEqual({ intact: true, verdict: 'REPRODUCED' });
    const variables = (await runtime.instance(id))?.scopes[0]?.variables ?? {};
    const { title, number } = variables as { title: string; number: string };
    expect(found.has(title)).toBe(false);
    const events = (await runtime.history(id)).flatMap((row) => row.events);
    found.set(title, { id, number, events });
  }
  await runtime.stop();
  return found;
}

/** How often the timers of an element fired. */
function fired(events: readonly Event[], element: string): number {
  const armed = events.flatMap((event) =>
    event.type === 'TimerSet' && event.element === element ? [event.timer] : [],
  );
  return events.filter((event) => event.type === 'TimerFired' && armed.includes(event.timer)).length;
}

const databases: [string, () => Promise<DatabaseOptions>][] = [
  [
    'pglite',
    () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'lanework-kill-'));
      cleanUp.push(() => rmSync(dataDir, { recursive: true, force: true }));
      return Promise.resolve({ dataDir });
    },
  ],
];
const bin = postgresPrograms();
if (!isChosen('pglite')) databases.pop();
if (bin !== null) databases.push(['postgres', () => cloneOptions(bin)]);

describe.each(databases)(`a server that is killed while ${CALLERS} callers file requests [%s]`, (_kind, options) => {
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    for (const done of cleanUp.splice(0)) done();
  });

  it('has every acknowledged request after the restart, whole, and fires every timer once', async () => {
    const where = await options();
    const first = await startServer(where);
    const exited = once(first.child, 'exit');
    const acknowledged = await fileUntilKilled(first);
    await exited;
    expect(acknowledged.size).toBeGreaterThanOrEqual(CALLERS);
    const numbers = [...acknowledged.values()];
    const token = first.token;

    // What was cut off in the middle goes on: every request is offered to the first tier.
    const second = { ...(await startServer(where)), token };
    await reach(second, numbers, 'assigned L1');
    await kill(second);

    // The response is overdue now; the server dies again while it escalates.
    const third = { ...(await startServer(where, AHEAD)), token };
    await reach(third, numbers, 'assigned L2', 1);
    await kill(third);

    const last = { ...(await startServer(where, AHEAD)), token };
    await reach(last, numbers, 'assigned L2');
    // What would fire a second time does so at the next look of the worker.
    await sleep(1500);
    last.child.kill('SIGTERM');
    expect((await once(last.child, 'exit'))[0]).toBe(0);

    const db = await openDatabase(where);
    try {
      const found = await read(db);
      for (const [title, number] of acknowledged) expect(found.get(title)).toMatchObject({ number });
      for (const [title, { events }] of found) {
        const times = [fired(events, 'ResponseWarning'), fired(events, 'ResponseBreach')];
        // Nobody waited for what was stored and not acknowledged: its clocks may have begun after the jump.
        if (acknowledged.has(title)) expect(times).toEqual([1, 1]);
        else expect([0, 1]).toEqual(expect.arrayContaining(times));
      }
    } finally {
      await db.close();
    }
  }, 180_000);
});

async function kill({ child }: Killable): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
