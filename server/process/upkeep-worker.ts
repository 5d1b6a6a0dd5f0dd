import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { deleteExpiredMessages } from '../db/buffered-messages.ts';
import type { Database } from '../db/database.ts';
import { deleteExpiredDedup } from '../db/dedup.ts';
import { deleteOldFiled } from '../db/filed-requests.ts';
import { giveLeaseBack, takeLease } from '../db/leases.ts';
import type { Lease } from '../db/leases.ts';
import { deleteExpiredRequests } from '../db/requests.ts';
import { deleteExpiredSessions } from '../db/sessions.ts';
import { vacuum } from '../db/upkeep.ts';
import type { Change } from './change.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';

/** So often what is over is forgotten, ms of real time. */
const FORGET = 10_000;
/** A server that starts forgets nothing before, ms of real time. */
const FIRST = 2 * 60_000;
/** So long one process has this work after each time, ms: the others need not do it, though it would do no harm. */
const LEASE = 2 * FORGET;
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
  /** Leaves the work to another process. */
  stop(): Promise<void>;
}

/**
 * Forgets messages, ids, sessions and filed requests whose time is over, on one of the server processes, and sweeps the
 * embedded database.
 */
export function createUpkeepWorker({ db, clock, log }: UpkeepOptions): UpkeepWorker {
  let forgotten = -Infinity;
  let forgottenRarely = -Infinity;
  let swept = performance.now();
  let changed = 0;
  const owner = randomUUID();
  let lease: Lease | null = null;

  const forget = async (now: number): Promise<void> => {
    const at = clock.now();
    lease = await takeLease(db, { name: 'upkeep', owner }, at, at + LEASE);
    if (lease === null) return;
    await deleteExpiredMessages(db, at);
    await deleteExpiredDedup(db, at);
    await deleteExpiredRequests(db, at);
    if (now - forgottenRarely <= FORGET_RARELY) return;
    forgottenRarely = now;
    await deleteExpiredSessions(db, at);
    await deleteOldFiled(db, at);
  };
  const look = async (): Promise<Pass> => {
    const now = performance.now();
    if (now - forgotten > FORGET) {
      forgotten = now;
      await forget(now);
    }
    if (db.kind === 'pglite' && now - swept > SWEEP && changed > WORTH_SWEEPING) {
      [swept, changed] = [now, 0];
      await vacuum(db);
    }
    return { done: 0, sleep: Infinity };
  };
  const loop = createLoop('upkeep', log, look);
  return {
    ...loop,
    start() {
      // After an outage what was going on is gone on with first, by what is still remembered of it.
      forgotten = performance.now() + FIRST - FORGET;
      loop.start();
    },
    hear(changes) {
      changed += changes.length;
    },
    async stop() {
      await loop.stop();
      if (lease === null) return;
      await giveLeaseBack(db, lease).catch((error: unknown) => log.warn({ err: error }, 'the lease ends by itself'));
    },
  };
}
