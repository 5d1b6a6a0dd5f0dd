import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { Command, Instance, Outcome, Release } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { readInstances } from '../db/instances.ts';
import { readJournal } from '../db/journal.ts';
import type { JournalRow } from '../db/journal.ts';
import { bucketOfKey, keyGenerator } from '../db/key.ts';
import type { KeyGenerator } from '../db/key.ts';
import type { ResourceVersion } from '../db/resources.ts';
import { createActivator } from './activation.ts';
import type { Activator } from './activation.ts';
import type { Guard } from './guard.ts';
import type { JobHandler } from './job-handler.ts';
import { createJobWorker } from './job-worker.ts';
import type { Change } from './change.ts';
import type { DeployedFile } from './compile.ts';
import { evaluateConditionals } from './conditionals.ts';
import type { ConditionalRequest } from './conditionals.ts';
import { definitionCache } from './definitions.ts';
import type { Definitions } from './definitions.ts';
import { createDeliveryWorker } from './delivery-worker.ts';
import { deploy } from './deploy.ts';
import type { DeployedBy, Deployment } from './deploy.ts';
import { verifyHistory } from './history.ts';
import type { HistoryVerdict } from './history.ts';
import { publishMessage } from './messages.ts';
import type { MessageRequest, Published } from './message-request.ts';
import { createMigration } from './migration.ts';
import type { Migration } from './migration.ts';
import type { Meter } from './meter.ts';
import { actOnce, firstOutcome } from './once.ts';
import type { Repeatable } from './once.ts';
import { releaseCache } from './releases.ts';
import { createRetentionWorker } from './retention-worker.ts';
import { broadcastSignal } from './signals.ts';
import type { SignalRequest } from './signals.ts';
import { bucketOfStart, start } from './starts.ts';
import type { StartRequest } from './starts.ts';
import { createSubmitter } from './submit.ts';
import type { Projection } from './submit.ts';
import { heardWaiting } from './subscribing.ts';
import { createTimerWorker } from './timer-worker.ts';
import { undeploy } from './undeploy.ts';
import { createUpkeepWorker } from './upkeep-worker.ts';

/** Runs processes on a database. Everything that changes process state goes through one queue (submit.ts). */
export interface Runtime {
  /** Does one command on one instance; resolves after the commit. @throws Rejection, KeyReused, Overloaded */
  submit(instance: string, command: Command, options?: Repeatable): Promise<Outcome>;
  /**
   * Starts an instance, on the newest release unless another is named.
   * @throws Rejection, AlreadyDone, KeyReused, Overloaded
   */
  start(request: StartRequest, options?: Repeatable): Promise<Outcome>;
  /** Delivers a message to exactly one receiver, or keeps it. @throws KeyReused, Overloaded */
  publishMessage(message: MessageRequest, options?: Repeatable): Promise<Published>;
  /** Tells a signal to all that wait for it now, and starts what begins by it; gives their keys. @throws KeyReused */
  broadcastSignal(signal: SignalRequest, options?: Repeatable): Promise<string[]>;
  /**
   * Starts the processes whose conditional start event holds for these values; gives the keys of the instances.
   * @throws KeyReused
   */
  evaluateConditionals(request: ConditionalRequest, options?: Repeatable): Promise<string[]>;
  deploy(files: readonly DeployedFile[], by: DeployedBy): Promise<Deployment>;
  /** Makes a release without this file, so that nothing begins by it; what runs goes on. @throws Rejection */
  undeploy(resource: ResourceVersion, by: DeployedBy): Promise<void>;
  release(id: string): Promise<Release | null>;
  latestRelease(): Promise<Release | null>;
  /** Processes, decisions and forms by the keys that programs name them with. */
  definitions: Definitions;
  /** Lets running instances go over to another version of their process. */
  migration: Migration;
  /** The newest state, or null. */
  instance(id: string): Promise<Instance | null>;
  /** What happened to the instance, in order. */
  history(id: string): Promise<JournalRow[]>;
  /** Is the record whole, and does running it again give the same? */
  verifyHistory(id: string): Promise<HistoryVerdict>;
  /** Writes more rows in the transaction of every batch; to be registered before the first command. */
  registerProjection(projection: Projection): void;
  /** Hears of every batch of this process after its commit; gives the function that ends it. */
  on(event: 'committed', listener: (changes: readonly Change[]) => void): () => void;
  keys: KeyGenerator;
  /** How many commands wait. */
  waiting(): number;
  /** Time since the last pass of each worker that went well, ms. */
  workerLag(): Record<string, number>;
  /** Jobs for workers outside of the server. */
  activator: Activator;
  /** Begins to fire timers, do jobs and deliver messages. */
  startWorkers(): void;
  /** Does everything that is due now, and what follows from it, until nothing is left: for tests and the demo. */
  settle(): Promise<void>;
  /** Takes no more commands, ends what is going on, and stops the workers. Leaves the database open. */
  stop(): Promise<void>;
}

