import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Rejection, nextDueAfter } from '../../engine/index.ts';
import type { Instant } from '../../engine/index.ts';
import type { Database } from '../db/database.ts';
import { bucketOf, bucketOfKey } from '../db/key.ts';
import { advanceStartTimer, readDueStartTimers, readNextStart } from '../db/start-timers.ts';
import type { StartTimer } from '../db/start-timers.ts';
import { readDueTimers, readNextDue, stillArmed } from '../db/timers.ts';
import type { TimerRow } from '../db/timers.ts';
import type { Change } from './change.ts';
import { AlreadyDone } from './guard.ts';
import { LONGEST_SLEEP, createLoop } from './loop.ts';
import type { Loop, Pass } from './loop.ts';
import { start } from './starts.ts';
import type { StartOptions } from './starts.ts';

/** So many are fired together. */
const PAGE = 256;
/** So many of what is due are read at once; more than a page is a backlog. */
const WINDOW = 4096;
/** So often everything that is due is looked for, however old, ms of real time. */
const FULL_LOOK = 30_000;
/** After another process was faster this one leaves it a head start, twice as long each time: from, to, ms of real time. */
const HEAD_START = 100;
const LONGEST_HEAD_START = 1600;
/** How long it is remembered that a process was started for a time, ms. */
const REMEMBERED = 366 * 24 * 3600_000;

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
 * the others do nothing. Processes do not know of each other. So that they seldom try the same, each begins a backlog
 * somewhere else; and of what comes one by one, whoever was too late leaves the others a head start from then on.
 */
