import { firstDue } from '../../engine/index.ts';
import type { Instant, ProcessModel, Release, StartTrigger } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { insertDefinition } from '../db/definitions.ts';
import type { Described } from '../db/definitions.ts';
import type { KeyGenerator } from '../db/key.ts';
import { appendOperation } from '../db/operations.ts';
import { insertRelease } from '../db/releases.ts';
import { ensureResource, readResourcesOf } from '../db/resources.ts';
import type { Resource, ResourceVersion } from '../db/resources.ts';
import type { Sql } from '../db/sql.ts';
import { isDuplicate, isTransient } from '../db/sqlstate.ts';
import { replaceStartTimers } from '../db/start-timers.ts';
import type { StartTimer } from '../db/start-timers.ts';
import { compileTogether, importsOthers } from './compile.ts';
import type { CompiledResource, DeployedFile, FileProblem } from './compile.ts';
import { describe } from './definitions.ts';
import { link, problemsTogether } from './releases.ts';
import type { Releases } from './releases.ts';
import { retrying } from './retry.ts';

/** Who deploys, and why. */
export interface DeployedBy {
  actor: string;
  note?: string;
  /** Writes more in the transaction of the release. */
  beside?: (tx: Sql, stored: StoredRelease) => Promise<void>;
}

/** What came of a deployment that was stored, or had been. */
export interface StoredRelease {
  /** Its key. */
  release: string;
  deployed: readonly DeployedResource[];
  problems: readonly FileProblem[];
}

/**
 * `release` when everything was fine (with warnings, perhaps); nothing was stored when a problem is an error.
 * `changed` is false when every file was current already: then the newest release stays.
 */
export type Deployment =
  | { release: Release; changed: boolean; problems: FileProblem[]; deployed: readonly DeployedResource[] }
  | { release?: undefined; problems: FileProblem[] };

/** What a file was taken for. */
export type DeployedResource = Pick<ResourceVersion, 'kind' | 'id'>;

export interface DeployOptions {
  db: Database;
  clock: Clock;
  keys: KeyGenerator;
  releases: Releases;
}

/** Deploys files on top of the newest release: they replace earlier versions of themselves, everything else stays. */
export async function deploy(
  options: DeployOptions,
  files: readonly DeployedFile[],
  by: DeployedBy,
): Promise<Deployment> {
  const compiled = await Promise.all(
    files.map(async (file) => ({ file, resource: await options.releases.compile(file) })),
  );
  const alone = compiled.flatMap(({ resource }) => resource.problems);
  if (files.length === 0 || alone.some(isError)) return { problems: files.length === 0 ? [nothing] : alone };
  // Another deployment at the same time takes the same number: then look again at what it left.
  const again = (error: unknown) => isDuplicate(error) || isTransient(error);
  return retrying(() => deployOn(options, compiled, alone, by), again);
}

const nothing: FileProblem = {
  rule: 'empty',
  severity: 'error',
  element: '',
  message: 'Expected at least one file, but found none. Add one.',
  file: '',
};

function isError({ severity }: FileProblem): boolean {
  return severity === 'error';
}

interface Compiled {
  file: DeployedFile;
  resource: CompiledResource;
}

async function deployOn(
  options: DeployOptions,
  compiled: readonly Compiled[],
  alone: readonly FileProblem[],
  by: DeployedBy,
): Promise<Deployment> {
  const { db, keys, releases } = options;
  const latest = await releases.latestRow();
  const current = latest === null ? [] : await readResourcesOf(db, latest.id);
  const fresh = compiled.filter(({ file, resource }) => !current.some((it) => isSame(it, file, resource)));
  if (latest !== null && fresh.length === 0) {
    const release = await releases.get(latest.id);
    if (release === null) throw new Error(`Expected release ${latest.id} to have resources, but it has none.`);
    return { release, changed: false, problems: [...alone], deployed: deployedBy(compiled) };
  }
  const kept = current.filter(
    (it) => !compiled.some(({ resource }) => it.kind === resource.kind && it.id === resource.id),
  );
  const together = await allTogether(releases, kept, compiled);
  const id = keys.next();
  const problems = [
    ...alone,
    ...importProblems(together),
    ...problemsTogether(link(id, [...together.values()]), together),
    ...timerProblems(fresh),
  ];
  if (problems.some(isError)) return { problems };
  const number = (latest?.number ?? 0) + 1;
  const described = await Promise.all(
    compiled.map(({ file, resource }) => describe({ ...resource, content: file.content })),
  );
  await db.transaction(async (tx) => {
    await store(tx, options, { id, number, kept, compiled, described, fresh }, by);
    await by.beside?.(tx, { release: id, deployed: deployedBy(compiled), problems });
  });
  await releases.latestRow();
  const release = await releases.get(id);
  if (release === null) throw new Error(`Expected release ${id} to be stored, but it is not.`);
  return { release, changed: true, problems, deployed: deployedBy(compiled) };
}

