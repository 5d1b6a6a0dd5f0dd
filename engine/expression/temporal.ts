/** Dates, times and durations: all of it is feelin's; only this file and `value.ts` know its objects. */
import { FeelDate, FeelDateTime, FeelDuration, FeelFunction, FeelTime, duration, evaluate, parseDate } from 'feelin';
import { parseDateTime } from 'feelin';
import type { Instant } from '../instance.ts';
import { charge } from './budget.ts';
import { Invalid } from './invalid.ts';
import { kindOf } from './value.ts';
import type { FeelValue, Kind } from './value.ts';

/** Steps of one operation: some ten microseconds. */
const COST = 600;

const INSTANTS: ReadonlySet<Kind> = new Set(['date', 'time', 'date and time']);
const DURATIONS: ReadonlySet<Kind> = new Set(['days and time duration', 'years and months duration']);

/** Whether values of this type are feelin's objects. */
export function isTemporal(kind: Kind): boolean {
  return INSTANTS.has(kind) || DURATIONS.has(kind);
}

type Operation = (a: FeelValue, b: FeelValue) => FeelValue;

/** An operation as feelin has it, made once. It keeps its warnings for ever: give it only what it has an answer for. */
function prepared(text: string): Operation {
  const { value } = evaluate(`function(a, b) ${text}`, {}, 'camunda');
  if (!(value instanceof FeelFunction)) throw new Error(`Expected feelin to know "${text}".`);
  return (a, b) => {
    charge(COST);
    try {
      return (value.fn as Operation)(a, b) ?? null;
    } catch (error) {
      // Temporal throws a RangeError for dates out of its range; everything else is a bug
      if (error instanceof RangeError) return null;
      throw error;
    }
  };
}

const plus = prepared('a + b');
const minus = prepared('a - b');
const same = prepared('a = b');
const identical = prepared('is(a, b)');
const before = prepared('before(a, b)');

/**
 * A text whose order is that of the values, for those that have one: dates, and clock times without a zone or in UTC,
 * as long as years have four digits. Most comparisons are between such values.
 */
function sortable(value: FeelValue): string | null {
  if (value instanceof FeelDate) return value.iso.length === 10 ? value.iso : null;
  if (value instanceof FeelDateTime && value.iso.length < 31 && !/^[-+]/u.test(value.iso)) {
    if (value.timezone === null) return value.iso;
    return value.timezone === 'UTC' ? value.iso.slice(0, -1) : null;
  }
  return null;
}

function zoned(value: FeelValue): boolean {
  return value instanceof FeelDateTime && value.timezone !== null;
}

/** Equality of two temporal values of one type. */
export function equalTemporals(a: FeelValue, b: FeelValue): boolean | null {
  charge(1);
  const [left, right] = [sortable(a), sortable(b)];
  if (left !== null && right !== null) return left === right && zoned(a) === zoned(b);
  const result = same(a, b);
  return typeof result === 'boolean' ? result : null;
}

/** Whether two temporal values of one type are the same, zone included. */
export function identicalTemporals(a: FeelValue, b: FeelValue): boolean {
  return identical(a, b) === true;
}

/** Order of two temporal values of one type: -1, 0 or 1. */
export function compareTemporals(a: FeelValue, b: FeelValue): number {
  charge(1);
  const [left, right] = [sortable(a), sortable(b)];
  if (left !== null && right !== null) return left === right ? 0 : left < right ? -1 : 1;
  if (before(a, b) === true) return -1;
  return before(b, a) === true ? 1 : 0;
}

/** Arithmetic with at least one temporal value (DMN 1.3, 10.3.2.3.5, table 45); null where it has no meaning. */
export function calculate(operator: string, a: FeelValue, b: FeelValue): FeelValue {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (operator === '+') return addition(a, left, b, right);
  if (operator === '-') return subtraction(a, left, b, right);
  if (operator === '*') {
    if (a instanceof FeelDuration && typeof b === 'number') return scaled(a, b);
    return b instanceof FeelDuration && typeof a === 'number' ? scaled(b, a) : null;
  }
  if (operator === '/' && a instanceof FeelDuration) {
    if (typeof b === 'number') return b === 0 ? null : scaled(a, 1 / b);
    if (!(b instanceof FeelDuration) || left !== right) return null;
    const divisor = amountOf(b);
    return divisor === 0 ? null : amountOf(a) / divisor;
  }
  return null;
}

function addition(a: FeelValue, left: Kind, b: FeelValue, right: Kind): FeelValue {
  if (INSTANTS.has(left) && DURATIONS.has(right)) return plus(a, b);
  if (DURATIONS.has(left) && INSTANTS.has(right)) return plus(b, a);
  return DURATIONS.has(left) && left === right ? plus(a, b) : null;
}

function subtraction(a: FeelValue, left: Kind, b: FeelValue, right: Kind): FeelValue {
  if (INSTANTS.has(left) && DURATIONS.has(right)) return minus(a, b);
  if (DURATIONS.has(left) && left === right) return minus(a, b);
  if (a instanceof FeelDateTime && b instanceof FeelDateTime && a.timezone !== null && b.timezone !== null) {
    charge(COST);
    return duration(epochOf(a) - epochOf(b));
  }
  if (left === 'time' && right === 'time') return minus(a, b);
  return (left === 'date' || left === 'date and time') && (right === 'date' || right === 'date and time')
    ? minus(a, b)
    : null;
}

