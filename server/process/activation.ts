/**
 * Jobs for workers outside of the server. A worker asks for jobs of a type and waits when there are none: commits of this
 * process wake it at once, and the database is asked each second, since other processes make jobs, too.
 */
import { Rejection, tokenWithJob } from '../../engine/index.ts';
import type { Instance, Instant } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { readInstances } from '../db/instances.ts';
import { freeJobs, leaseJobs, readDueTypes } from '../db/job-leases.ts';
import { readDueJobs, readNextJob } from '../db/jobs.ts';
import type { JobRow } from '../db/jobs.ts';
import { partKey } from '../db/part.ts';
import { isTransient } from '../db/sqlstate.ts';
import type { Change } from './change.ts';
import { createDueMarks } from './due-marks.ts';
import type { DueMarks } from './due-marks.ts';
import { retrying } from './retry.ts';
import { Overloaded } from './submit.ts';

/** Nobody who waits sleeps longer between two looks at the database, ms. */
const LONGEST = 1000;
/** How often it is tried again to get jobs of which other processes took every one. */
const ATTEMPTS = 10;

/** What a worker asks for. */
export interface ActivationRequest {
  type: string;
  /** Name of the worker. */
  worker: string;
  /** How long the jobs are its own, ms. */
  timeout: number;
  /** At most so many jobs. */
  limit: number;
  /** How long to wait for the first one, ms; 0 = not at all. */
  wait: number;
}

/** A job that the worker has until the deadline. */
export interface ActivatedJob {
  row: JobRow;
  worker: string;
  deadline: Instant;
  instance: Instance;
}

export interface Activator {
  /**
   * Leases due jobs of a type, waiting for the first. An aborted request gets none and keeps none.
   * @throws Rejection when this server does the type itself; Overloaded when it is being stopped
   */
  activate(request: ActivationRequest, signal?: AbortSignal): Promise<ActivatedJob[]>;
  /** Gives jobs back that their worker never got. */
  free(jobs: readonly ActivatedJob[]): Promise<void>;
  /** Hears of commits: a new job wakes who waits for its type. */
  hear(changes: readonly Change[]): void;
  /** Looks again at once. */
  wake(): void;
  /** Sends everybody away who waits, and takes no more requests. */
  close(): Promise<void>;
}

export interface ActivatorOptions {
  db: Database;
  clock: Clock;
  /** Types that handlers of this server do. */
  ownTypes: readonly string[];
}

interface Waiter {
  request: ActivationRequest;
  resolve: (jobs: ActivatedJob[]) => void;
  reject: (error: unknown) => void;
}

