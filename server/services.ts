/** What the routes and workers are given: everything that has a life of its own, wired in main.ts. */
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import type { Moves } from './desk/moves.ts';
import type { Metrics } from './metrics.ts';
import type { Runtime } from './process/runtime.ts';

/** A request that is not answered yet. */
export interface Unanswered {
  /** Its answer is the last one on this connection. */
  last(): void;
  /** Answers it with an error; whatever comes of it later is not told. */
  refuse(error: Error): void;
}

export interface Services {
  config: Config;
  log: Logger;
  clock: Clock;
  db: Database;
  runtime: Runtime;
  metrics: Metrics;
  /** A fresh ticket number: "R-100001". Not from inside a transaction. */
  nextNumber: () => Promise<string>;
  /** What live pages hear. */
  moves: Moves;
  /** true from the moment at which this process was told to stop. */
  draining: boolean;
  /** The requests that are not answered yet, in the order in which they came. */
  unanswered: Unanswered[];
}
