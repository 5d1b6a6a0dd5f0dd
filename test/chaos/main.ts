/**
 * `npm run chaos`: servers, clients and trouble for a while; then the ledger. Ends with 1 when anything is wrong.
 * `--by-bucket`: the servers use the database as they would use Citus.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { systemClock } from '../../server/clock.ts';
import { compose } from '../../server/compose.ts';
import { loadConfig } from '../../server/config.ts';
import { installShipped } from '../../server/content/shipped.ts';
import { openDatabase } from '../../server/db/database.ts';
import type { Database } from '../../server/db/database.ts';
import { migrate } from '../../server/db/migrate.ts';
import { createToken } from '../../server/people/api-token.ts';
import { STAND_IN } from '../support/citus.ts';
import { createCluster, postgresPrograms, stopCluster, urlOf } from '../support/cluster.ts';
import { work } from './clients.ts';
import { KILLS, makeTrouble } from './faults.ts';
import { balance } from './ledger.ts';
import { chaosFiles } from './process.ts';
import { chanceOf } from './random.ts';
import { newRecord } from './record.ts';
import { startServer, untilReady } from './servers.ts';
import type { ServerProcess } from './servers.ts';

const CLIENTS = 24;
/** How long the servers may take to do what is left, ms. */
const SETTLING = 60_000;
/** Longer than every timer of a case, and shorter than those of a ticket, ms. */
const SOON = 5000;

const options = {
  seconds: { type: 'string', default: '60' },
  json: { type: 'string' },
  seed: { type: 'string' },
  processes: { type: 'string', default: '3' },
  cut: { type: 'string' },
  'by-bucket': { type: 'boolean', default: false },
} as const;
const { values } = parseArgs({ options });
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const cut = values.cut === undefined ? undefined : Number(values.cut);

const bin = postgresPrograms();
if (bin === null)
  throw new Error('Expected the server programs of PostgreSQL 15 or newer, but found none. Install them.');
const folder = mkdtempSync(join(tmpdir(), 'lanework-chaos-'));
mkdirSync(join(folder, 'logs'));
console.log(`Chaos for ${seconds} s, seed ${seed}, logs in ${join(folder, 'logs')}`);

const cluster = await createCluster(bin, join(folder, 'postgres'), ['max_connections=100'], process.pid);
const token = await prepare();
const names = Array.from({ length: Number(values.processes) }, (_, index) => `server-${index + 1}`);
const servers = await startAll();

const record = newRecord(join(folder, 'acknowledged.jsonl'));
const until = Date.now() + seconds * 1000;
const world = { servers, token, record, until };
const clients = Array.from({ length: CLIENTS }, (_, index) =>
  work({ ...world, chance: chanceOf(seed + 1 + index) }, `${index}`),
);
const faults = await makeTrouble({ cluster, servers, chance: chanceOf(seed) }, until, cut);
await Promise.all(clients);

await untilReady(servers);
const db = await openDatabase({ url: urlOf(cluster, 'postgres') });
// By the servers that have been through it, without a restart.
const recovered = await settle(db);
// What nobody waits for any longer is done or refused here: one that is still paused goes on and empties its queue.
const exits = await stopAll(servers);
const rested = await startAll();
const settled = (await settle(db)) && recovered;
exits.push(...(await stopAll(rested)));
const findings = await balance(db, record.acknowledged);
await db.close();
await stopCluster(cluster, 'fast');
report();

async function startAll(): Promise<ServerProcess[]> {
  const logs = join(folder, 'logs');
  const started = await Promise.all(names.map((name) => startServer(name, cluster.socket, 'postgres', logs)));
  await untilReady(started);
  return started;
}

/** Their exit codes. */
function stopAll(running: readonly ServerProcess[]): Promise<(number | null)[]> {
  return Promise.all(running.map((server) => server.stop()));
}

/** Database, processes, and the token of the clients. */
async function prepare(): Promise<string> {
  if (values['by-bucket']) await lookLikeCitus();
  const database = await openDatabase({ url: urlOf(cluster, 'postgres') });
  await migrate(database);
  const log = pino({ level: 'silent' });
  const services = compose({ config: loadConfig({}), db: database, clock: systemClock(), log });
  await installShipped(services);
  const { problems } = await services.runtime.deploy(chaosFiles, { actor: 'system' });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(`Expected the processes of chaos to be right, but: ${JSON.stringify(errors)}`);
  const scopes = ['intake:tickets', 'processes:run', 'histories:read'] as const;
  const { secret } = await createToken(services, { name: 'chaos', scopes: [...scopes], createdBy: 'chaos' });
  await services.runtime.stop();
  await database.close();
  return secret;
}

async function lookLikeCitus(): Promise<void> {
  const database = await openDatabase({ url: urlOf(cluster, 'postgres') });
  for (const statement of STAND_IN) await database.run(statement);
  await database.close();
}

/** Waits until nothing is due, now or soon; false when something still is and it has not become less for its time. */
async function settle(database: Database): Promise<boolean> {
  // In one statement: what is taken from one table stands in another at the same moment.
  const due = `select (select count(*) from outbox) + (select count(*) from timers where due_at < $1)
    + (select count(*) from jobs where due_at < $1)
    + (select count(*) from buffered_messages where handing_over)
    + (select count(*) from buffered_messages b join message_subscriptions s using (bucket, name, correlation_key)) as count`;
  let least = Infinity;
  for (let end = Date.now() + SETTLING; Date.now() < end;) {
    const [row] = await database.query<{ count: string }>(due, [Date.now() + SOON]);
    const count = Number(row?.count);
    if (count === 0) return true;
    if (count < least) [least, end] = [count, Date.now() + SETTLING];
    await sleep(250);
  }
  return false;
}

function report(): void {
  const { lost, twice, diverged, brokenChains } = findings;
  const { unexpected } = record;
  const unclean = exits.filter((code) => code !== 0).length;
  for (const [kind, found] of Object.entries({ ...findings, unexpected })) {
    for (const what of found.slice(0, 20)) console.log(`${kind}: ${what}`);
  }
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const result = {
    meta: { commit, node: process.version, cpus: cpus().length, at: new Date().toISOString() },
    seed,
    seconds,
    acknowledged: record.acknowledged.length,
    killed: KILLS.reduce((sum, name) => sum + faults[name] * (name === 'killAllServers' ? servers.length : 1), 0),
    lost: lost.length,
    twice: twice.length,
    diverged: diverged.length,
    brokenChains: brokenChains.length,
  };
  console.log(JSON.stringify(result, null, 2));
  console.log(`Faults: ${JSON.stringify(faults)}`);
  console.log(`Acknowledged per second: ${(record.acknowledged.length / seconds).toFixed(1)}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (!settled) console.log(`Expected what is due to become less within ${SETTLING / 1000} s, but it did not.`);
  if (unclean > 0) console.log(`Expected every server to end with 0 when told to stop, but found ${exits.join(', ')}.`);
  const wrong = lost.length + twice.length + diverged.length + brokenChains.length + unexpected.length + unclean;
  if (wrong === 0 && settled) return rmSync(folder, { recursive: true, force: true });
  const again = [
    '--seconds',
    seconds,
    '--seed',
    seed,
    '--processes',
    names.length,
    ...(cut === undefined ? [] : ['--cut', cut]),
    ...(values['by-bucket'] ? ['--by-bucket'] : []),
  ];
  console.log(`FAILED. To try it again: npm run chaos -- ${again.join(' ')}. The logs stay in ${folder}.`);
  process.exitCode = 1;
}