export interface RuntimeOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  handlers?: readonly JobHandler[];
  /** Commands that may wait before callers are turned away (default 5000). */
  maxQueue?: number;
  /** Hears what becomes of commands. */
  meter?: Meter;
  /** Draws the keys (default: in runs). */
  keys?: KeyGenerator;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { db, clock, log, handlers = [], maxQueue = 5000, meter, keys = keyGenerator(clock) } = options;
  const emitter = new EventEmitter<{ committed: [readonly Change[]] }>().setMaxListeners(0);
  const releases = releaseCache(db);
  const committed = (changes: readonly Change[]): void => void emitter.emit('committed', changes);
  const writer = createSubmitter({ db, releases, log, committed, maxQueue, ...(meter && { meter }) });
  const submitter = db.citus ? heardWaiting(writer, db, clock, log) : writer;
  const parts = { db, clock, log, keys, releases, submitter };
  const definitions = definitionCache(db, keys);
  const timers = createTimerWorker(parts);
  const delivery = createDeliveryWorker(parts);
  const jobs = createJobWorker({ ...parts, handlers });
  const workers = [timers, delivery, jobs, createUpkeepWorker(parts)];
  const background = [...workers, createRetentionWorker(parts)];
  const activator = createActivator({ db, clock, ownTypes: handlers.map(({ type }) => type) });
  for (const worker of [...workers, activator]) emitter.on('committed', (changes) => worker.hear(changes));
  const unmove = clock.onMove?.(() => {
    timers.moved();
    jobs.wake();
    activator.wake();
  });
  return {
    submit(instance, command, { once } = {}) {
      if (once === undefined) return submitter.submit(instance, command);
      const act = (guards: readonly Guard[]) => submitter.submit(instance, command, guards);
      return actOnce(parts, once, act, firstOutcome, bucketOfKey(instance));
    },
    start: (request, { once } = {}) =>
      actOnce(
        parts,
        once,
        (guards, bucket) => start(parts, request, { guards, bucket }),
        firstOutcome,
        bucketOfStart(request),
      ),
    publishMessage: (message, { once } = {}) => publishMessage(parts, message, once && { once }),
    broadcastSignal: (signal, options) => broadcastSignal(parts, signal, options),
    evaluateConditionals: (request, options) => evaluateConditionals(parts, request, options),
    async deploy(files, by) {
      const deployment = await deploy(parts, files, by);
      timers.wake();
      return deployment;
    },
    async undeploy(resource, by) {
      await undeploy(parts, resource, by);
      timers.wake();
    },
    release: (id) => releases.get(id),
    latestRelease: () => releases.latest(),
    definitions,
    migration: createMigration({ ...parts, definitions }),
    instance: async (id) => (await readInstances(db, [id])).get(id)?.instance ?? null,
    history: (id) => readJournal(db, id),
    verifyHistory: (id) => verifyHistory(db, (release) => releases.get(release), id),
    registerProjection: (projection) => submitter.registerProjection(projection),
    on(event, listener) {
      emitter.on(event, listener);
      return () => void emitter.off(event, listener);
    },
    keys,
    waiting: () => submitter.waiting(),
    workerLag: () => Object.fromEntries(workers.map((it) => [it.name, it.lag()])),
    activator,
    startWorkers() {
      for (const worker of background) worker.start();
    },
    async settle() {
      for (let done = 1; done > 0;) {
        done = 0;
        for (const worker of workers) done += await worker.pass();
        done += await jobs.idle();
      }
    },
    async stop() {
      unmove?.();
      await activator.close();
      await Promise.all(background.map((worker) => worker.stop()));
      await submitter.close();
    },
  };
}
