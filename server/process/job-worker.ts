import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Rejection, retryAt, ROOT, tokenWithJob, visible } from '../../engine/index.ts';
import type { Command, Instance, Instant } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { errorMessage } from '../db/error-code.ts';
import { readInstances } from '../db/instances.ts';
import { freeJobs } from '../db/job-leases.ts';
import type { Lease } from '../db/job-leases.ts';
import { leaseJob, readDueJobs, readNextJob } from '../db/jobs.ts';
import type { JobRow } from '../db/jobs.ts';
import { formatPart } from '../db/key.ts';
import { partKey } from '../db/part.ts';
import type { Change } from './change.ts';
import { createDueMarks } from './due-marks.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';
import type { Submitter } from './submit.ts';
import { BpmnError } from './bpmn-error.ts';
import type { Job, JobHandler } from './job-handler.ts';
import { isTemporary } from './temporary.ts';

/** Jobs that are being done at once. */
const CAPACITY = 32;
const LEASE = 5 * 60_000;
/** Pause before the second, third ... attempt, ms, unless the diagram says it; the last one stays. */
const BACK_OFF = [10_000, 60_000, 5 * 60_000, 30 * 60_000];

/** Pause before the database, which was away, is asked again about a job that is being done, ms of real time. */
const AGAIN = 1000;
/** How long the end waits for jobs that are being done, ms. */
const PATIENCE = 4000;

/** A job that is being done. */
interface Running {
  work: Promise<void>;
  row: JobRow;
  /** null when it has no effect outside: then nobody needs to be kept from doing it as well. */
  lease: Lease | null;
}

/** Does it as soon as the database can, while the job is this worker's. */
type Insist = <T>(act: () => Promise<T>) => Promise<T>;

export interface JobWorkerOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  handlers: readonly JobHandler[];
  submitter: Pick<Submitter, 'submit'>;
}

export interface JobWorker extends Loop {
  /** Hears of commits: a new job wakes it. */
  hear(changes: readonly Change[]): void;
  /** Waits for the jobs that are being done; gives how many there were. */
  idle(): Promise<number>;
  /** Begins no further job, waits a few seconds for those that are being done, and gives back the leases of the rest. */
  stop(): Promise<void>;
}

/** Does the jobs for which there is a handler. */
export function createJobWorker(options: JobWorkerOptions): JobWorker {
  const { db, clock, log, handlers } = options;
  const byType = new Map(handlers.map((handler) => [handler.type, handler]));
  const types = [...byType.keys()];
  const owner = randomUUID();
  const running = new Map<string, Running>();
  const marks = createDueMarks();
  let stopped = false;

  const insisting =
    (row: JobRow, until: Instant): Insist =>
    async (act) => {
      for (;;) {
        try {
          return await act();
        } catch (error) {
          if (stopped || clock.now() >= until || !isTemporary(error)) throw error;
          log.warn({ err: error, job: partKey(row), type: row.type }, 'job waits for the database');
        }
        await sleep(AGAIN, undefined, { ref: false });
      }
    };
  const begin = (row: JobRow): boolean => {
    const handler = byType.get(row.type);
    if (handler === undefined || running.has(partKey(row)) || running.size >= CAPACITY) return false;
    const now = clock.now();
    const until = now + (handler.lease ?? LEASE);
    const lease = handler.external ? { owner, until } : null;
    const insist = insisting(row, until);
    const doIt = async (): Promise<void> => {
      if (lease !== null && !(await insist(() => leaseJob(db, row, lease, now)))) return;
      await doJob(options, handler, row, insist);
    };
    const work = doIt()
      .catch((error: unknown) =>
        log.error({ err: error, job: partKey(row), type: row.type }, 'job could not be settled'),
      )
      .finally(() => {
        running.delete(partKey(row));
        loop.wake();
      });
    running.set(partKey(row), { work, row, lease });
    return true;
  };
  const look = async (): Promise<Pass> => {
    if (types.length === 0 || running.size >= CAPACITY) return { done: 0, sleep: Infinity };
    const now = clock.now();
    let done = 0;
    const due = await readDueJobs(db, marks.since(types, now), now, CAPACITY);
    for (const type of types) marks.found(type, due.find((row) => row.type === type)?.dueAt ?? undefined, now);
    for (const row of due) if (begin(row)) done += 1;
    if (done > 0) return { done, sleep: 0 };
    return { done, sleep: ((await readNextJob(db, types, now)) ?? Infinity) - now };
  };
  const loop = createLoop('jobs', log, look);
  return {
    ...loop,
    hear(changes) {
      for (const { events } of changes) {
        if (events.some((it) => it.type === 'JobRequested' && byType.has(it.kind))) return loop.wake();
      }
    },
    async idle() {
      const count = running.size;
      await Promise.all([...running.values()].map(({ work }) => work));
      return count;
    },
    async stop() {
      await loop.stop();
      const idle = Promise.all([...running.values()].map(({ work }) => work));
      await Promise.race([idle, sleep(PATIENCE, undefined, { ref: false })]);
      stopped = true;
      for (const { row, lease } of running.values()) {
        if (lease === null) continue;
        await freeJobs(db, [row], lease, clock.now()).catch((error: unknown) =>
          log.warn({ err: error, job: partKey(row) }, 'job could not be given back: its lease ends by itself'),
        );
      }
    },
  };
}

