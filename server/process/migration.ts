/** Instances of one version of a process go over to another: the plan, the attempt without consequences, the run. */
import { Rejection, checkMigration, differenceOf, execute } from '../../engine/index.ts';
import type { Difference, Instance, Migrate, ProcessModel, Release } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { readReleaseWith, readReleasesWith } from '../db/definitions.ts';
import type { Definition } from '../db/definitions.ts';
import { readActiveKeysIn } from '../db/instance-pages.ts';
import { readInstances } from '../db/instances.ts';
import { appendOperation } from '../db/operations.ts';
import type { Definitions } from './definitions.ts';
import type { Releases } from './releases.ts';
import { retrying } from './retry.ts';
import { Overloaded } from './submit.ts';
import type { Submitter } from './submit.ts';

/** As many instances are read, and go over, at once. */
const AT_ONCE = 128;
/** Of so many refused instances the reasons are given. */
const TOLD = 1000;

/** Which instances go where. */
export interface MigrationRequest {
  /** Key of the process definition that the instances are in. */
  from: string;
  /** Key of the process definition that they go over to, in the newest release that has it. */
  to: string;
  /** Element here to element there; what is not named keeps its id. */
  elements?: Record<string, string>;
}

/** Who asks for it, and why. */
export interface MigratedBy {
  actor: string;
  reason?: string;
}

export interface MigrationPlan {
  from: Definition;
  to: Definition;
  /** The release that the instances go over to. */
  release: string;
  difference: Difference;
}

/** An instance that stays where it is, and why: each reason is a sentence or the end of one about an element. */
export interface Unmigrated {
  instance: string;
  reasons: { element?: string; reason: string }[];
}

/** What came of it, or would come; `refused` tells of the first thousand. */
export interface MigrationOutcome {
  migrated: number;
  refusals: number;
  refused: Unmigrated[];
}

/** Plans and runs migrations. */
export interface Migration {
  /** What differs between the two versions. @throws Rejection not-found */
  plan(request: Omit<MigrationRequest, 'elements'>): Promise<MigrationPlan>;
  /** What would come of it now; nothing is changed. @throws Rejection not-found */
  dryRun(request: MigrationRequest): Promise<MigrationOutcome>;
  /**
   * Lets all go over that can. After a crash it is asked for again: who has gone over already is passed over.
   * @throws Rejection not-found
   */
  run(request: MigrationRequest, by: MigratedBy): Promise<MigrationOutcome>;
}

export interface MigrationOptions {
  db: Database;
  clock: Clock;
  releases: Pick<Releases, 'get'>;
  definitions: Pick<Definitions, 'get'>;
  submitter: Pick<Submitter, 'submit'>;
}

export function createMigration(options: MigrationOptions): Migration {
  return {
    async plan(request) {
      const { from, to, release, models } = await prepared(options, request);
      return { from, to, release: release.id, difference: differenceOf(models.here, models.there) };
    },
    dryRun: async (request) => eachBatch(options, await prepared(options, request), tryAll),
    async run(request, by) {
      const ready = await prepared(options, request);
      await record(options, ready, by, 'MigrationBegun', {});
      const outcome = await eachBatch(options, ready, (_, keys) => migrateAll(options, ready, keys, by));
      const { migrated, refusals } = outcome;
      await record(options, ready, by, 'MigrationEnded', { migrated, refused: refusals });
      return outcome;
    },
  };
}

/** A request whose parts are all there. */
interface Prepared {
  from: Definition;
  to: Definition;
  /** Those that hold the version that the instances are in, without the one they go over to. */
  sources: string[];
  release: Release;
  models: { here: ProcessModel; there: ProcessModel };
  elements: Record<string, string>;
}

async function prepared(options: MigrationOptions, request: MigrationRequest): Promise<Prepared> {
  const { db, releases } = options;
  const [from, to] = [await definition(options, request.from), await definition(options, request.to)];
  const target = await readReleaseWith(db, to.resource);
  const sources = await readReleasesWith(db, from.resource);
  const [release, source] = [await releases.get(target ?? ''), await releases.get(sources.at(-1) ?? '')];
  const [here, there] = [source?.processes.get(from.id), release?.processes.get(to.id)];
  if (!release || !here || !there) {
    const missing = here ? to : from;
    throw new Rejection('not-found', `Expected process "${missing.id}" version ${missing.version} in a release.`);
  }
  const others = sources.filter((id) => id !== release.id);
  return { from, to, sources: others, release, models: { here, there }, elements: request.elements ?? {} };
}

