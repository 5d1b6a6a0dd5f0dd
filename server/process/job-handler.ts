import type { Logger } from 'pino';
import type { Instance, Note, Variables } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';

/** A job as its handler sees it. */
export interface Job {
  /** Instance key and counter in six digits: the idempotency key of everything it does outside, at least once. */
  key: string;
  type: string;
  /** BPMN id of the task. */
  element: string;
  /** Task headers of the diagram. */
  headers: Record<string, string>;
  /** What the task sees: its inputs, or all variables when it has none. */
  variables: Variables;
  instance: Instance;
  /** Attempts left, with this one. */
  retries: number;
}

/** What a handler may use. Anything else it needs is given to it when it is made. */
export interface JobServices {
  db: Database;
  clock: Clock;
  log: Logger;
}

/** What the task gets; the notes go into the log of the case. */
export interface JobResult {
  variables?: Variables;
  notes?: Note[];
}

/** Does the jobs of one type: one file in server/jobs and one line where the handlers are listed. */
export interface JobHandler {
  /** `type` of the task definition. */
  type: string;
  /** Does it reach outside of the database? Then the job is leased first, and the key makes it idempotent. */
  external: boolean;
  /** How long an external job is leased, ms (default five minutes). */
  lease?: number;
  /** @throws BpmnError to be caught by the diagram; any other error is tried again, then an incident */
  handle(job: Job, services: JobServices): Promise<JobResult>;
}
