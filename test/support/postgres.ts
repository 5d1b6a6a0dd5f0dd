/** One PostgreSQL cluster per test run, where its server programs are installed; one database per test file. */
import { execFileSync, spawn } from 'node:child_process';
import type { ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync, chownSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorCode } from '../../server/db/error-code.ts';

interface Cluster {
  bin: string;
  data: string;
  /** Folder of the socket; the cluster listens on no port. */
  socket: string;
  /** Who runs it: the server refuses to run as root. */
  owner: { uid?: number; gid?: number };
}

/** The folder of this run, made by run-setup.mjs. */
function runFolder(): string {
  const folder = process.env['LANEWORK_TEST_RUN'];
  if (folder === undefined) throw new Error('Expected LANEWORK_TEST_RUN: start the tests with the jest configuration.');
  return folder;
}

/** The folder of the newest installed server programs (15 or newer), or null. */
export function postgresPrograms(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).filter((name) => Number(name) >= 15) : [];
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin'));
  const all = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)];
  return all.find((folder) => ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** The URL of a database of the run's cluster, which the first caller starts. */
export async function databaseUrl(bin: string, database: string): Promise<string> {
  const { socket } = await cluster(bin);
  return `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socket)}`;
}

/** Runs a statement outside of any test's database. */
export async function administer(bin: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: await databaseUrl(bin, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * Does something once per run, whichever test process comes first; the others wait for it.
 * @param make gives the text that the others read
 */
export async function oncePerRun(name: string, make: () => Promise<string>): Promise<string> {
  const folder = runFolder();
  const result = join(folder, `${name}.json`);
  const failed = join(folder, `${name}.failed`);
  if (claim(join(folder, `${name}.claimed`))) {
    try {
      const text = await make();
      writeFileSync(`${result}.draft`, text);
      renameSync(`${result}.draft`, result);
    } catch (error) {
      writeFileSync(failed, String(error));
      throw error;
    }
  }
  for (let waited = 0; !existsSync(result); waited += 20) {
    if (existsSync(failed)) throw new Error(`${name} failed in another test file: ${readFileSync(failed, 'utf8')}`);
    if (waited > 60_000) throw new Error(`Expected another test file to make ${name} within a minute.`);
    await sleep(20);
  }
  return readFileSync(result, 'utf8');
}

function claim(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function cluster(bin: string): Promise<Cluster> {
  // What JSON.parse gives was written by startCluster.
  return JSON.parse(await oncePerRun('postgres', () => Promise.resolve(JSON.stringify(startCluster(bin))))) as Cluster;
}

function startCluster(bin: string): Cluster {
  const owner = unprivileged();
  const home = join(runFolder(), 'postgres');
  mkdirSync(home, { mode: 0o755 });
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(home, owner.uid, owner.gid);
    chownSync(runFolder(), owner.uid, owner.gid);
  }
  const data = join(home, 'data');
  const options: ExecFileSyncOptions = { ...owner, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    options,
  );
  const settings = ['fsync=off', 'full_page_writes=off', "listen_addresses=''", `unix_socket_directories='${home}'`];
  const flags = [...settings, 'max_connections=200', 'shared_buffers=64MB'].map((setting) => `-c ${setting}`).join(' ');
  const log = join(home, 'log');
  // The server holds on to its output, so nobody may wait for that to end.
  execFileSync(join(bin, 'pg_ctl'), ['start', '-w', '-D', data, '-l', log, '-o', flags], {
    ...options,
    stdio: 'ignore',
  });
  watch(join(bin, 'pg_ctl'), data, owner);
  return { bin, data, socket: home, owner };
}

/** A test run that is killed leaves no cluster behind. */
function watch(control: string, data: string, owner: Cluster['owner']): void {
  const run = process.env['LANEWORK_TEST_RUN_PID'] ?? String(process.pid);
  const script = `while ps -p ${run} >/dev/null 2>&1; do sleep 2; done; "${control}" stop -D "${data}" -m immediate`;
  spawn('/bin/sh', ['-c', script], { ...owner, cwd: '/', detached: true, stdio: 'ignore' }).unref();
}

function unprivileged(): Cluster['owner'] {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue; // No such user: the next one.
    }
  }
  throw new Error('Expected a user postgres or nobody to run the test cluster, but found neither.');
}
