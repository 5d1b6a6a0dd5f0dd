/** Instants as a reader sees them: in their zone and language, the exact instant beside it. */
import type { Instant } from '../../engine/instance.ts';
import type { Locale } from './locales.ts';

const tags: Record<Locale, string> = { en: 'en-GB', zh: 'zh-CN' };
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, zone: string, kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${kind}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(tags[locale], { ...options, timeZone: zone })));
  return found;
}

/** True for a name of the time zone database that this Node knows. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // the only thing thrown is RangeError for an unknown zone
  }
}

const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };
const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/**
 * Today only the time ("10:40"), this year day and time ("3 Nov, 10:40"), else the date with its year.
 * @param now what counts as today
 */
export function timeText(at: Instant, locale: Locale, zone: string, now: Instant): string {
  const date = format(locale, zone, 'day', day);
  if (date.format(at) === date.format(now)) return format(locale, zone, 'clock', clock).format(at);
  const year = format(locale, zone, 'year', { year: 'numeric' });
  if (year.format(at) === year.format(now)) {
    return format(locale, zone, 'short', { month: 'short', day: 'numeric', ...clock }).format(at);
  }
  return format(locale, zone, 'long', { year: 'numeric', month: 'short', day: 'numeric' }).format(at);
}

/** The exact instant in the reader's zone with its offset, for the hover. */
export function exactTimeText(at: Instant, locale: Locale, zone: string): string {
  const options: Intl.DateTimeFormatOptions = { ...day, ...clock, second: '2-digit', timeZoneName: 'longOffset' };
  return format(locale, zone, 'exact', options).format(at);
}
