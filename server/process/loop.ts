import type { Logger } from 'pino';
import { errorMessage } from '../db/error-code.ts';

/** No worker sleeps longer, ms: other processes tell us nothing, and a timeout of weeks would overflow. */
export const LONGEST_SLEEP = 1000;

/** What a pass over the due work found. */
export interface Pass {
  /** How many pieces of work it did or began. */
  done: number;
  /** How long to sleep, ms; at most one second is slept. */
  sleep: number;
}

/** A worker: looks for due work, sleeps, looks again. */
export interface Loop {
  /** Looks again at once. */
  wake(): void;
  start(): void;
  /** Waits for the pass that is going on. */
  stop(): Promise<void>;
  name: string;
  /** Time since the last pass that went well, ms; 0 while it is not started. */
  lag(): number;
  /** One pass now, whether started or not; passes never overlap. Gives how many pieces of work it did. */
  pass(): Promise<number>;
}

export function createLoop(name: string, log: Logger, look: () => Promise<Pass>): Loop {
  let running = false;
  let woken = false;
  let timer: NodeJS.Timeout | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let wentWell = 0;
  /** What went wrong last, null when it went well. */
  let trouble: string | null = null;

  const serially = (): Promise<Pass> => {
    const pass = last.then(look);
    last = pass.catch(() => undefined);
    return pass;
  };
  const go = async (): Promise<void> => {
    timer = null;
    woken = false;
    let sleep = LONGEST_SLEEP;
    try {
      ({ sleep } = await serially());
      wentWell = performance.now();
      if (trouble !== null) log.info({ worker: name }, 'worker goes on');
      trouble = null;
    } catch (error) {
      // Once, however often it happens.
      if (trouble !== errorMessage(error)) log.error({ err: error, worker: name }, 'worker failed; it tries again');
      trouble = errorMessage(error);
    }
    if (running) timer = setTimeout(() => void go(), woken ? 0 : Math.max(0, Math.min(sleep, LONGEST_SLEEP)));
  };
  return {
    name,
    lag: () => (running ? performance.now() - wentWell : 0),
    start() {
      if (running) return;
      running = true;
      wentWell = performance.now();
      timer = setTimeout(() => void go(), 0);
    },
    wake() {
      woken = true;
      if (timer === null) return;
      clearTimeout(timer);
      timer = setTimeout(() => void go(), 0);
    },
    async stop() {
      running = false;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await last;
    },
    pass: async () => (await serially()).done,
  };
}