async function definition({ definitions }: MigrationOptions, key: string): Promise<Definition> {
  const found = /^\d{1,19}$/.test(key) ? await definitions.get(key) : null;
  if (found?.kind === 'process') return found;
  throw new Rejection('not-found', `Expected a process definition with key ${key}, but there is none.`);
}

/** Does something with all active instances of the version, some at a time, and sums up what came of it. */
async function eachBatch(
  options: MigrationOptions,
  ready: Prepared,
  act: (options: MigrationOptions, keys: readonly string[], ready: Prepared) => Promise<(Unmigrated | null)[]>,
): Promise<MigrationOutcome> {
  const outcome: MigrationOutcome = { migrated: 0, refusals: 0, refused: [] };
  const which = { process: ready.from.id, releases: ready.sources };
  for (let after = '0'; ;) {
    const keys = await readActiveKeysIn(options.db, which, after, AT_ONCE);
    const last = keys.at(-1);
    if (last === undefined) return outcome;
    for (const one of await act(options, keys, ready)) {
      if (one === null) outcome.migrated += 1;
      else if (one.reasons.length > 0) {
        outcome.refusals += 1;
        if (outcome.refused.length < TOLD) outcome.refused.push(one);
      }
    }
    after = last;
  }
}

/** Executes the command on each instance and forgets what it gave; null: it would go over. */
async function tryAll(
  { db, clock, releases }: MigrationOptions,
  keys: readonly string[],
  ready: Prepared,
): Promise<(Unmigrated | null)[]> {
  const command = commandOf(ready, clock.now(), { actor: 'system' });
  const found = [...(await readInstances(db, keys)).values()].filter(({ instance }) => instance.status === 'active');
  return Promise.all(
    found.map(async ({ instance }) => {
      const release = await releases.get(instance.release);
      const reasons =
        release === null ? [{ reason: 'its release is not there' }] : tryOne(release, instance, command, ready);
      return reasons.length === 0 ? null : { instance: instance.id, reasons };
    }),
  );
}

function tryOne(release: Release, instance: Instance, command: Migrate, ready: Prepared): Unmigrated['reasons'] {
  const problems = checkMigration(release, instance, command, ready.release);
  if (problems.length > 0) return problems.map(({ element, reason }) => ({ element, reason }));
  try {
    execute(release, instance, command, ready.release);
    return [];
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return [{ reason: error.message }];
  }
}

/** Lets these go over, each in a command of its own; null: it did. Who has gone or ended meanwhile has no reasons. */
async function migrateAll(
  options: MigrationOptions,
  ready: Prepared,
  keys: readonly string[],
  by: MigratedBy,
): Promise<(Unmigrated | null)[]> {
  const command = commandOf(ready, options.clock.now(), by);
  return Promise.all(
    keys.map(async (instance) => {
      try {
        await retrying(
          () => options.submitter.submit(instance, command),
          (error) => error instanceof Overloaded,
        );
        return null;
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
        const now = (await readInstances(options.db, [instance])).get(instance)?.instance;
        if (!now || now.status !== 'active' || now.release === ready.release.id) return { instance, reasons: [] };
        return { instance, reasons: [{ reason: error.message }] };
      }
    }),
  );
}

function commandOf({ release, to, elements }: Prepared, at: number, { actor, reason }: MigratedBy): Migrate {
  const command = { type: 'Migrate', at, actor, release: release.id, process: to.id, elements } as const;
  return reason === undefined ? command : { ...command, reason };
}

async function record(
  { db, clock }: MigrationOptions,
  { from, to, release, elements }: Prepared,
  { actor, reason = '' }: MigratedBy,
  action: 'MigrationBegun' | 'MigrationEnded',
  counts: Record<string, number>,
): Promise<void> {
  const details = {
    process: from.id,
    from: from.version,
    to: to.version,
    release: release.id,
    elements,
    reason,
    ...counts,
  };
  const operation = { stream: 'migrations', at: clock.now(), actor, action, subject: from.key, details };
  await db.transaction((tx) => appendOperation(tx, operation));
}
