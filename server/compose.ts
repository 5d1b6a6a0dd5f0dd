/** Puts the parts of one server process together, around a database and a clock that the caller has opened. */
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import { createMoves } from './desk/moves.ts';
import { storeTickets } from './desk/store-tickets.ts';
import { ticketNumbers } from './intake/start-ticket.ts';
import { ownHandlers } from './jobs/index.ts';
import { createMetrics } from './metrics.ts';
import { createRuntime } from './process/runtime.ts';
import type { Services } from './services.ts';

export interface Parts {
  config: Config;
  db: Database;
  clock: Clock;
  log: Logger;
}

/** Makes the runtime, with the desk's projection and the job handlers. Workers are not started yet. */
export function compose({ config, db, clock, log }: Parts): Services {
  const handlers = ownHandlers(config);
  const metrics = createMetrics(clock);
  const { meter } = metrics;
  const runtime = createRuntime({ db, clock, log, handlers, maxQueue: config.maxQueue, meter });
  metrics.watch(runtime, db);
  runtime.registerProjection(storeTickets);
  const moves = createMoves({ db, clock, log, runtime });
  const nextNumber = ticketNumbers(db);
  return { config, log, clock, db, runtime, metrics, nextNumber, moves, draining: false, unanswered: [] };
}
