/** When a timer is due, and when it is due again: dates, durations, repeating intervals and cron texts. */
import { Cron } from 'croner';
import type { Instant, Repeat } from './instance.ts';
import { addDuration, addDurations, checkZone, parseCycle, parseInstant, TimeError } from './time.ts';

export type TimerKind = 'date' | 'duration' | 'cycle';

/** A time that comes, and how it goes on after that. */
export interface Due {
  readonly due: Instant;
  readonly repeat?: Repeat;
}

/** Years, months, weeks or days: their length depends on the calendar. */
const CALENDAR = /^P[^T]*\d[YM]/u;
const DAYS = /^P[^T]*\d[YMWD]/u;

/**
 * The first time that a timer is due; null for a cycle that never is (R0, or a cron text that fits no date).
 * @param text ISO 8601; of a cycle also cron: six fields from seconds to weekday, five from minutes, or `@daily` and the like
 * @param zone IANA name, of the calendar and of times without offset
 * @throws TimeError
 */
export function firstDue(kind: TimerKind, text: string, at: Instant, zone = 'UTC'): Due | null {
  if (kind === 'date') return { due: parseInstant(text, zone) };
  if (kind === 'duration') return { due: addDuration(at, text, zone) };
  return text.trim().startsWith('R') ? firstOfCycle(text, at, zone) : nextByCron(text.trim(), at, zone);
}

function firstOfCycle(text: string, at: Instant, zone: string): Due | null {
  const { repeats, start, every, zone: named = zone } = parseCycle(text, zone);
  if (repeats === 0) return null;
  const due = start ?? addDuration(at, every, named);
  const repeat: Repeat = { left: repeats < 0 ? -1 : repeats - 1, every };
  if (named !== 'UTC') repeat.zone = named;
  // A period that is as long every time needs no start to count from.
  const counted = CALENDAR.test(every) || (named !== 'UTC' && DAYS.test(every));
  if (!counted) return { due, repeat };
  return { due, repeat: start === undefined ? { ...repeat, start: at, count: 1 } : { ...repeat, start, count: 0 } };
}

/** When a timer that was due then is due again; null when it was the last time. */
export function nextDue({ due, repeat }: Due): Due | null {
  if (!repeat || repeat.left === 0) return null;
  const { every, zone = 'UTC', start, count } = repeat;
  if (!every.startsWith('P')) return nextByCron(every, due, zone);
  const left = repeat.left < 0 ? -1 : repeat.left - 1;
  if (start === undefined || count === undefined) {
    return { due: addDuration(due, every, zone), repeat: { ...repeat, left } };
  }
  return {
    due: addDurations(start, every, count + 1, zone),
    repeat: { ...repeat, left, count: count + 1 },
  };
}

/** When a timer that was due then, and was missed until now, is due after now in its rhythm; null when that is over. */
export function nextDueAfter(timer: Due, now: Instant): Due | null {
  const { repeat } = timer;
  if (repeat && !repeat.every.startsWith('P')) return nextByCron(repeat.every, Math.max(now, timer.due), repeat.zone);
  let next: Due | null = skipped(timer, now);
  do next = next && nextDue(next);
  while (next && next.due <= now);
  return next;
}

/** The same timer moved on by as many whole periods as fit before now, where they are as long every time. */
function skipped({ due, repeat }: Due, now: Instant): Due {
  if (!repeat || repeat.start !== undefined || now <= due) return repeat ? { due, repeat } : { due };
  const period = addDuration(due, repeat.every) - due;
  const fitting = Math.floor((now - due) / period);
  const count = repeat.left < 0 ? fitting : Math.min(fitting, repeat.left);
  return { due: due + count * period, repeat: { ...repeat, left: repeat.left < 0 ? -1 : repeat.left - count } };
}

/** null when no date fits the text any more. */
function nextByCron(text: string, after: Instant, zone = 'UTC'): Due | null {
  checkZone(zone);
  const next = parseCron(text, zone).nextRun(new Date(after));
  if (!next) return null;
  return { due: next.getTime(), repeat: zone === 'UTC' ? { left: -1, every: text } : { left: -1, every: text, zone } };
}

/** Without a function to call it schedules nothing. */
function parseCron(text: string, zone: string): Cron {
  try {
    return new Cron(text.replaceAll('?', '*'), { timezone: zone, domAndDow: true, paused: true });
  } catch (cause) {
    const wanted = 'a repeating interval such as R3/PT1H or a cron text such as "0 0 9-17 * * MON-FRI"';
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new TimeError(`Expected ${wanted}, but found "${text}" (${found}).`, text);
  }
}
