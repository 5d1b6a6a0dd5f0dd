/** What Prometheus is told about one server process. Names begin with `lanework_`; times are seconds. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Event } from '../engine/index.ts';
import type { Clock } from './clock.ts';
import type { Database } from './db/database.ts';
import { countIncidents } from './db/open-incidents.ts';
import type { Change } from './process/change.ts';
import type { Meter } from './process/meter.ts';
import type { Runtime } from './process/runtime.ts';
import { timerLateness } from './process/timer-worker.ts';

/** More open incidents than this are not counted. */
const MOST = 10_000;

export interface Metrics {
  /** Given to the runtime. */
  meter: Meter;
  /** Begins to listen to a runtime. */
  watch(runtime: Runtime, db: Database): void;
  /** Notes how long a request took. */
  request(method: string, route: string, status: number, seconds: number): void;
  /** Adds memory, processor time, garbage collection and the lag of the event loop of this process. */
  watchProcess(): void;
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>;
  contentType: string;
}

export function createMetrics(clock: Clock): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const { meter, hear } = measures(registry, clock);
  const requests = new Histogram({
    name: 'lanework_http_seconds',
    help: 'Time to answer a request; the inbox is route="/inbox"',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  return {
    meter,
    watch(runtime, db) {
      runtime.on('committed', hear);
      watchRuntime(registry, runtime, db);
    },
    request: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Counters and histograms of commands, timers, jobs and incidents. */
function measures(registry: Registry, clock: Clock): { meter: Meter; hear: (changes: readonly Change[]) => void } {
  const registers = [registry];
  const commands = new Counter({
    name: 'lanework_commands_total',
    help: 'Commands by outcome: done, refused, overloaded, unavailable, failed',
    labelNames: ['outcome'],
    registers,
  });
  const batches = new Histogram({
    name: 'lanework_batch_size',
    help: 'Commands that were stored together',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const commit = new Histogram({
    name: 'lanework_commit_seconds',
    help: 'Time from taking a batch to its commit',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
    registers,
  });
  const lateness = new Histogram({
    name: 'lanework_timer_lateness_seconds',
    help: 'How long after its due time the firing of a timer was committed',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 30, 300],
    registers,
  });
  const labelled = { labelNames: ['type', 'outcome'], registers } as const;
  const jobs = new Counter({
    name: 'lanework_jobs_total',
    help: 'Jobs: requested, completed, failed, cancelled',
    ...labelled,
  });
  const incidents = new Counter({ name: 'lanework_incidents_total', help: 'Incidents: raised, resolved', ...labelled });

  const count = (change: Change, event: Event): void => {
    if (event.type === 'JobRequested') jobs.inc({ type: event.kind, outcome: 'requested' });
    else if (event.type === 'JobCompleted') jobs.inc({ type: jobType(change, event.job), outcome: 'completed' });
    else if (event.type === 'JobFailed') jobs.inc({ type: jobType(change, event.job), outcome: 'failed' });
    else if (event.type === 'JobCancelled') jobs.inc({ type: jobType(change, event.job), outcome: 'cancelled' });
    else if (event.type === 'IncidentRaised') incidents.inc({ type: event.kind, outcome: 'raised' });
    else if (event.type === 'IncidentResolved') {
      const kind = change.before?.incidents.find(({ id }) => id === event.incident)?.kind ?? '';
      incidents.inc({ type: kind, outcome: 'resolved' });
    }
  };
  const meter: Meter = {
    batch(size, milliseconds) {
      batches.observe(size);
      commit.observe(milliseconds / 1000);
    },
    commands: (outcome, many) => commands.inc({ outcome }, many),
  };
  const hear = (changes: readonly Change[]): void => {
    for (const late of timerLateness(changes, clock.now())) lateness.observe(Math.max(0, late) / 1000);
    for (const change of changes) for (const event of change.events) count(change, event);
  };
  return { meter, hear };
}

function jobType({ before, after }: Change, job: number): string {
  return [...(before?.tokens ?? []), ...after.tokens].find(({ id }) => id === job)?.job?.type ?? '';
}

/** What is read when Prometheus asks. */
function watchRuntime(registry: Registry, runtime: Runtime, db: Database): void {
  const registers = [registry];
  new Gauge({
    name: 'lanework_queue_length',
    help: 'Commands that wait',
    registers,
    collect() {
      this.set(runtime.waiting());
    },
  });
  new Gauge({
    name: 'lanework_worker_lag_seconds',
    help: 'Time since the last pass of a worker that went well',
    labelNames: ['worker'],
    registers,
    collect() {
      for (const [worker, lag] of Object.entries(runtime.workerLag())) this.set({ worker }, lag / 1000);
    },
  });
  new Gauge({
    name: 'lanework_open_incidents',
    help: `Incidents that wait for somebody, of all processes; at most ${MOST} are counted`,
    registers,
    async collect() {
      try {
        this.set(await countIncidents(db, MOST));
      } catch {
        this.remove(); // Without the database there is no number, and everything else is still told.
      }
    },
  });
}
