import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { loadConfig } from '../../server/config.ts';
import { openDatabase } from '../../server/db/database.ts';
import { serve } from '../../server/serve.ts';
import { commandLine, realCommand } from '../support/command-line.ts';
import { cloneOptions } from '../support/database.ts';
import { postgresPrograms } from '../support/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanework-start-'));
const other = createServer();

beforeAll(() => new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  return new Promise((resolve) => other.close(resolve));
});

it('greets with what whoever opens it to others should know, and ends when it is told to', async () => {
  const environment = { PORT: '0', HOST: '0.0.0.0', SAMPLE_CONTENT: 'false', DATA_DIR: folder };
  const ran = await realCommand(environment, /Lanework is ready[^]*\n\n/)('start');
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toMatch(/Links in messages begin with http:\/\/localhost:\d+, which .* Set PUBLIC_URL\./);
  expect(ran.out).toMatch(/"msg":"stopping"[^]*"msg":"stopped"/);
}, 120_000);

it('says nothing but that the port is taken when it is', async () => {
  const { port } = other.address() as AddressInfo;
  // The embedded database, whose end is noticed at once by who still works on it.
  const ran = await realCommand({ PORT: String(port), SAMPLE_CONTENT: 'false', DATA_DIR: folder })('start');
  expect(ran).toEqual({
    code: 1,
    out: '',
    err: `Lanework did not start. Expected port ${port} of 127.0.0.1 to be free, but found that it is taken. Set PORT to another one, or end the program that has it.\n`,
  });
}, 120_000);

it('says what to do when it cannot reach its database', async () => {
  // Nobody listens on this port.
  const environment = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const said = /^The database cannot be used: .*ECONNREFUSED.*\. Start it, or correct DATABASE_URL\.\n$/;
  expect((await commandLine(environment)('instances', 'list')).err).toMatch(said);
  const ran = await realCommand(environment)('start');
  expect([ran.code, ran.err.replace('Lanework did not start. ', '')]).toEqual([1, expect.stringMatching(said)]);
});

it('does not leave jobs to others that it would not do', async () => {
  const ran = await realCommand({ DATA_DIR: folder, OUTSIDE_JOBS: 'notify,mail' })('start');
  expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('(notify), but found mail.')]);
}, 120_000);

const bin = postgresPrograms();
(bin === null ? it.skip : it)(
  'starts two servers on one new database at the same time, with the sample content once',
  async () => {
    const { url } = await cloneOptions(bin ?? '', 6);
    const config = loadConfig({ PORT: '0', SAMPLE_CONTENT: 'true', DATABASE_URL: url, DATABASE_POOL: '6' });
    const options = { config, log: pino({ level: 'silent' }) };
    const servers = await Promise.all([serve(options), serve(options)]);
    const db = await openDatabase({ url: url ?? '', pool: 1 });
    const titles = await db.query<{ title: string }>('select title from tickets');
    await db.close();
    await Promise.all(servers.map((server) => server.close()));
    expect(titles.length).toBeGreaterThan(5);
    expect(new Set(titles.map(({ title }) => title)).size).toBe(titles.length);
  },
  120_000,
);
