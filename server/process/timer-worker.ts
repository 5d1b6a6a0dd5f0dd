import type { Logger } from 'pino';
import { Rejection, nextDueAfter } from '../../engine/index.ts';
import type { Instant } from '../../engine/index.ts';
import type { Database } from '../db/database.ts';
import { readDueStartTimers, readNextStart } from '../db/start-timers.ts';
import type { StartTimer } from '../db/start-timers.ts';
import { readDueTimers, readNextDue } from '../db/timers.ts';
import type { TimerRow } from '../db/timers.ts';
import type { Change } from './change.ts';
import { AlreadyDone } from './guard.ts';
import { createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';
import { start } from './starts.ts';
import type { StartOptions } from './starts.ts';

const PAGE = 256;
/** So often everything that is due is looked for, however old, ms of real time. */
const FULL_LOOK = 30_000;

export interface TimerWorkerOptions extends StartOptions {
  db: Database;
  log: Logger;
}

export interface TimerWorker extends Loop {
  /** Hears of commits: a timer that is due before the next look wakes it. */
  hear(changes: readonly Change[]): void;
  /** The clock jumped. */
  moved(): void;
}

/**
 * Fires what is due, through `submit`: the row goes in the transaction of the step, so of several processes one wins and
 * the others do nothing.
 */
export function createTimerWorker(options: TimerWorkerOptions): TimerWorker {
  const { db, clock, log } = options;
  /** Low-water mark: nothing older is there to be found, only dead rows of the index. */
  let from: Instant = -Infinity;
  /** The earliest that was heard of since the look began: the look may not have seen it. */
  let heard: Instant = Infinity;
  let lookedFully = -Infinity;
  let wakeAt: Instant = -Infinity;

  const look = async (): Promise<Pass> => {
    const now = clock.now();
    heard = Infinity;
    if (performance.now() - lookedFully > FULL_LOOK) {
      from = -Infinity;
      lookedFully = performance.now();
    }
    const due = await readDueTimers(db, Number.isFinite(from) ? from : 0, now, PAGE);
    const fired = await Promise.all(due.map((timer) => fire(options, timer)));
    const starting = await readDueStartTimers(db, now, PAGE);
    const started = await Promise.all(starting.map((timer) => startByTimer(options, timer, now)));
    const done = [...fired, ...started].filter(Boolean).length;
    if (done > 0) return { done, sleep: 0 };
    // Rows that cannot be fired keep the mark low; they are tried again later.
    const stuck = due.length + starting.length > 0;
    const next = Math.min((await readNextDue(db, now)) ?? Infinity, (await readNextStart(db)) ?? Infinity);
    from = Math.min(due[0]?.dueAt ?? now, heard);
    wakeAt = Math.min(next, heard);
    return { done: 0, sleep: stuck && heard === Infinity ? Infinity : wakeAt - now };
  };
  const loop = createLoop('timers', log, look);
  return {
    ...loop,
    hear(changes) {
      for (const { events } of changes) {
        for (const event of events) {
          if (event.type !== 'TimerSet') continue;
          heard = Math.min(heard, event.due);
          from = Math.min(from, event.due);
          if (event.due < wakeAt) loop.wake();
        }
      }
    },
    moved() {
      from = heard = -Infinity;
      loop.wake();
    },
  };
}

/** true when this process fired it. */
async function fire({ clock, submitter, log }: TimerWorkerOptions, timer: TimerRow): Promise<boolean> {
  const command = { type: 'FireTimer', at: clock.now(), actor: 'timer', timer: timer.id } as const;
  try {
    await submitter.submit(timer.instance, command);
    return true;
  } catch (error) {
    if (!(error instanceof Rejection)) log.error({ err: error, ...timer }, 'timer could not be fired');
    return false; // Somebody else fired it, or cancelled it.
  }
}

async function startByTimer(options: TimerWorkerOptions, timer: StartTimer, now: Instant): Promise<boolean> {
  const next = nextStart(timer, now);
  const { process, element, definition } = timer;
  const request = { process, element, definition, variables: {}, actor: 'timer' };
  try {
    await start(options, request, [{ type: 'start-timer', timer, next }]);
    return true;
  } catch (error) {
    if (!(error instanceof AlreadyDone))
      options.log.error({ err: error, ...timer }, 'process could not be started by its timer');
    return false;
  }
}

/** A cycle that was missed while nothing ran starts once, and then goes on in its rhythm. */
function nextStart({ dueAt, repeat }: StartTimer, now: Instant): Pick<StartTimer, 'dueAt' | 'repeat'> | null {
  const next = repeat && nextDueAfter({ due: dueAt, repeat }, now);
  return next && { dueAt: next.due, repeat: next.repeat ?? null };
}