/** Calls the handler and tells the instance what came of it. That the database is away is no reason to do it all again. */
async function doJob(options: JobWorkerOptions, handler: JobHandler, row: JobRow, insist: Insist): Promise<void> {
  const { db, clock, log, submitter } = options;
  const instance = (await insist(() => readInstances(db, [row.instance]))).get(row.instance)?.instance;
  if (instance === undefined || !tokenWithJob(instance, row.id)) return; // It ended meanwhile.
  const command = await insist(() => outcomeOf(handler, jobOf(row, instance), row, { db, clock, log }));
  try {
    await insist(() => submitter.submit(row.instance, command));
  } catch (error) {
    if (!(error instanceof Rejection) || error.code !== 'conflict') throw error;
    log.info({ job: partKey(row), type: row.type }, 'the job was over before its worker was');
  }
}

function jobOf(row: JobRow, instance: Instance): Job {
  const { id, type, element, headers, retries } = row;
  const token = tokenWithJob(instance, id);
  const own = instance.scopes.find((it) => it.id === token?.id);
  const seen = own?.id ?? token?.scope ?? ROOT;
  return {
    key: formatPart(row.instance, id),
    type,
    element,
    headers,
    retries,
    variables: visible(instance, seen),
    instance,
  };
}

async function outcomeOf(
  handler: JobHandler,
  job: Job,
  { id, attempts, retries, headers }: JobRow,
  services: Pick<JobWorkerOptions, 'db' | 'clock' | 'log'>,
): Promise<Command> {
  const { clock, log } = services;
  const actor = `job:${job.type}`;
  try {
    const { variables = {}, notes } = await handler.handle(job, services);
    const done = { type: 'CompleteJob', at: clock.now(), actor, job: id, variables } as const;
    return notes === undefined ? done : { ...done, notes };
  } catch (error) {
    const at = clock.now();
    const message = errorMessage(error);
    if (error instanceof BpmnError) {
      return { type: 'ThrowError', at, actor, job: id, code: error.code, message, variables: error.variables };
    }
    // Without effects outside only our own database can be meant: that is no failure of the job.
    if (!handler.external && isTemporary(error)) throw error;
    log.warn({ err: error, job: job.key, type: job.type, retries: retries - 1 }, 'job failed');
    const pause = BACK_OFF[Math.min(attempts, BACK_OFF.length - 1)] ?? LEASE;
    const again = retryAt(headers, attempts + 1, at) ?? at + pause;
    return { type: 'FailJob', at, actor, job: id, message, retries: retries - 1, retryAt: again };
  }
}
