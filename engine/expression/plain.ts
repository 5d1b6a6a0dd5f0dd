/** The border between FEEL values and JSON: temporal values are feelin's objects inside, ISO 8601 strings outside. */
import {
  FeelDate,
  FeelDateTime,
  FeelDuration,
  FeelFunction,
  FeelTime,
  duration,
  isRange,
  parseDate,
  parseDateTime,
  parseTime,
} from 'feelin';
import type { Value } from '../instance.ts';
import type { FeelValue } from './feel.ts';

/** A date, time, date-time or duration from its text; null when it is none. */
export function readTemporal(kind: 'date' | 'time' | 'date and time' | 'duration', text: string): FeelValue {
  try {
    if (kind === 'duration') return duration(text);
    if (kind === 'date') return parseDate(text);
    return kind === 'time' ? parseTime(text) : parseDateTime(text);
  } catch {
    // feelin throws for what it has not implemented (negative years): not a date that we can work with
    return null;
  }
}

/** Turns a FEEL value into JSON: temporal values become ISO 8601 strings; ranges and functions null and a warning. */
export function toPlain(value: FeelValue, warn: (warning: string) => void): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return plainNumber(value, warn);
  if (Array.isArray(value)) return value.map((item) => toPlain(item, warn));
  if (value instanceof FeelDateTime || value instanceof FeelTime) return isoWithOffset(value);
  if (value instanceof FeelDate || value instanceof FeelDuration) return value.iso;
  if (isRange(value) || value instanceof FeelFunction || typeof value === 'function') {
    warn(`Expected a value that JSON can hold, but found a ${isRange(value) ? 'range' : 'function'}; null is used.`);
    return null;
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toPlain(entry, warn)]));
}

function plainNumber(value: number, warn: (warning: string) => void): Value {
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  warn('Expected a finite number, but the calculation has none; null is used.');
  return null;
}

/** ISO 8601 knows offsets, but no named zones: `10:00:00@Europe/Paris` is written with the offset that holds then. */
function isoWithOffset(value: FeelDateTime | FeelTime): string {
  const named = value.iso.indexOf('@');
  if (named < 0) return value.iso;
  const seconds = Math.round(value['time offset'].unwrap().total('seconds'));
  const [hours, minutes, rest] = [Math.abs(seconds) / 3600, (Math.abs(seconds) / 60) % 60, Math.abs(seconds) % 60];
  const digits = [hours, minutes, ...(rest ? [rest] : [])].map((part) => String(Math.floor(part)).padStart(2, '0'));
  return `${value.iso.slice(0, named)}${seconds < 0 ? '-' : '+'}${digits.join(':')}`;
}
