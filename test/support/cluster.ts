/** PostgreSQL clusters of the installed server programs, to be started, stopped and killed. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isChosen } from './chosen.ts';

/** A cluster; it listens on a socket in `socket` and on no port. */
export interface Cluster {
  bin: string;
  data: string;
  /** Folder of the socket. */
  socket: string;
  /** Who runs it: the server refuses to run as root. */
  owner: { uid?: number; gid?: number };
  /** Further settings, `name=value`. */
  settings: string[];
}

/** The folder of the newest installed server programs (15 or newer); null without any, and when tests are not to use them. */
export function postgresPrograms(): string | null {
  if (!isChosen('postgres')) return null;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).filter((name) => Number(name) >= 15) : [];
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin'));
  const all = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)];
  return all.find((folder) => ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** Makes a cluster in `home`, which must not be there yet, and starts it. It stops when process `master` ends. */
export async function createCluster(bin: string, home: string, settings: string[], master: number): Promise<Cluster> {
  const owner = unprivileged();
  mkdirSync(home, { mode: 0o755 });
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(home, owner.uid, owner.gid);
    chownSync(dirname(home), owner.uid, owner.gid);
  }
  const cluster: Cluster = { bin, data: join(home, 'data'), socket: home, owner, settings };
  const flags = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  await run(cluster, 'initdb', ['-D', cluster.data, ...flags]);
  await startCluster(cluster);
  watch(cluster, master);
  return cluster;
}

/** Starts a cluster that is stopped; also one that was killed, as soon as the last of its processes is gone. */
export async function startCluster(cluster: Cluster): Promise<void> {
  const { data, socket, settings } = cluster;
  const all = ["listen_addresses=''", `unix_socket_directories='${socket}'`, ...settings];
  const flags = all.map((setting) => `-c ${setting}`).join(' ');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(cluster, 'pg_ctl', ['start', '-w', '-D', data, '-l', join(socket, 'log'), '-o', flags]);
    } catch (error) {
      if (attempt === 50) throw error;
      await sleep(100);
    }
  }
}

/** `fast` waits for nothing but what is being written; `immediate` leaves the recovery to the next start. */
export function stopCluster(cluster: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
  return run(cluster, 'pg_ctl', ['stop', '-w', '-D', cluster.data, '-m', mode]);
}

/** kill -9 of the postmaster; its processes end when they notice. */
export function killCluster({ data }: Cluster): void {
  const [pid] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

/** The URL of one of its databases. */
export function urlOf({ socket }: Cluster, database: string): string {
  return `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socket)}`;
}

function run({ bin, owner }: Cluster, program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // The server holds on to its output, so nobody may wait for that to end.
    const child = spawn(join(bin, program), args, { ...owner, cwd: '/', stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) return resolve();
      reject(new Error(`Expected ${program} ${args[0] ?? ''} to end with 0, but it ended with ${code}.`));
    });
  });
}

/** A test run that is killed leaves no cluster behind. */
function watch({ bin, data, owner }: Cluster, master: number): void {
  const stop = `"${join(bin, 'pg_ctl')}" stop -D "${data}" -m immediate`;
  const script = `while ps -p ${master} >/dev/null 2>&1; do sleep 2; done; ${stop}`;
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
