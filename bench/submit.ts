/**
 * Durable commands: Lanework in process against the least that a write of the same bytes can cost and against a classic
 * engine, on one PostgreSQL; over HTTP against an empty route; and what a finished case takes on disk.
 */
import { onCluster } from './cluster.ts';
import type { Result } from './run.ts';
import { classic } from './submit/classic.ts';
import { compare } from './submit/compare.ts';
import { bytesPerCase } from './submit/disk.ts';
import { http } from './submit/http.ts';
import { lanework, type Lanework } from './submit/lanework.ts';
import { minimal, type Bytes } from './submit/minimal.ts';

const EFFORT = { rounds: Number(process.env['BENCH_ROUNDS'] ?? 7), milliseconds: 1000 };

export function submit(): Promise<Result[]> {
  return onCluster(async (cluster) => {
    const { db } = cluster;
    const own = await lanework(db);
    const disk = await bytesPerCase(db, own);
    const reference = await minimal(db, await bytesOfCase(own));
    const old = await classic(await cluster.create('classic'));
    try {
      const contenders = { minimal: reference, lanework: own, classic: old };
      const compared = await compare(contenders, cluster.postmaster, EFFORT);
      return [...disk, ...compared, ...(await http(db, EFFORT))];
    } finally {
      await old.close();
      await own.runtime.stop();
    }
  });
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
