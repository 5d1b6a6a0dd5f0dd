/**
 * Timers with a million armed and writers beside: ten thousand due at once against emptying a plain queue of the same
 * size, lateness of a steady stream, and the look for due work against the same look with ten thousand armed, after many
 * rows have died, and against reading one row by its key.
 */
import { openDatabase, type Database } from '../server/db/database.ts';
import { migrate } from '../server/db/migrate.ts';
import { readDueTimers, readNextDue } from '../server/db/timers.ts';
import { onCluster } from './cluster.ts';
import type { Result } from './run.ts';
import { cpuOf } from './submit/cpu.ts';
import { beside, interleaved, midmean, paced, percentile, timed } from './samples.ts';
import { COMMANDS, beginCases, deployCases, firings, server, workOnCases } from './timers/cases.ts';
import { createPlain, drainPlain, fillPlain } from './timers/plain.ts';

const ARMED = 1_000_000;
const SMALL = 10_000;
const DUE = 10_000;
const DEAD = 200_000;
const ROUNDS = 3;
const PROBES = 40;
/** Calls in each round. */
const CALLS = 10;
/** Timers a second of the steady stream, for how many seconds, and ms to begin their cases before. */
const STREAM = { perSecond: 100, seconds: 15, lead: 20_000 };
/** How often a second the writers beside work on cases. */
const WRITES = 10;
const DAY = 24 * 3600_000;

export function timers(): Promise<Result[]> {
  return onCluster(async (cluster) => {
    const { db, url } = cluster;
    const patient = await openDatabase({ url, pool: 1, timeout: 30 * 60_000 });
    const smallUrl = await cluster.create('small');
    const small = await openDatabase({ url: smallUrl, pool: 1 });
    try {
      await migrate(small);
      await arm(small, SMALL);
      await arm(patient, ARMED);
      await createPlain(patient);
      return [
        ...(await probes(url, smallUrl, patient)),
        ...(await drains(db, cluster.postmaster)),
        ...(await stream(db)),
      ];
    } finally {
      await Promise.all([small.close(), patient.close()]);
    }
  });
}

/** Arms timers of instances that are not there, due within two months from tomorrow. */
async function arm(db: Database, size: number): Promise<void> {
  await db.run(
    `insert into timers (bucket, instance_id, id, element, due_at)
     select n % 4096, ((n::bigint << 12) | n % 4096), 1, 'late', $2::bigint + (n::bigint * 2654435761) % $3::bigint
     from generate_series(1, $1::int) n`,
    [size, Date.now() + DAY, 60 * DAY],
  );
  await db.run('vacuum (analyze) timers');
}

/** What the worker asks each time: what is due since the last look, and when the next one is. */
async function probe(db: Database): Promise<void> {
  const now = Date.now();
  await readDueTimers(db, now - 1000, now, 4096);
  await readNextDue(db, now, now + 1000);
}

function readByKey(db: Database): Promise<object[]> {
  const text = 'select element, due_at from timers where bucket = $1 and instance_id = $2 and id = $3';
  return db.query(text, [7, String((7n << 12n) | 7n), 1]);
}

async function probes(url: string, smallUrl: string, patient: Database): Promise<Result[]> {
  const fresh = await probeTimes(url, smallUrl);
  await leaveDead(patient);
  const dead = await probeTimes(url, smallUrl);
  const growth = midmean(fresh.large) / midmean(fresh.small);
  const worn = midmean(dead.large) / midmean(dead.small);
  return [
    { name: 'timers.probe.vs.small', value: growth, unit: 'x', goal: '<= 1.5', met: growth <= 1.5 },
    { name: 'timers.probe.dead.vs.small', value: worn, unit: 'x', goal: '<= 1.5', met: worn <= 1.5 },
    { name: 'timers.probe.vs.key', value: midmean(fresh.large) / midmean(fresh.key), unit: 'x' },
    { name: 'timers.probe.time', value: midmean(fresh.large), unit: 'ms' },
    { name: 'timers.probe.dead.time', value: midmean(dead.large), unit: 'ms' },
    { name: 'timers.key.time', value: midmean(fresh.key), unit: 'ms' },
  ];
}

/**
 * ms of each call. Each round is on new connections: on which processor a backend happens to run makes half the time of
 * so short a call, and would else be that of the whole run.
 */
async function probeTimes(url: string, smallUrl: string): Promise<Record<'key' | 'large' | 'small', number[]>> {
  const taken = { key: [] as number[], large: [] as number[], small: [] as number[] };
  for (let round = 0; round < PROBES; round += 1) {
    const large = await openDatabase({ url, pool: 1 });
    const small = await openDatabase({ url: smallUrl, pool: 1 });
    const times = await interleaved(1, {
      key: { times: CALLS, run: () => readByKey(large) },
      large: { times: CALLS, run: () => probe(large) },
      small: { times: CALLS, run: () => probe(small) },
    });
    await Promise.all([large.close(), small.close()]);
    for (const name of ['key', 'large', 'small'] as const) taken[name].push(...times[name]);
  }
  return taken;
}

