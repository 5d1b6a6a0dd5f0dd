import type { Logger } from 'pino';
import { LeaseLost } from '../db/leases.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';
import { runRetention } from './retention.ts';
import type { RetentionOptions } from './retention.ts';

/** So often it is looked for what is over, ms of real time. */
const EVERY = 3600_000;
/** The first look comes when the server has settled, not at the same moment on all of them. */
const FIRST = 60_000 + Math.random() * 60_000;

export interface RetentionWorkerOptions extends RetentionOptions {
  log: Logger;
}

/** Archives and removes what has ended, on one of the server processes. */
export function createRetentionWorker({ log, ...options }: RetentionWorkerOptions): Loop {
  let next = performance.now() + FIRST;
  const ending = new AbortController();
  const look = async (): Promise<Pass> => {
    if (performance.now() < next) return { done: 0, sleep: Infinity };
    next = performance.now() + EVERY;
    try {
      const report = await runRetention({ ...options, signal: ending.signal });
      if (report !== null) log.info(report, 'looked for what has ended long ago');
    } catch (error) {
      // The rest is done elsewhere, or at the next start.
      if (!(error instanceof LeaseLost) && !ending.signal.aborted) throw error;
      log.info({ err: error }, 'retention ended early');
    }
    return { done: 0, sleep: Infinity };
  };
  const loop = createLoop('retention', log, look);
  return {
    ...loop,
    async stop() {
      ending.abort();
      await loop.stop();
    },
  };
}
