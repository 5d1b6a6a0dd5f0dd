/** What a path reads: entries of contexts, properties of temporal values and ranges. */
import { charge } from './budget.ts';
import { isPlainName, squashed } from './names.ts';
import { propertyOf } from './temporal.ts';
import { Range, isContext } from './value.ts';
import type { FeelValue } from './value.ts';

const RANGE_PROPERTIES: Readonly<Record<string, (range: Range) => FeelValue>> = {
  start: (range) => range.start ?? null,
  end: (range) => range.end ?? null,
  'start included': (range) => range.startIncluded,
  'end included': (range) => range.endIncluded,
};

/** The entry or property of this name; undefined when the value has none. Blanks in names do not count. */
export function entryOf(value: FeelValue, name: string): FeelValue {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isContext(value)) {
    if (Object.hasOwn(value, name)) return value[name];
    if (isPlainName(name)) return undefined;
    const wanted = squashed(name);
    const keys = Object.keys(value);
    charge(keys.length * 4);
    const key = keys.find((other) => squashed(other) === wanted);
    return key === undefined ? undefined : value[key];
  }
  if (value instanceof Range) return RANGE_PROPERTIES[name]?.(value);
  return propertyOf(value, name);
}
