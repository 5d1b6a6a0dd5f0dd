import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { deleteExpiredMessages } from '../db/buffered-messages.ts';
import type { Database } from '../db/database.ts';
import { deleteExpiredDedup } from '../db/dedup.ts';
import { deleteOldFiled } from '../db/filed-requests.ts';
import { deleteExpiredRequests } from '../db/requests.ts';
import { deleteExpiredSessions } from '../db/sessions.ts';
import { vacuum } from '../db/upkeep.ts';
import type { Change } from './change.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';

/** So often what is over is forgotten, ms of real time. */
const FORGET = 10_000;
/** So often what has no index for it is forgotten, ms of real time. */
const FORGET_RARELY = 3600_000;
/** So often the embedded database is swept, ms of real time, if so many commands changed it since. */
const SWEEP = 10 * 60_000;
const WORTH_SWEEPING = 1000;

export interface UpkeepOptions {
  db: Database;
  clock: Clock;
  log: Logger;
}

export interface UpkeepWorker extends Loop {
  /** Hears of commits, to know whether there is anything to sweep. */
  hear(changes: readonly Change[]): void;
}

/** Forgets messages, ids, sessions and filed requests whose time is over, and sweeps the embedded database. */
export function createUpkeepWorker({ db, clock, log }: UpkeepOptions): UpkeepWorker {
  let forgotten = -Infinity;
  let forgottenRarely = -Infinity;
  let swept = performance.now();
  let changed = 0;

  const look = async (): Promise<Pass> => {
    const now = performance.now();
    if (now - forgotten > FORGET) {
      forgotten = now;
      await deleteExpiredMessages(db, clock.now());
      await deleteExpiredDedup(db, clock.now());
      await deleteExpiredRequests(db, clock.now());
    }
    if (now - forgottenRarely > FORGET_RARELY) {
      forgottenRarely = now;
      await deleteExpiredSessions(db, clock.now());
      await deleteOldFiled(db, clock.now());
    }
    if (db.kind === 'pglite' && now - swept > SWEEP && changed > WORTH_SWEEPING) {
      [swept, changed] = [now, 0];
      await vacuum(db);
    }
    return { done: 0, sleep: Infinity };
  };
  return {
    ...createLoop('upkeep', log, look),
    hear(changes) {
      changed += changes.length;
    },
  };
}
