/** Functions over ranges and points (DMN 1.3, 10.3.4.7, table 78). */
import { equals, includes, order } from '../compare.ts';
import { Range } from '../value.ts';
import type { FeelValue } from '../value.ts';
import { MISMATCH, define } from './built-in.ts';
import type { BuiltIn } from './built-in.ts';

/** A range or a point, as bounds. */
interface Bounds {
  readonly start: FeelValue;
  readonly end: FeelValue;
  readonly startIncluded: boolean;
  readonly endIncluded: boolean;
  readonly point: boolean;
}

function boundsOf(value: FeelValue): Bounds {
  if (!(value instanceof Range)) {
    return { start: value, end: value, startIncluded: true, endIncluded: true, point: true };
  }
  const { start, end, startIncluded, endIncluded } = value;
  return { start, end, startIncluded, endIncluded, point: false };
}

/** Order of two bounds, where null stands for the far end; NaN when they have none. */
function distance(a: FeelValue, b: FeelValue): number {
  return order(a, b) ?? Number.NaN;
}

type Relation = (a: Bounds, b: Bounds) => boolean;

/** Whether all of `a` lies before all of `b`. */
const before: Relation = (a, b) => {
  const gap = distance(a.end, b.start);
  return gap < 0 || (gap === 0 && !(a.endIncluded && b.startIncluded));
};

const meets: Relation = (a, b) => distance(a.end, b.start) === 0 && a.endIncluded && b.startIncluded;
const overlaps: Relation = (a, b) => !before(a, b) && !before(b, a);

const sameStart: Relation = (a, b) => distance(a.start, b.start) === 0 && a.startIncluded === b.startIncluded;
const sameEnd: Relation = (a, b) => distance(a.end, b.end) === 0 && a.endIncluded === b.endIncluded;

const startsEarlier: Relation = (a, b) => {
  const gap = distance(a.start, b.start);
  return gap < 0 || (gap === 0 && a.startIncluded && !b.startIncluded);
};
const endsEarlier: Relation = (a, b) => {
  const gap = distance(a.end, b.end);
  return gap < 0 || (gap === 0 && !a.endIncluded && b.endIncluded);
};

const overlapsBefore: Relation = (a, b) =>
  startsEarlier(a, b) && overlaps(a, b) && (endsEarlier(a, b) || sameEnd(a, b));
const finishes: Relation = (a, b) => {
  if (a.point) return b.endIncluded && distance(a.end, b.end) === 0;
  return sameEnd(a, b) && (startsEarlier(b, a) || sameStart(a, b));
};
const starts: Relation = (a, b) => {
  if (a.point) return b.startIncluded && distance(a.start, b.start) === 0;
  return sameStart(a, b) && (endsEarlier(a, b) || sameEnd(a, b));
};

const NAMES = [
  ['point1', 'point2'],
  ['point', 'range'],
  ['range', 'point'],
  ['range1', 'range2'],
  ['a', 'b'],
];

/** A relation of two ranges or points; `points` says how many of them may be points. */
function relation(holds: Relation, points: 'both' | 'first' | 'none'): BuiltIn {
  const fits = (a: Bounds, b: Bounds) => points === 'both' || (points === 'first' ? !b.point : !a.point && !b.point);
  return define(
    ['range1: any', 'range2: any'],
    (one, other) => {
      const [a, b] = [boundsOf(one), boundsOf(other)];
      const comparable = [a.start, a.end].some((bound) => [b.start, b.end].some((end) => order(bound, end) !== null));
      return comparable && fits(a, b) ? holds(a, b) : MISMATCH;
    },
    NAMES,
  );
}

/** The same relation seen from the other side. */
function reversed(holds: Relation): Relation {
  return (a, b) => holds(b, a);
}

/** The converse of a relation whose first side may be a point. */
function converse(holds: Relation, points: 'first' | 'none'): BuiltIn {
  const { call } = relation(holds, points);
  return { parameters: ['range1', 'range2'], aliases: NAMES, most: 2, call: ([a, b], run) => call([b, a], run) };
}

const contains: Relation = (a, b) => {
  const range = new Range(a.start, a.end, a.startIncluded, a.endIncluded);
  return includes(range, b.point ? b.start : new Range(b.start, b.end, b.startIncluded, b.endIncluded)) === true;
};
const coincides: Relation = (a, b) =>
  a.point && b.point ? equals(a.start, b.start) === true : sameStart(a, b) && sameEnd(a, b);

export const RANGE_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  before: relation(before, 'both'),
  after: relation(reversed(before), 'both'),
  meets: relation(meets, 'none'),
  'met by': relation(reversed(meets), 'none'),
  overlaps: relation(overlaps, 'none'),
  'overlaps before': relation(overlapsBefore, 'none'),
  'overlaps after': relation(reversed(overlapsBefore), 'none'),
  finishes: relation(finishes, 'first'),
  'finished by': converse(finishes, 'first'),
  includes: converse(reversed(contains), 'first'),
  during: relation(reversed(contains), 'first'),
  starts: relation(starts, 'first'),
  'started by': converse(starts, 'first'),
  coincides: relation(coincides, 'both'),
};