export function createActivator({ db, clock, ownTypes }: ActivatorOptions): Activator {
  const waiting = new Set<Waiter>();
  const marks = createDueMarks();
  let timer: NodeJS.Timeout | null = null;
  let pass: Promise<void> | null = null;
  let again = false;
  let closed = false;

  const answer = (waiter: Waiter, jobs: ActivatedJob[]): void => {
    waiting.delete(waiter);
    waiter.resolve(jobs);
  };
  const typesWanted = (): string[] => [...new Set([...waiting].map(({ request }) => request.type))];
  const free = async (jobs: readonly ActivatedJob[]): Promise<void> => {
    const [first] = jobs;
    if (first === undefined) return;
    const lease = { owner: first.worker, until: first.deadline };
    await freeJobs(
      db,
      jobs.map(({ row }) => row),
      lease,
      clock.now(),
    );
    wake();
  };
  /** One look for all who wait; whoever does not want to wait is answered in any case. */
  const look = async (): Promise<void> => {
    const present = [...waiting];
    const now = clock.now();
    const types = typesWanted();
    const due = await readDueTypes(db, marks.since(types, now), now);
    for (const type of types) if (!due.has(type)) marks.found(type, undefined, now);
    for (const waiter of present) {
      const { request } = waiter;
      if (!waiting.has(waiter)) continue;
      const jobs = due.has(request.type) ? await take(db, clock, marks, request) : [];
      if (jobs.length === 0) due.delete(request.type);
      if (!waiting.has(waiter)) await free(jobs);
      else if (jobs.length > 0 || request.wait <= 0) answer(waiter, jobs);
    }
  };
  const run = async (): Promise<void> => {
    let sleep = LONGEST;
    try {
      do {
        again = false;
        await look();
      } while ((again as boolean) && waiting.size > 0); // Set while it looked.
      const types = typesWanted();
      if (types.length > 0) sleep = ((await readNextJob(db, types, clock.now())) ?? Infinity) - clock.now();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      waiting.clear();
    }
    pass = null;
    if (again) wake();
    else if (waiting.size > 0) timer = setTimeout(wake, Math.max(1, Math.min(sleep, LONGEST)));
  };
  const wake = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    again = true;
    if (waiting.size > 0) pass ??= run();
  };
  const wait = (request: ActivationRequest, signal?: AbortSignal): Promise<ActivatedJob[]> => {
    const ended = new AbortController();
    const waited = new Promise<ActivatedJob[]>((resolve, reject) => {
      const waiter = { request, resolve, reject };
      const leave = (): void => answer(waiter, []);
      waiting.add(waiter);
      signal?.addEventListener('abort', leave, { signal: ended.signal });
      if (request.wait > 0) {
        const limit = setTimeout(leave, request.wait);
        ended.signal.addEventListener('abort', () => clearTimeout(limit));
      }
    });
    wake();
    return waited.finally(() => ended.abort());
  };

  return {
    async activate(request, signal) {
      if (closed) throw new Overloaded('Expected the server to be running, but it is being stopped.');
      if (ownTypes.includes(request.type)) throw ownType(request.type);
      return signal?.aborted === true ? [] : wait(request, signal);
    },
    free,
    wake,
    hear(changes) {
      if (waiting.size === 0) return;
      const types = typesWanted();
      const concerns = ({ events }: Change): boolean =>
        events.some((it) => it.type === 'JobFailed' || (it.type === 'JobRequested' && types.includes(it.kind)));
      if (changes.some(concerns)) wake();
    },
    async close() {
      closed = true;
      for (const waiter of waiting) answer(waiter, []);
      if (timer !== null) clearTimeout(timer);
      await pass;
    },
  };
}

function ownType(type: string): Rejection {
  return new Rejection(
    'invalid',
    `Expected a job type that workers outside of the server do, but the server does "${type}" itself. ` +
      `Add it to OUTSIDE_JOBS to do it outside.`,
  );
}

/** Leases what is due; what ended between the look and the lease is left out. */
async function take(db: Database, clock: Clock, marks: DueMarks, request: ActivationRequest): Promise<ActivatedJob[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const now = clock.now();
    const due = await readDueJobs(db, marks.since([request.type], now), now, request.limit);
    marks.found(request.type, due[0]?.dueAt ?? undefined, now);
    if (due.length === 0) return [];
    const lease = { owner: request.worker, until: now + request.timeout };
    const got = await retrying(() => leaseJobs(db, due, lease, now), isTransient);
    const mine = new Set(got.map(partKey));
    const rows = due.filter((row) => mine.has(partKey(row)));
    const jobs = await withInstances(db, rows, request.worker, lease.until).catch(async (error: unknown) => {
      // Else nobody would get them before the lease ends.
      await freeJobs(db, rows, lease, clock.now());
      throw error;
    });
    if (jobs.length > 0) return jobs;
  }
  return [];
}

async function withInstances(
  db: Database,
  rows: readonly JobRow[],
  worker: string,
  deadline: Instant,
): Promise<ActivatedJob[]> {
  if (rows.length === 0) return [];
  const instances = await readInstances(db, [...new Set(rows.map(({ instance }) => instance))]);
  return rows.flatMap((row) => {
    const instance = instances.get(row.instance)?.instance;
    return instance && tokenWithJob(instance, row.id) ? [{ row, worker, deadline, instance }] : [];
  });
}
