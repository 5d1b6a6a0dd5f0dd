/** Types of DMN: what a typeRef says about names inside a value, and which texts in it are dates or durations. */
import { readTemporal } from '../expression/plain.ts';
import type { FeelValue, Shape } from '../expression/feel.ts';
import type { DmnDefinitions, DmnItemDefinition } from './decision-file.ts';

/** The item definitions of a file by name. */
export type ItemDefinitions = ReadonlyMap<string, DmnItemDefinition>;

type Temporal = Parameters<typeof readTemporal>[0];
/** FEEL's names of the temporal types, and those of DMN 1.1 and of the Camunda modeler. */
const TEMPORAL: Readonly<Record<string, Temporal>> = {
  date: 'date',
  time: 'time',
  'date and time': 'date and time',
  dateTime: 'date and time',
  'days and time duration': 'duration',
  dayTimeDuration: 'duration',
  'years and months duration': 'duration',
  yearMonthDuration: 'duration',
};

export function itemDefinitionsOf(definitions: DmnDefinitions): ItemDefinitions {
  return new Map((definitions.itemDefinition ?? []).map((item) => [item.name ?? '', item]));
}

/** The item definition that a typeRef names, also with a prefix (`tns:applicant`). */
export function findItem(typeRef: string | undefined, items: ItemDefinitions): DmnItemDefinition | undefined {
  return typeRef === undefined ? undefined : (items.get(typeRef) ?? items.get(localName(typeRef)));
}

/** The names inside a value of this type; null when it has none. */
export function shapeOf(typeRef: string | undefined, items: ItemDefinitions, depth = 0): Shape | null {
  const item = findItem(typeRef, items);
  return item ? shapeOfItem(item, items, depth) : null;
}

/** Types may contain themselves; names deeper than this are not declared. */
const MAX_DEPTH = 8;

function shapeOfItem(item: DmnItemDefinition, items: ItemDefinitions, depth: number): Shape | null {
  if (depth > MAX_DEPTH) return null;
  if (!item.itemComponent) return shapeOf(item.typeRef, items, depth + 1);
  return Object.fromEntries(
    item.itemComponent.map((component) => [component.name ?? '', shapeOfItem(component, items, depth + 1)]),
  );
}

/**
 * Turns texts into dates, times and durations where the type says so; JSON has no such values. What is not of its type
 * becomes null, as DMN 1.3, 10.3.2.9.4 asks for, and is told to `warn`. Everything else stays as it is.
 */
export function coerce(
  value: FeelValue,
  typeRef: string | undefined,
  items: ItemDefinitions,
  warn: (warning: string) => void,
): FeelValue {
  const item = findItem(typeRef, items);
  if (item) return coerceItem(value, item, items, warn);
  const kind = typeRef === undefined ? undefined : (TEMPORAL[typeRef] ?? TEMPORAL[localName(typeRef)]);
  if (kind === undefined || typeof value !== 'string') return value;
  const temporal = readTemporal(kind, value) ?? null;
  if (temporal === null) warn(`Expected a ${kind}, but found "${value}"; null is used.`);
  return temporal;
}

function coerceItem(
  value: FeelValue,
  item: DmnItemDefinition,
  items: ItemDefinitions,
  warn: (warning: string) => void,
): FeelValue {
  if (Array.isArray(value)) return value.map((entry) => coerceItem(entry, item, items, warn));
  if (!item.itemComponent) return coerce(value, item.typeRef, items, warn);
  if (typeof value !== 'object' || value === null) return value;
  const types = new Map(item.itemComponent.map((component) => [component.name, component]));
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]: [string, FeelValue]) => {
      const component = types.get(name);
      return [name, component ? coerceItem(entry, component, items, warn) : entry];
    }),
  );
}

function localName(typeRef: string): string {
  return typeRef.slice(typeRef.lastIndexOf(':') + 1);
}
