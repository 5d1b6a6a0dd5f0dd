/** Equality, order and membership (DMN 1.3, 10.3.2.3 and 10.3.2.5). */
import { charge, enter, leave } from './budget.ts';
import { compareTemporals, equalTemporals, isTemporal } from './temporal.ts';
import { FunctionValue, Range, isList, kindOf, unwrapped } from './value.ts';
import type { Context, FeelValue } from './value.ts';

/** Equality; null when the types cannot be compared. A list of one equals its item. */
export function equals(a: FeelValue, b: FeelValue): boolean | null {
  if (a === b && typeof a !== 'object') return true;
  if (typeof a === 'string' || typeof a === 'number') {
    if (typeof b === typeof a) return a === b;
  }
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null);
  return equalObjects(a, b);
}

function equalObjects(a: FeelValue, b: FeelValue): boolean | null {
  if (isList(a) !== isList(b)) {
    const [one, other] = [unwrapped(a), unwrapped(b)];
    return isList(one) || isList(other) ? null : equals(one, other);
  }
  if (isList(a) && isList(b)) return equalLists(a, b);
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return null;
  if (kind === 'context') return equalContexts(a as Context, b as Context);
  if (isTemporal(kind)) return equalTemporals(a, b);
  if (!(a instanceof Range) || !(b instanceof Range)) return a === b;
  const included = a.startIncluded === b.startIncluded && a.endIncluded === b.endIncluded;
  return included && equalBounds(a.start, b.start) && equalBounds(a.end, b.end);
}

function equalBounds(a: FeelValue, b: FeelValue): boolean {
  return a === undefined || b === undefined ? a === b : equals(a, b) === true;
}

function equalLists(a: readonly FeelValue[], b: readonly FeelValue[]): boolean {
  charge(1);
  if (a.length !== b.length) return false;
  charge(a.length);
  enter(1);
  const result = a.every((item, index) => equals(item, b[index]) === true);
  leave(1);
  return result;
}

function equalContexts(a: Context, b: Context): boolean {
  const keys = Object.keys(a);
  charge(keys.length + 1);
  if (keys.length !== Object.keys(b).length) return false;
  enter(1);
  const result = keys.every((key) => Object.hasOwn(b, key) && equals(a[key], b[key]) === true);
  leave(1);
  return result;
}

/** Order of two values of one type: negative, 0 or positive; null when they have none. */
export function order(a: FeelValue, b: FeelValue): number | null {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    charge(Math.min(a.length, b.length) >> 6);
    if (a === b) return 0;
    return a < b ? -1 : 1;
  }
  if (isList(a) || isList(b)) {
    const [one, other] = [unwrapped(a), unwrapped(b)];
    return isList(one) || isList(other) ? null : order(one, other);
  }
  const kind = kindOf(a);
  return isTemporal(kind) && kind === kindOf(b) ? compareTemporals(a, b) : null;
}

/** What an order means for each operator. */
export const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
};

/** A range from its bounds; null when they cannot be the bounds of one. */
export function rangeOf(start: FeelValue, end: FeelValue, startIncluded: boolean, endIncluded: boolean): Range | null {
  const known = [start, end].filter((bound) => bound !== null);
  if (known.some((bound) => order(bound, bound) === null)) return null;
  if (known.length === 2 && order(start, end) === null) return null;
  return new Range(start, end, startIncluded, endIncluded);
}

/** Whether a value lies between two bounds, which may be given in falling order; null when FEEL cannot tell. */
export function isBetween(
  value: FeelValue,
  start: FeelValue,
  end: FeelValue,
  startIncluded: boolean,
  endIncluded: boolean,
): boolean | null {
  if (start === undefined || end === undefined) {
    const [low, high] = [start === undefined ? 1 : order(value, start), end === undefined ? -1 : order(value, end)];
    if (low === null || high === null) return null;
    return (low > 0 || (low === 0 && startIncluded)) && (high < 0 || (high === 0 && endIncluded));
  }
  const [direction, low, high] = [order(start, end), order(value, start), order(value, end)];
  if (direction === null || low === null || high === null) return null;
  if (direction > 0) return isBetween(value, end, start, endIncluded, startIncluded);
  return (low > 0 || (low === 0 && startIncluded)) && (high < 0 || (high === 0 && endIncluded));
}

/** Whether a range holds a value or another range; null when FEEL cannot tell. */
export function includes(range: Range, value: FeelValue): boolean | null {
  const { start, end, startIncluded, endIncluded } = range;
  if (!(value instanceof Range)) return isBetween(value, start, end, startIncluded, endIncluded);
  const [from, to] = [gap(start, value.start), gap(end, value.end)];
  if (from === null || to === null) return null;
  const starts = start === undefined || from < 0 || (from === 0 && (startIncluded || !value.startIncluded));
  return starts && (end === undefined || to > 0 || (to === 0 && (endIncluded || !value.endIncluded)));
}

/** Order of an outer and an inner bound; NaN when only the inner one has none, so that nothing holds. */
function gap(outer: FeelValue, inner: FeelValue): number | null {
  if (outer === undefined) return 0;
  return inner === undefined ? Number.NaN : order(outer, inner);
}

/** Whether `value` is among what `test` stands for: a range, a condition, or a value. */
export function passes(test: FeelValue, value: FeelValue): boolean | null {
  if (test instanceof Range) return includes(test, value);
  if (test instanceof FunctionValue) {
    const result = test.call([value]);
    return typeof result === 'boolean' ? result : null;
  }
  return equals(test, value) === true;
}

/** Whether one of the tests passes: three-valued `or`. */
export function passesAny(tests: readonly FeelValue[], value: FeelValue): boolean | null {
  charge(tests.length);
  let unknown = false;
  for (const test of tests) {
    const result = passes(test, value);
    if (result === true) return true;
    if (result === null) unknown = true;
  }
  return unknown ? null : false;
}
