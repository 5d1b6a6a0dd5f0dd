/** What a value can be while FEEL is evaluated. */
import { FeelDate, FeelDateTime, FeelDuration, FeelTime } from 'feelin';

/** A value during evaluation: JSON, one of feelin's temporal objects, a range or a function. */
export type FeelValue = unknown;

/** A context of FEEL: named entries. */
export type Context = Readonly<Record<string, FeelValue>>;

/**
 * A range (DMN 1.3, 10.3.2.7). A bound is undefined where there is none (`> 3`), null where its value is unknown. Its
 * prototype tells it from a context.
 */
export class Range {
  readonly start: FeelValue;
  readonly end: FeelValue;
  readonly startIncluded: boolean;
  readonly endIncluded: boolean;

  constructor(start: FeelValue, end: FeelValue, startIncluded: boolean, endIncluded: boolean) {
    this.start = start;
    this.end = end;
    this.startIncluded = startIncluded;
    this.endIncluded = endIncluded;
  }
}

/** A function (DMN 1.3, 10.3.2.13.2). Its prototype tells it from a context. */
export class FunctionValue {
  readonly parameters: readonly string[];
  /** One value for each parameter, those that were not given undefined; more when the last parameter takes many. */
  readonly call: (values: readonly FeelValue[]) => FeelValue;
  /** How many values must be given at least, and may be given at most, by position. */
  readonly least: number;
  readonly most: number;

  constructor(
    parameters: readonly string[],
    call: (values: readonly FeelValue[]) => FeelValue,
    least = parameters.length,
    most = parameters.length,
  ) {
    this.parameters = parameters;
    this.call = call;
    this.least = least;
    this.most = most;
  }
}

/** The types of FEEL, as `instance of` names them; `other` is nothing that FEEL knows. */
export type Kind =
  | 'null'
  | 'boolean'
  | 'number'
  | 'string'
  | 'list'
  | 'context'
  | 'date'
  | 'time'
  | 'date and time'
  | 'days and time duration'
  | 'years and months duration'
  | 'range'
  | 'function'
  | 'other';

/** The type of a value. */
export function kindOf(value: FeelValue): Kind {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'undefined':
      return 'null';
    case 'object':
      return value === null ? 'null' : kindOfObject(value);
    default:
      return 'other';
  }
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) return 'list';
  if (isContext(value)) return 'context';
  if (value instanceof FeelDateTime) return 'date and time';
  if (value instanceof FeelDate) return 'date';
  if (value instanceof FeelDuration) return value.yearsMonths ? 'years and months duration' : 'days and time duration';
  if (value instanceof FeelTime) return 'time';
  if (value instanceof Range) return 'range';
  return value instanceof FunctionValue ? 'function' : 'other';
}

/** Whether a value is a list. */
export function isList(value: FeelValue): value is readonly FeelValue[] {
  return Array.isArray(value);
}

/** Whether a value is a context. */
export function isContext(value: FeelValue): value is Context {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The only item of a list of one, where a single value is wanted (DMN 1.3, 10.3.2.9.4); else the value itself. */
export function unwrapped(value: FeelValue): FeelValue {
  return isList(value) && value.length === 1 ? value[0] : value;
}
