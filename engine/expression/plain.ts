/** The border between FEEL values and JSON: temporal values are feelin's objects inside, ISO 8601 strings outside. */
import { FeelDate, FeelDateTime, FeelDuration, FeelTime, duration, parseDate, parseDateTime, parseTime } from 'feelin';
import type { Value } from '../instance.ts';
import { BudgetExceeded, DEPTH_LIMIT, SIZE_LIMIT, charge } from './budget.ts';
import { FunctionValue, Range } from './value.ts';
import type { FeelValue } from './value.ts';

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

/** One conversion: how much of it was written so far, in characters. */
interface Conversion {
  size: number;
  depth: number;
  readonly warn: (warning: string) => void;
}

/**
 * Turns a FEEL value into JSON: temporal values become ISO 8601 strings; ranges and functions null and a warning.
 * @throws BudgetExceeded for a value of more than a million characters
 */
export function toPlain(value: FeelValue, warn: (warning: string) => void): Value {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  return convert(value, { size: 0, depth: 0, warn });
}

function convert(value: FeelValue, conversion: Conversion): Value {
  conversion.size += typeof value === 'string' ? value.length + 2 : 4;
  if (conversion.size > SIZE_LIMIT) {
    throw new BudgetExceeded(`give a value of at most ${SIZE_LIMIT} characters of JSON`);
  }
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return plainNumber(value, conversion.warn);
  if (value instanceof FeelDateTime || value instanceof FeelTime) return isoWithOffset(value);
  if (value instanceof FeelDate || value instanceof FeelDuration) return value.iso;
  if (value instanceof Range || value instanceof FunctionValue || typeof value === 'function') {
    const found = value instanceof Range ? 'range' : 'function';
    conversion.warn(`Expected a value that JSON can hold, but found a ${found}; null is used.`);
    return null;
  }
  conversion.depth += 1;
  if (conversion.depth > DEPTH_LIMIT) {
    throw new BudgetExceeded(`nest calls and values no deeper than ${DEPTH_LIMIT} levels`);
  }
  const result = Array.isArray(value)
    ? value.map((item) => convert(item, conversion))
    : convertEntries(value, conversion);
  conversion.depth -= 1;
  return result;
}

function convertEntries(value: object, conversion: Conversion): Value {
  const result: Record<string, Value> = {};
  for (const [key, entry] of Object.entries(value) as [string, FeelValue][]) {
    conversion.size += key.length + 3;
    result[key] = convert(entry, conversion);
  }
  return result;
}

function plainNumber(value: number, warn: (warning: string) => void): Value {
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  warn('Expected a finite number, but the calculation has none; null is used.');
  return null;
}

/** Steps to look up which offset a zone has at a moment: some 150 microseconds. */
const ZONE_COST = 4000;

/** ISO 8601 knows offsets, but no named zones: `10:00:00@Europe/Paris` is written with the offset that holds then. */
function isoWithOffset(value: FeelDateTime | FeelTime): string {
  const named = value.iso.indexOf('@');
  if (named < 0) return value.iso;
  charge(ZONE_COST);
  const seconds = Math.round(value['time offset'].unwrap().total('seconds'));
  const [hours, minutes, rest] = [Math.abs(seconds) / 3600, (Math.abs(seconds) / 60) % 60, Math.abs(seconds) % 60];
  const digits = [hours, minutes, ...(rest ? [rest] : [])].map((part) => String(Math.floor(part)).padStart(2, '0'));
  return `${value.iso.slice(0, named)}${seconds < 0 ? '-' : '+'}${digits.join(':')}`;
}
