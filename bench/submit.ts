/**
 * Durable commands: Lanework in process against the least that a write of the same bytes can cost and against a classic
 * engine, on one PostgreSQL; over HTTP against an empty route; and what a finished case takes on disk.
 */
import { onCluster, type BenchCluster } from './cluster.ts';
import type { Result } from './run.ts';
import { apart, NAMES, type Name } from './submit/apart.ts';
import { compare } from './submit/compare.ts';
import { bytesPerCase } from './submit/disk.ts';
import { http } from './submit/http.ts';
import { lanework, type Lanework } from './submit/lanework.ts';
import type { Bytes } from './submit/minimal.ts';

const EFFORT = { rounds: Number(process.env['BENCH_ROUNDS'] ?? 7), milliseconds: 1000 };

export async function submit(): Promise<Result[]> {
  const compared = await onCluster(compareInProcess);
  // On a cluster of its own: the tables of the contenders would be vacuumed meanwhile.
  return [...compared, ...(await onCluster(({ db }) => http(db, EFFORT)))];
}

async function compareInProcess(cluster: BenchCluster): Promise<Result[]> {
  const { db, url, postmaster } = cluster;
  const own = await lanework(db);
  try {
    const disk = await bytesPerCase(db, own);
    const stored = await bytesOfCase(own);
    const begin = (name: Name, url: string) => apart({ name, url, postmaster, stored });
    const contenders = {
      minimal: await begin('minimal', url),
      lanework: await begin('lanework', url),
      classic: await begin('classic', await cluster.create('classic')),
    };
    const compared = await compare(contenders, EFFORT, () => db.run('checkpoint')).finally(() =>
      Promise.all(NAMES.map((name) => contenders[name].stop())),
    );
    return [...disk, ...compared];
  } finally {
    await own.runtime.stop();
  }
}

/** What the commands of one case store. */
async function bytesOfCase(own: Lanework): Promise<Bytes[]> {
  const stored: Bytes[] = [];
  for (let open = await own.begin(); ; open = await own.complete(open)) {
    const row = (await own.runtime.history(open.id)).at(-1);
    stored.push({ journal: JSON.stringify(row), snapshot: JSON.stringify(open) });
    if (open.status !== 'active') return stored;
  }
}
