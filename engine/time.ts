/** ISO 8601 durations, instants and repeating intervals, calculated with the calendar. */
import { DateTime, Duration, IANAZone } from 'luxon';
import type { Instant } from './instance.ts';

/** A text that is not the duration, instant, interval or zone that was expected. */
export class TimeError extends Error {
  override readonly name = 'TimeError';
  /** The text that was read. */
  readonly text: string;

  /** @param message what was expected and what was found */
  constructor(message: string, text: string) {
    super(message);
    this.text = text;
  }
}

/** A repeating interval: `R3/PT1H`. */
export interface Cycle {
  /** How often, -1 for ever. */
  repeats: number;
  /** The first time; without it, the period begins when the timer is armed. */
  start?: Instant;
  /** The zone that the start names. */
  zone?: string;
  /** ISO 8601 duration, longer than zero. */
  every: string;
}

const DURATION =
  /^[+-]?P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+([.,]\d+)?D)?(T(?=\d)(\d+([.,]\d+)?H)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?S)?)?$/u;
/** Hours and less need no calendar. */
const EXACT = /^PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?$/u;
const INSTANT = /^[+-]?\d{4,6}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/u;
const CYCLE = /^R(-1|\d*)\/(?:(.+)\/)?([^/]+)$/u;
const ZONED = /^(.*)\[([^[\]]+)\]$/u;

/**
 * Reads an ISO 8601 duration: `P1M`, `P2W`, `PT36H`, `-PT5M`.
 * @throws TimeError
 */
export function parseDuration(iso: string): Duration {
  const text = iso.trim();
  const duration = DURATION.test(text) ? Duration.fromISO(text.replace(/^\+/u, '')) : Duration.invalid('form');
  if (duration.isValid) return duration;
  throw new TimeError(`Expected an ISO 8601 duration such as PT4H or P1D, but found "${iso}".`, iso);
}

/**
 * The instant one duration after another instant, by the calendar of the zone: a month after 31 January is the last of
 * February, a day is 23 or 25 hours long where the clock is changed; hours and less are exact.
 * @param zone IANA name, `Asia/Shanghai`
 * @throws TimeError when the duration or the zone is none
 */
export function addDuration(at: Instant, iso: string, zone = 'UTC'): Instant {
  checkZone(zone);
  const exact = iso.length > 2 ? EXACT.exec(iso) : null;
  if (exact)
    return at + Number(exact[1] ?? 0) * 3_600_000 + Number(exact[2] ?? 0) * 60_000 + Number(exact[3] ?? 0) * 1000;
  const sum = DateTime.fromMillis(at, { zone }).plus(parseDuration(iso));
  if (sum.isValid) return Math.round(sum.toMillis());
  throw new TimeError(`Expected a duration that stays within the calendar, but found "${iso}".`, iso);
}

/**
 * Reads a repeating interval: `R3/PT1H`, `R/PT1H`, `R/2026-01-01T00:00:00Z/P1D`.
 * @param zone of a start without offset
 * @throws TimeError
 */
export function parseCycle(text: string, zone = 'UTC'): Cycle {
  const [, count = '', start, every = ''] = CYCLE.exec(text.trim()) ?? [];
  if (!DURATION.test(every)) {
    const wanted = 'a repeating interval such as R3/PT1H or R/2026-01-01T00:00:00Z/P1D (count, start, period)';
    throw new TimeError(`Expected ${wanted}, but found "${text}".`, text);
  }
  if (addDuration(0, every) <= 0) {
    throw new TimeError(`Expected a period longer than zero, but found "${text}".`, text);
  }
  const repeats = count === '' ? -1 : Number(count);
  if (start === undefined) return { repeats, every };
  const named = ZONED.exec(start)?.[2];
  const begun = { repeats, start: parseInstant(start, zone), every };
  return named === undefined ? begun : { ...begun, zone: named };
}

/**
 * Reads a date or a date-time: `2026-01-31`, `2026-01-31T08:00`, `2026-01-31T08:00:00+08:00`,
 * `2026-01-31T08:00:00[Asia/Shanghai]`. Without an offset it is the wall clock of the zone that is named in it, else of
 * `zone` (UTC unless given); a date alone is its midnight.
 * @returns ms since the epoch
 * @throws TimeError
 */
export function parseInstant(iso: string, zone = 'UTC'): Instant {
  const [, wall, named] = ZONED.exec(iso.trim()) ?? [];
  if (wall !== undefined && named !== undefined) return parseInstant(wall, named);
  checkZone(zone);
  const text = iso.trim();
  const instant = INSTANT.test(text) ? DateTime.fromISO(text, { zone }) : DateTime.invalid('form');
  if (instant.isValid) return instant.toMillis();
  throw new TimeError(`Expected an ISO 8601 date-time such as 2026-01-31T08:00:00Z, but found "${iso}".`, iso);
}

/**
 * The instant a number of durations after another instant, by the calendar of the zone: two months after 31 January are
 * 31 March.
 * @throws TimeError
 */
export function addDurations(at: Instant, iso: string, count: number, zone = 'UTC'): Instant {
  checkZone(zone);
  const whole = parseDuration(iso).mapUnits((amount) => amount * count);
  const sum = DateTime.fromMillis(at, { zone }).plus(whole);
  if (sum.isValid) return Math.round(sum.toMillis());
  throw new TimeError(`Expected a duration that stays within the calendar, but found ${count} times "${iso}".`, iso);
}

/**
 * Refuses what is no IANA name of a time zone.
 * @throws TimeError
 */
export function checkZone(zone: string): void {
  if (zone !== 'UTC' && !IANAZone.isValidZone(zone)) {
    throw new TimeError(`Expected the name of a time zone such as Asia/Shanghai, but found "${zone}".`, zone);
  }
}