export function createTimerWorker(options: TimerWorkerOptions): TimerWorker {
  const { db, clock, log } = options;
  /** Low-water mark: nothing older is there to be found, only dead rows of the index. */
  let from: Instant = -Infinity;
  /** The earliest that was heard of since the look began: the look may not have seen it. */
  let heard: Instant = Infinity;
  let lookedFully = -Infinity;
  let headStart = 0;
  let wakeAt: Instant = -Infinity;

  const fireDue = async (due: readonly TimerRow[]): Promise<Round> => {
    if (due.length > PAGE) return fireAll(options, inTurn(due));
    if (due.length > 0 && headStart > 0) await sleep(headStart * (1 + Math.random()));
    return fireAll(options, headStart > 0 ? await stillArmed(db, due) : due);
  };
  const look = async (): Promise<Pass> => {
    const now = clock.now();
    heard = Infinity;
    if (performance.now() - lookedFully > FULL_LOOK) {
      from = -Infinity;
      lookedFully = performance.now();
    }
    const due = await readDueTimers(db, Number.isFinite(from) ? from : 0, now, WINDOW);
    const { fired, lost: late, stuck } = await fireDue(due);
    headStart = headStartAfter(headStart, fired, late);
    const starting = await readDueStartTimers(db, now, PAGE);
    const started = (await Promise.all(starting.map((timer) => startByTimer(options, timer, now)))).filter(Boolean);
    // Nothing sleeps longer, so nothing further away need be known: dead rows of cancelled timers lie there.
    const until = now + LONGEST_SLEEP;
    const next = Math.min((await readNextDue(db, now, until)) ?? until, (await readNextStart(db)) ?? until);
    // What cannot be fired keeps the mark low; it is tried again later.
    const passed = due.length < WINDOW ? now : (due.at(-1)?.dueAt ?? now);
    from = Math.min(passed, stuck, heard);
    const more = due.length === WINDOW && fired > 0 && stuck === Infinity;
    wakeAt = more ? -Infinity : Math.min(next, heard);
    const done = fired + started.length;
    const blocked = done === 0 && (stuck < Infinity || starting.length > 0) && heard === Infinity;
    return { done, sleep: blocked ? Infinity : wakeAt - clock.now() };
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

/** What became of timers that were due. */
interface Round {
  fired: number;
  /** Another process fired them, or a command cancelled them. */
  lost: number;
  /** The earliest due time of those that could not be fired; Infinity without any. */
  stuck: Instant;
}

/** Bucket by bucket, from an instance that is drawn anew each time, around; its timers stay in their order. */
function inTurn(due: readonly TimerRow[]): TimerRow[] {
  const groups = new Map<string, { bucket: number; timers: TimerRow[] }>();
  for (const timer of due) {
    const group = groups.get(timer.instance) ?? { bucket: bucketOfKey(timer.instance), timers: [] };
    group.timers.push(timer);
    groups.set(timer.instance, group);
  }
  const order = [...groups.values()].sort((a, b) => a.bucket - b.bucket);
  const first = Math.floor(Math.random() * order.length);
  return [...order.slice(first), ...order.slice(0, first)].flatMap(({ timers }) => timers);
}

/** Whoever was too late leaves more time to the others, whoever was not leaves less. */
function headStartAfter(headStart: number, fired: number, lost: number): number {
  if (lost > fired) return Math.min(Math.max(headStart * 2, HEAD_START), LONGEST_HEAD_START);
  if (fired === 0) return headStart;
  return headStart > HEAD_START ? headStart / 2 : 0;
}

/** Fires page by page: while one is being committed the next is looked at again and queued. */
async function fireAll(options: TimerWorkerOptions, due: readonly TimerRow[]): Promise<Round> {
  const round: Round = { fired: 0, lost: 0, stuck: Infinity };
  let rest = [...due];
  let before = Promise.resolve(true);
  for (let first = true, free = true; free && rest.length > 0; first = false) {
    const page = rest.splice(0, PAGE);
    const open = first ? page : await stillArmed(options.db, page);
    const firing = firePage(options, open, round);
    // Here another process is at work: go on somewhere else.
    if (open.length < page.length / 2) rest = inTurn(rest);
    free = await before;
    before = firing;
  }
  await before;
  for (const { dueAt } of rest) round.stuck = Math.min(round.stuck, dueAt);
  return round;
}

/** false when something is in the way: then nothing else is tried. */
async function firePage(options: TimerWorkerOptions, page: readonly TimerRow[], round: Round): Promise<boolean> {
  const errors = await Promise.all(page.map((timer) => fire(options, timer)));
  const failed: unknown[] = [];
  for (const [index, error] of errors.entries()) {
    if (error === null) round.fired += 1;
    else if (error instanceof Rejection) round.lost += 1;
    else {
      failed.push(error);
      round.stuck = Math.min(round.stuck, page[index]?.dueAt ?? Infinity);
    }
  }
  if (failed.length > 0) options.log.error({ err: failed[0], timers: failed.length }, 'timers could not be fired');
  return failed.length === 0;
}

/** How late each timer was that these changes of this process fired: ms from when it was due until `now`. */
export function timerLateness(changes: readonly Change[], now: Instant): number[] {
  return changes.flatMap(({ before, command }) => {
    if (command.type !== 'FireTimer') return [];
    const timer = before?.timers.find(({ id }) => id === command.timer);
    return timer === undefined ? [] : [now - timer.due];
  });
}

/** null when this process fired it, else why not. */
async function fire({ clock, submitter }: TimerWorkerOptions, timer: TimerRow): Promise<unknown> {
  const command = { type: 'FireTimer', at: clock.now(), actor: 'timer', timer: timer.id } as const;
  try {
    await submitter.submit(timer.instance, command);
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * Starts the process, which is remembered with the instance; then the timer goes on. Once for each time, also when the
 * process is deployed again. false when nothing was done.
 */
async function startByTimer(options: TimerWorkerOptions, timer: StartTimer, now: Instant): Promise<boolean> {
  const { process, element, definition, dueAt } = timer;
  const request = { process, element, definition, variables: {}, actor: 'timer' };
  const id = [process, element, definition, dueAt].join('/');
  const bucket = bucketOf('start-timer', id);
  const once = { bucket, kind: 'start-timer', id, expiresAt: now + REMEMBERED };
  try {
    await start(options, request, { bucket, guards: [{ type: 'once', once }] }).catch(unlessDone);
    return (await advanceStartTimer(options.db, timer, nextStart(timer, now))) > 0;
  } catch (error) {
    options.log.error({ err: error, ...timer }, 'process could not be started by its timer');
    return false;
  }
}

/** Another process, or this one before it was interrupted, has started it. */
function unlessDone(error: unknown): void {
  if (!(error instanceof AlreadyDone)) throw error;
}

/** A cycle that was missed while nothing ran starts once, and then goes on in its rhythm. */
function nextStart({ dueAt, repeat }: StartTimer, now: Instant): Pick<StartTimer, 'dueAt' | 'repeat'> | null {
  const next = repeat && nextDueAfter({ due: dueAt, repeat }, now);
  return next && { dueAt: next.due, repeat: next.repeat ?? null };
}
