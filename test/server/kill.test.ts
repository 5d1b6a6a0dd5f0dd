import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { DatabaseOptions } from '../../server/db/database.ts';
import { cloneOptions } from '../support/database.ts';
import { postgresPrograms } from '../support/postgres.ts';

const SCRIPT = join(import.meta.dirname, '..', 'support', 'kill-server.ts');
const CALLERS = 200;

interface Found {
  id: string;
  name: string;
  intact: boolean;
  verdict: string;
  timersFired: number;
  timersArmed: number;
}

const children = new Set<ChildProcess>();

async function serve(options: DatabaseOptions): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('Expected the server to start, but it ended.'))),
  ])) as [Buffer];
  return { child, url: `http://127.0.0.1:${line.toString().trim()}` };
}

/** null when the connection breaks: what was asked may have been done or not. */
async function post(url: string): Promise<{ status: number; id: string } | null> {
  try {
    const response = await fetch(url, { method: 'POST' });
    const { id } = (await response.json()) as { id: string };
    return { status: response.status, id };
  } catch {
    return null;
  }
}

/**
 * Every caller starts one after the other until the server is gone, so that it is killed with starts in its queue and in
 * flight. Gives names and ids of those that were answered.
 */
async function startUntilKilled(url: string, child: ChildProcess): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  const call = async (caller: number): Promise<void> => {
    for (let n = 0; ; n += 1) {
      const name = `K-${caller}-${n}`;
      const answer = await post(`${url}/start/${name}`);
      if (answer === null) return;
      expect(answer.status).toBe(201);
      acknowledged.set(name, answer.id);
      if (acknowledged.size === CALLERS + 50) child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
  return acknowledged;
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
const cleanUp: (() => void)[] = [];
const bin = postgresPrograms();
if (bin !== null) databases.push(['postgres', () => cloneOptions(bin)]);

for (const [kind, options] of databases) {
  describe(`a server that is killed in the middle of ${CALLERS} concurrent starts [${kind}]`, () => {
    afterAll(() => {
      for (const child of children) child.kill('SIGKILL');
      for (const done of cleanUp.splice(0)) done();
    });

    it('has every acknowledged instance after the restart, whole, and fires every timer once', async () => {
      const where = await options();
      const first = await serve(where);
      const exited = once(first.child, 'exit');
      const acknowledged = await startUntilKilled(first.url, first.child);
      await exited;
      expect(acknowledged.size).toBeGreaterThan(CALLERS);

      const second = await serve(where);
      const read = async <T>(path: string) => (await (await fetch(second.url + path)).json()) as T;
      for (let waited = 0; (await read<number>('/timers')) > 0 && waited < 30_000; waited += 250) await sleep(250);
      // What would fire a second time does so at the next look of the worker.
      await sleep(1500);
      const found = await read<Found[]>('/instances');
      const byName = new Map(found.map((it) => [it.name, it]));
      expect(byName.size).toBe(found.length);
      for (const [name, id] of acknowledged) expect(byName.get(name)).toMatchObject({ id });
      for (const it of found) {
        expect(it).toMatchObject({ intact: true, verdict: 'REPRODUCED', timersFired: 1, timersArmed: 0 });
      }
      second.child.kill('SIGTERM');
      expect((await once(second.child, 'exit'))[0]).toBe(0);
    }, 120_000);
  });
}