/** Offsets with seconds are unknown to Temporal's zones; `minus` compares the clocks then. */
function epochOf(value: FeelDateTime): number {
  return value.unwrap().toZonedDateTime(value.timezone ?? 'UTC').epochMilliseconds;
}

/** Months of a years and months duration, seconds of the other. */
function amountOf(value: FeelDuration): number {
  charge(COST);
  const { years, months, days, hours, minutes, seconds, milliseconds } = value.unwrap();
  if (value.yearsMonths) return years * 12 + months;
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds + milliseconds / 1000;
}

function scaled(value: FeelDuration, factor: number): FeelValue {
  const amount = amountOf(value) * factor;
  if (!Number.isFinite(amount) || Math.abs(amount) > 1e12) return null;
  if (!value.yearsMonths) return duration(Math.round(amount * 1000));
  return monthsDuration(Math.trunc(amount));
}

/** What `now()` gives: UTC. */
export function nowOf(at: Instant): FeelValue {
  charge(COST);
  return parseDateTime(new Date(at).toISOString());
}

/** What `today()` gives: the day in UTC. */
export function todayOf(at: Instant): FeelValue {
  charge(COST);
  return parseDate(new Date(at).toISOString().slice(0, 10));
}

/** The days from one date to another, both included; null when they are no dates or too many. */
export function* daysBetween(start: FeelDate, end: FeelDate): Generator<FeelValue> {
  const step = duration(compareTemporals(start, end) > 0 ? '-P1D' : 'P1D');
  for (let day: FeelValue = start; ; day = plus(day, step)) {
    yield day;
    if (day === null || same(day, end) === true) return;
  }
}

/** Properties of temporal values (DMN 1.3, table 65), by type. */
const PROPERTIES: Partial<Record<Kind, readonly string[]>> = {
  date: ['year', 'month', 'day', 'weekday'],
  time: ['hour', 'minute', 'second', 'time offset', 'timezone'],
  'date and time': ['year', 'month', 'day', 'weekday', 'hour', 'minute', 'second', 'time offset', 'timezone'],
  'years and months duration': ['years', 'months', 'days', 'hours', 'minutes', 'seconds'],
  'days and time duration': ['years', 'months', 'days', 'hours', 'minutes', 'seconds'],
};

/** A property of a temporal value; undefined when it has no such property. */
export function propertyOf(value: FeelValue, name: string): FeelValue {
  if (PROPERTIES[kindOf(value)]?.includes(name) !== true) return undefined;
  return (value as Record<string, FeelValue>)[name] ?? null;
}

/** A built-in function of feelin with the names of its parameters. */
export interface TemporalFunction {
  readonly parameters: readonly string[];
  readonly call: (values: readonly FeelValue[]) => FeelValue;
}

/** One of feelin's functions over temporal values. */
export function temporalFunction(name: string): TemporalFunction {
  const { value } = evaluate(`\`${name}\``, {}, 'camunda');
  const call = value as ((...values: readonly FeelValue[]) => FeelValue) & { $args?: readonly string[] };
  if (typeof call !== 'function' || !call.$args) throw new Error(`Expected feelin to have a function ${name}().`);
  return {
    parameters: call.$args,
    call(values) {
      charge(COST);
      try {
        return resultOf(call(...values));
      } catch (error) {
        // feelin throws for what it has not implemented (negative years): null, and the reason as a warning
        return new Invalid(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** feelin counts the days that are left, too, which such a duration cannot have. */
export function wholeMonths(value: FeelValue): FeelValue {
  if (!(value instanceof FeelDuration)) return value;
  const { years, months } = value.unwrap();
  return monthsDuration(years * 12 + months);
}

function monthsDuration(months: number): FeelValue {
  return duration(`${months < 0 ? '-' : ''}P${Math.abs(months)}M`);
}

/** feelin gives a record with a `template` where a function has no result. */
function resultOf(result: FeelValue): FeelValue {
  if (typeof result !== 'object' || result === null || !('template' in result)) return result ?? null;
  return new Invalid(`Expected a valid date, time or duration: ${String(result.template)}`);
}

/** The value of `@"..."`, undefined when it is none. */
export function atLiteral(source: string): FeelValue {
  try {
    return evaluate(source, {}, 'camunda').value ?? undefined;
  } catch {
    // feelin throws for what it has not implemented (negative years): not a value that we can work with
    return undefined;
  }
}

/** A temporal value as FEEL writes it. */
export function temporalText(value: FeelValue): string {
  return (value as FeelDate | FeelTime | FeelDateTime | FeelDuration).toString();
}

/** The absolute value of a duration. */
export function absolute(value: FeelDuration): FeelValue {
  const amount = amountOf(value);
  return amount < 0 ? scaled(value, -1) : value;
}

export { FeelDate, FeelDuration };
