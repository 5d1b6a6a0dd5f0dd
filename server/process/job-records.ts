/** The jobs that an instance has had, folded from its history. */
import { findById } from '../../engine/find.ts';
import { evolveAll, tokenWithJob } from '../../engine/index.ts';
import type { Command, Event, EventOf, Instance, Instant, ListenerEvent } from '../../engine/index.ts';
import type { Told } from './task-records.ts';

/** A job, open or over. */
export interface JobRecord {
  id: number;
  /** The element instance that it is done for; another one than the job itself only for listeners. */
  token: number;
  /** When the listener is told, if it is one's. */
  listener: ListenerEvent | null;
  type: string;
  /** BPMN ids; the process is that of the instance, also in a called process. */
  element: string;
  process: string;
  /** The release that the instance was pinned to. */
  release: string;
  headers: Record<string, string>;
  /** `FAILED`: it waits for another attempt, or for its incident. */
  state: 'CREATED' | 'FAILED' | 'COMPLETED' | 'CANCELED' | 'ERROR_THROWN';
  retries: number;
  /** Of the last failure. */
  errorMessage: string | null;
  /** Of the BPMN error that it threw. */
  errorCode: string | null;
  createdAt: Instant;
  endedAt: Instant | null;
}

/** All jobs of a history, in the order in which they were asked for; one that was asked for again once. */
export function jobRecordsOf(rows: readonly Told[]): JobRecord[] {
  const jobs = new Map<number, JobRecord>();
  let instance: Instance | null = null;
  for (const row of rows) {
    throwing(jobs, row.command);
    instance = evolveAll(instance, row.events, (event, before) => {
      if (before !== null) record(jobs, event, before, row.at);
    });
  }
  for (const job of jobs.values()) if (job.endedAt === null && instance !== null) follow(job, instance);
  return [...jobs.values()];
}

/** A job that throws an error is over, or waits for the incident of an error that nobody catches. */
function throwing(jobs: Map<number, JobRecord>, command: Command): void {
  if (command.type !== 'ThrowError') return;
  change(jobs, command.job, { state: 'ERROR_THROWN', errorCode: command.code, errorMessage: command.message });
}

/** @param instance before the event */
function record(jobs: Map<number, JobRecord>, event: Event, instance: Instance, at: Instant): void {
  switch (event.type) {
    case 'JobRequested':
      jobs.set(event.job, requested(event, instance, at));
      return;
    case 'JobFailed':
      return change(jobs, event.job, { state: 'FAILED', retries: event.retries, errorMessage: event.message });
    case 'JobUpdated':
      return change(jobs, event.job, { retries: event.retries });
    case 'JobCompleted':
      return change(jobs, event.job, { state: 'COMPLETED', endedAt: at });
    case 'JobCancelled': {
      const thrown = jobs.get(event.job)?.state === 'ERROR_THROWN';
      return change(jobs, event.job, { state: thrown ? 'ERROR_THROWN' : 'CANCELED', endedAt: at });
    }
    default:
      return;
  }
}

function change(jobs: Map<number, JobRecord>, id: number, part: Partial<JobRecord>): void {
  const job = jobs.get(id);
  if (job !== undefined) Object.assign(job, part);
}

function requested(event: EventOf<'JobRequested'>, instance: Instance, at: Instant): JobRecord {
  const { job: id, element, kind: type, headers, retries } = event;
  const token = event.token ?? id;
  return {
    id,
    token,
    listener: event.listener?.event ?? null,
    type,
    element,
    process: instance.process,
    release: instance.release,
    headers,
    state: 'CREATED',
    retries,
    errorMessage: null,
    errorCode: null,
    createdAt: at,
    endedAt: null,
  };
}

/** What is open may have been migrated since it was asked for. */
function follow(job: JobRecord, instance: Instance): void {
  const token = tokenWithJob(instance, job.id) ?? findById(instance.tokens, job.token);
  if (token === undefined) return;
  Object.assign(job, {
    element: token.element,
    process: instance.process,
    release: instance.release,
    retries: token.job?.retries ?? job.retries,
  });
}
