/** Taking a file out: a release without it. Nothing is deleted, because instances and histories still need it. */
import { Rejection } from '../../engine/rejection.ts';
import { appendOperation } from '../db/operations.ts';
import { insertRelease } from '../db/releases.ts';
import { readResourcesOf } from '../db/resources.ts';
import type { ResourceVersion } from '../db/resources.ts';
import type { Sql } from '../db/sql.ts';
import { isDuplicate, isTransient } from '../db/sqlstate.ts';
import { replaceStartTimers } from '../db/start-timers.ts';
import { compileTogether } from './compile.ts';
import type { CompiledResource } from './compile.ts';
import type { DeployedBy, DeployOptions } from './deploy.ts';
import { link, problemsTogether } from './releases.ts';
import { retrying } from './retry.ts';

/**
 * Makes a release without this version of a file: nothing begins by it from now on, what runs goes on.
 * @throws Rejection when the newest release has another version of it or none, or when other files need it
 */
export async function undeploy(options: DeployOptions, resource: ResourceVersion, by: DeployedBy): Promise<void> {
  // Another deployment at the same time takes the same number: then look again at what it left.
  await retrying(
    () => undeployOnce(options, resource, by),
    (error) => isDuplicate(error) || isTransient(error),
  );
}

async function undeployOnce(options: DeployOptions, resource: ResourceVersion, by: DeployedBy): Promise<void> {
  const { db, keys, releases } = options;
  const latest = await releases.latestRow();
  const current = latest === null ? [] : await readResourcesOf(db, latest.id);
  const { kind, id, version } = resource;
  const gone = current.find((it) => it.kind === kind && it.id === id && it.version === version);
  if (latest === null || gone === undefined) {
    throw new Rejection(
      'conflict',
      `Expected version ${version} of ${kind} ${id} to be current, but it is not: nothing begins by it any more.`,
    );
  }
  const kept = current.filter((it) => it !== gone);
  if (kept.length === 0) {
    throw new Rejection('conflict', `Expected other files beside ${kind} ${id}, but it is the last. Deploy one first.`);
  }
  const release = { number: latest.number + 1, id: keys.next(), note: `Without ${kind} ${id} ${version}` };
  const compiled = compileTogether(await Promise.all(kept.map((it) => releases.compile(it))));
  expectNoneNeedsIt(gone.name, release.id, new Map(kept.map(({ name }, index) => [name, compiled[index]])));
  const { processes } = await releases.compile(gone);
  const ended = processes.map((model) => model.id);
  await db.transaction(async (tx) => {
    await store(tx, options, { ...release, kept, ended }, by);
    await by.beside?.(tx, { release: release.id, deployed: [], problems: [] });
  });
  await releases.latestRow();
}

function expectNoneNeedsIt(name: string, release: string, files: ReadonlyMap<string, CompiledResource | undefined>) {
  const known = new Map([...files].flatMap(([file, resource]) => (resource ? [[file, resource] as const] : [])));
  const problems = [
    ...[...known.values()].flatMap((it) => (it.tables ? it.problems : [])),
    ...problemsTogether(link(release, [...known.values()]), known),
  ].filter(({ severity }) => severity === 'error');
  const [first] = problems;
  if (first === undefined) return;
  throw new Rejection('conflict', `Expected no file to need "${name}", but "${first.file}" does: ${first.message}`);
}

interface Without {
  id: string;
  number: number;
  note: string;
  kept: readonly ResourceVersion[];
  /** Processes that can no longer be started. */
  ended: readonly string[];
}

async function store(tx: Sql, { clock }: DeployOptions, release: Without, { actor }: DeployedBy): Promise<void> {
  const { id, number, note, kept, ended } = release;
  const at = clock.now();
  await insertRelease(tx, { number, id, at, actor, note }, kept);
  await replaceStartTimers(tx, ended, []);
  const resources = kept.map((it) => `${it.kind} ${it.id} ${it.version}`);
  const details = { number, note, resources };
  await appendOperation(tx, { stream: 'deployments', at, actor, action: 'ReleaseDeployed', subject: id, details });
}