/** Rows that were fired within the last hour, and rows that would have been due within the next and were cancelled. */
async function leaveDead(db: Database): Promise<void> {
  await db.run('alter table timers set (autovacuum_enabled = false)');
  await db.run(
    `insert into timers (bucket, instance_id, id, element, due_at)
     select n % 4096, ((n::bigint << 12) | n % 4096), 2, 'late', $2::bigint + n::bigint * 7200000 / $1::int
     from generate_series(1, $1::int) n`,
    [DEAD, Date.now() - 3600_000],
  );
  await db.run('delete from timers where id = 2');
}

async function drains(db: Database, postmaster: number): Promise<Result[]> {
  const desk = server(db);
  await deployCases(desk);
  const besideWriters = async (work: () => Promise<void>) => (await withWriters(db, () => timed(work))).result;
  const bare: number[] = [];
  const one: number[] = [];
  const two: number[] = [];
  const wrong = { twice: 0, left: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    await fillPlain(db, DUE, Date.now());
    bare.push(await besideWriters(() => drainPlain(db, Date.now())));
    one.push(await drain(db, 1, besideWriters, wrong));
    two.push(await drain(db, 2, besideWriters, wrong));
  }
  await desk.stop();
  await fillPlain(db, DUE, Date.now());
  const least = await cpuPerTimer(postmaster, () => drainPlain(db, Date.now()));
  const all = await drain(db, 1, (work) => cpuPerTimer(postmaster, work), wrong);
  const ratio = percentile(one, 0.5) / percentile(bare, 0.5);
  return [
    { name: 'timers.drain.vs.bare', value: ratio, unit: 'x', goal: '<= 10', met: ratio <= 10 },
    { name: 'timers.drain.twice', value: wrong.twice, unit: 'timers', goal: '= 0', met: wrong.twice === 0 },
    { name: 'timers.drain.left', value: wrong.left, unit: 'timers', goal: '= 0', met: wrong.left === 0 },
    { name: 'timers.drain.seconds', value: percentile(one, 0.5) / 1000, unit: 's' },
    { name: 'timers.drain.two.vs.one', value: percentile(two, 0.5) / percentile(one, 0.5), unit: 'x' },
    { name: 'timers.drain.cpu', value: all, unit: 'us' },
    { name: 'timers.bare.cpu', value: least, unit: 'us' },
    { name: 'timers.bare.seconds', value: percentile(bare, 0.5) / 1000, unit: 's' },
  ];
}

/** CPU time of this process and the database for each timer, us. */
async function cpuPerTimer(postmaster: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuOf(postmaster);
  await work();
  const after = cpuOf(postmaster);
  return (after.server + after.database - before.server - before.database) / DUE;
}

/**
 * What it takes so many processes together from their start until all that is due is fired and committed; counts what
 * was fired twice, and what is due still.
 */
async function drain(
  db: Database,
  processes: number,
  measure: (work: () => Promise<void>) => Promise<number>,
  wrong: { twice: number; left: number },
): Promise<number> {
  const desk = server(db);
  const due = Date.now() - 1000;
  await beginCases(
    desk,
    Array.from({ length: DUE }, () => due),
  );
  await desk.stop();
  const runtimes = Array.from({ length: processes }, () => server(db));
  const { all, lateness } = firings(runtimes, DUE);
  const taken = await measure(async () => {
    for (const runtime of runtimes) runtime.startWorkers();
    await all;
  });
  await Promise.all(runtimes.map((runtime) => runtime.stop()));
  wrong.twice += lateness.length - DUE;
  wrong.left += (await readDueTimers(db, 0, Date.now(), DUE)).length;
  return taken;
}

async function withWriters<T>(db: Database, work: () => Promise<T>): Promise<{ result: T; perSecond: number }> {
  const writer = server(db);
  const done = await beside([paced(WRITES, () => workOnCases(writer))], work);
  await writer.stop();
  return done;
}

/** A steady stream with two processes that look for due timers. */
async function stream(db: Database): Promise<Result[]> {
  const count = STREAM.perSecond * STREAM.seconds;
  const runtimes = [server(db), server(db)];
  const { all, lateness } = firings(runtimes, count);
  const desk = server(db);
  const first = Date.now() + STREAM.lead;
  await beginCases(
    desk,
    Array.from({ length: count }, (_, index) => first + (index * 1000) / STREAM.perSecond),
  );
  await desk.stop();
  if (Date.now() > first)
    throw new Error(`Expected the cases to be begun within ${STREAM.lead} ms, but it took longer.`);
  for (const runtime of runtimes) runtime.startWorkers();
  const { perSecond } = await withWriters(db, () => all);
  await Promise.all(runtimes.map((runtime) => runtime.stop()));
  const written = perSecond * COMMANDS;
  const least = 0.95 * WRITES * COMMANDS;
  const p99 = percentile(lateness, 0.99);
  return [
    { name: 'timers.lateness.p50', value: percentile(lateness, 0.5), unit: 'ms' },
    { name: 'timers.lateness.p99', value: p99, unit: 'ms', goal: '< 2000', met: p99 < 2000 },
    { name: 'timers.writes.beside', value: written, unit: 'commands/s', goal: `>= ${least}`, met: written >= least },
  ];
}
