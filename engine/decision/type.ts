/** Types of DMN: which values conform to them, and how others are made to (DMN 1.3, 7.3.2 and 10.3.2.9.4). */
import { compileProgram } from '../expression/feel.ts';
import type { FeelValue, Program, Shape } from '../expression/feel.ts';
import { readTemporal, toPlain } from '../expression/plain.ts';

/** Where a value comes from. JSON has no dates, times and durations: there they are texts. */
export type Origin = 'json' | 'feel';

/** A type that values can be tested against. */
export interface FeelType {
  readonly name: string;
  /** Whether its values are lists. */
  readonly collection: boolean;
  /** The values that it lists, as a text of unary tests. */
  readonly allowed?: string;
  /** Type of the results when it is a type of functions. */
  readonly result?: () => FeelType | null;
  /** The names inside a value; null when it has none. `depth` = how many types are around it. */
  shape(depth: number): Shape | null;
  /** The value as the type has it; undefined when it does not conform. Never asked about null, which always conforms. */
  convert(value: FeelValue, origin: Origin): FeelValue;
}

/**
 * Makes a value conform to a type: a text of JSON becomes a date where one is wanted, a list of one its only item, one
 * value a list where a list is wanted. What still does not conform becomes null, which is told to `warn`.
 * @param type null: anything goes
 */
export function coerce(
  value: FeelValue,
  type: FeelType | null,
  origin: Origin,
  warn: (warning: string) => void,
): FeelValue {
  if (value === null || value === undefined) return null;
  if (type === null) return value;
  const converted = convert(value, type, origin);
  if (converted !== undefined) return converted;
  const found = JSON.stringify(toPlain(value, () => undefined));
  warn(
    `Expected a value of type ${type.name}, but found ${found.length > 80 ? `${found.slice(0, 80)}...` : found}; null is used.`,
  );
  return null;
}

/** As `coerce`; undefined when the value does not conform. */
function convert(value: FeelValue, type: FeelType, origin: Origin): FeelValue {
  if (value === null || value === undefined) return null;
  if (type.collection) return type.convert(Array.isArray(value) ? value : [value], origin);
  const own = type.convert(value, origin);
  if (own !== undefined || !Array.isArray(value) || value.length !== 1) return own;
  const only: FeelValue = value[0];
  return only === null ? null : type.convert(only, origin);
}

/** The built-in types by their names in FEEL, in DMN 1.1 and in the Camunda modeler; null: any value. */
export function builtInType(name: string): FeelType | null | undefined {
  return BUILT_IN.get(name);
}

function basic(name: string, test: (value: FeelValue) => boolean): FeelType {
  return {
    name,
    collection: false,
    shape: () => null,
    convert: (value) => (test(value) ? value : undefined),
  };
}

function temporal(name: string, kind: Parameters<typeof readTemporal>[0]): FeelType {
  const test = compileProgram(`value instance of ${name}`, 'expression', { value: null });
  const isOne = (value: FeelValue) => value !== null && test.run({ value }, 0).value === true;
  return {
    ...basic(name, isOne),
    convert(value, origin) {
      if (typeof value !== 'string') return isOne(value) ? value : dateAsDateTime(value, kind);
      const read = origin === 'json' ? readTemporal(kind, value) : undefined;
      return isOne(read) ? read : undefined;
    },
  };
}

const MIDNIGHT = compileProgram(
  'if value instance of date then date and time(value, time("00:00:00Z")) else null',
  'expression',
  { value: null },
);

/** A date where a date and time is wanted is its first moment in UTC (DMN 1.4). */
function dateAsDateTime(value: FeelValue, kind: string): FeelValue {
  if (kind !== 'date and time' || typeof value !== 'object') return undefined;
  return MIDNIGHT.run({ value }, 0).value ?? undefined;
}

const isContext = (value: FeelValue): value is Record<string, FeelValue> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const number = basic('number', (value) => typeof value === 'number');
const string = basic('string', (value) => typeof value === 'string');
const boolean = basic('boolean', (value) => typeof value === 'boolean');
const dateTime = temporal('date and time', 'date and time');
const daysDuration = temporal('days and time duration', 'duration');
const yearsDuration = temporal('years and months duration', 'duration');
const list = { ...basic('list', (value) => Array.isArray(value)), collection: true };

const BUILT_IN: ReadonlyMap<string, FeelType | null> = new Map([
  ...['Any', 'any', ''].map((name) => [name, null] as const),
  ...['number', 'integer', 'long', 'double', 'decimal'].map((name) => [name, number] as const),
  ...['string', 'boolean'].map((name) => [name, name === 'string' ? string : boolean] as const),
  ['date', temporal('date', 'date')],
  ['time', temporal('time', 'time')],
  ...['date and time', 'dateTime'].map((name) => [name, dateTime] as const),
  ...['days and time duration', 'dayTimeDuration'].map((name) => [name, daysDuration] as const),
  ...['years and months duration', 'yearMonthDuration'].map((name) => [name, yearsDuration] as const),
  ['list', list],
  ['context', basic('context', isContext)],
]);

/** Lists whose items are of a type. */
export function collectionOf(name: string, items: FeelType | null): FeelType {
  return {
    name,
    collection: true,
    shape: (depth) => items?.shape(depth) ?? null,
    convert(value, origin) {
      if (!Array.isArray(value)) return undefined;
      const list: FeelValue[] = value;
      if (items === null) return list;
      const converted = list.map((item) => convert(item, items, origin));
      return converted.includes(undefined) ? undefined : converted;
    },
  };
}

/** Types may contain themselves; names deeper than this are not declared. */
const MAX_DEPTH = 8;

/** Contexts with typed entries. Entries that are missing or that it does not name are no trouble. */
export function contextOf(
  name: string,
  components: readonly { name: string; type: () => FeelType | null }[],
): FeelType {
  return {
    name,
    collection: false,
    shape: (depth) =>
      depth > MAX_DEPTH
        ? null
        : Object.fromEntries(components.map((it) => [it.name, it.type()?.shape(depth + 1) ?? null])),
    convert(value, origin) {
      if (!isContext(value)) return undefined;
      const result: Record<string, FeelValue> = { ...value };
      for (const component of components) {
        if (!Object.hasOwn(result, component.name)) continue;
        const type = component.type();
        const entry = type ? convert(result[component.name], type, origin) : result[component.name];
        if (entry === undefined) return undefined;
        result[component.name] = entry;
      }
      return result;
    },
  };
}

/** A type of which only some values conform. */
export function constrained(name: string, base: FeelType | null, tests: Program): FeelType {
  return {
    name,
    collection: base?.collection ?? false,
    allowed: tests.text,
    shape: (depth) => base?.shape(depth) ?? null,
    convert(value, origin) {
      const converted = base ? convert(value, base, origin) : value;
      return converted !== undefined && isAllowed(converted, tests) ? converted : undefined;
    },
  };
}

/** Whether a value passes the unary tests of allowed values; null always does. */
export function isAllowed(value: FeelValue, tests: Program): boolean {
  return value === null || tests.run({ '?': value }, 0).value === true;
}