function deployedBy(compiled: readonly Compiled[]): DeployedResource[] {
  return compiled.map(({ resource: { kind, id } }) => ({ kind, id }));
}

/** What the new release consists of, by file name. */
async function allTogether(
  releases: Releases,
  kept: readonly Resource[],
  compiled: readonly Compiled[],
): Promise<Map<string, CompiledResource>> {
  const found = new Map<string, CompiledResource>();
  for (const it of kept) found.set(it.name, await releases.compile(it));
  for (const { file, resource } of compiled) {
    // Two files of one name are still two.
    found.set(found.has(file.name) ? `${file.name} (${resource.id})` : file.name, resource);
  }
  const resources = compileTogether([...found.values()]);
  return new Map([...found.keys()].flatMap((name, index) => (resources[index] ? [[name, resources[index]]] : [])));
}

/** What is wrong with decision files that import others: also with those that stay, when what they import has changed. */
function importProblems(files: ReadonlyMap<string, CompiledResource>): FileProblem[] {
  return [...files.values()].flatMap(({ tables, problems }) => (tables && importsOthers(tables.read) ? problems : []));
}

function isSame(current: Resource, file: DeployedFile, resource: CompiledResource): boolean {
  return current.kind === resource.kind && current.id === resource.id && current.content === file.content;
}

interface NewRelease {
  id: string;
  number: number;
  kept: readonly Resource[];
  compiled: readonly Compiled[];
  /** What each of them defines. */
  described: readonly (readonly Described[])[];
  /** Those whose content is not that of the newest release. */
  fresh: readonly Compiled[];
}

async function store(tx: Sql, options: DeployOptions, release: NewRelease, by: DeployedBy): Promise<void> {
  const { id, number, kept, fresh } = release;
  const at = options.clock.now();
  const versions = [...kept, ...(await storeFiles(tx, options, release, { createdAt: at, createdBy: by.actor }))];
  const note = by.note ?? '';
  await insertRelease(tx, { number, id, at, actor: by.actor, note }, versions);
  const processes = fresh.flatMap(({ resource }) => resource.processes);
  const timers = processes.flatMap((model) => startTimersOf(model, at));
  await replaceStartTimers(
    tx,
    processes.map((model) => model.id),
    timers,
  );
  const resources = versions.map((it) => `${it.kind} ${it.id} ${it.version}`);
  await appendOperation(tx, {
    stream: 'deployments',
    at,
    actor: by.actor,
    action: 'ReleaseDeployed',
    subject: id,
    details: { number, note, resources },
  });
}

/** Writes the files and what they define. */
async function storeFiles(
  tx: Sql,
  { keys }: DeployOptions,
  { compiled, described }: NewRelease,
  created: Pick<Resource, 'createdAt' | 'createdBy'>,
): Promise<ResourceVersion[]> {
  const versions: ResourceVersion[] = [];
  for (const [index, { file, resource }] of compiled.entries()) {
    const { kind, id } = resource;
    const version = await ensureResource(tx, { kind, id, ...file, ...created });
    for (const it of described[index] ?? []) await insertDefinition(tx, keys.next(), it, version);
    versions.push(version);
  }
  return versions;
}

/** A start timer is known before there are variables, so it cannot be an expression. */
function timerProblems(files: readonly Compiled[]): FileProblem[] {
  return files.flatMap(({ file, resource }) =>
    resource.processes.flatMap((model) =>
      model.starts.flatMap(({ element, timer }): FileProblem[] => {
        if (timer === undefined || isFixed(timer)) return [];
        const message = `Expected the ${timer.kind} of start event "${element}" to be fixed text, ISO 8601 or cron, but found "${timer.text}".`;
        return [{ rule: 'start-timer', severity: 'error', element, message, file: file.name }];
      }),
    ),
  );
}

function isFixed(timer: NonNullable<StartTrigger['timer']>): boolean {
  try {
    void firstDue(timer.kind, timer.text, 0, timer.zone);
    return true;
  } catch {
    return false; // Said in the problem.
  }
}

/** The timer start events of a process, as they are due from its deployment on. */
function startTimersOf(model: ProcessModel, at: Instant): StartTimer[] {
  return model.starts.flatMap(({ element, definition = 0, timer }): StartTimer[] => {
    const first = timer && firstDue(timer.kind, timer.text, at, timer.zone);
    if (!first) return [];
    return [{ process: model.id, element, definition, dueAt: first.due, repeat: first.repeat ?? null }];
  });
}
