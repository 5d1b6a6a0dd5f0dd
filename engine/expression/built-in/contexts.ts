/** Functions over contexts (DMN 1.3, 10.3.4.10), and those that ask whether a value is there. */
import { charge } from '../budget.ts';
import { equals } from '../compare.ts';
import { entryOf } from '../entry.ts';
import { Invalid } from '../invalid.ts';
import { identicalTemporals, isTemporal } from '../temporal.ts';
import { isContext, isList, kindOf } from '../value.ts';
import type { Context, FeelValue } from '../value.ts';
import { MISMATCH, define, defineOver } from './built-in.ts';
import type { BuiltIn } from './built-in.ts';

function withEntry(context: Context, key: string, value: FeelValue): FeelValue {
  if (key === '__proto__') return MISMATCH;
  charge(Object.keys(context).length);
  return { ...context, [key]: value };
}

function withPath(context: FeelValue, keys: readonly FeelValue[], value: FeelValue): FeelValue {
  const [key, ...rest] = keys;
  if (!isContext(context) || typeof key !== 'string') return MISMATCH;
  if (rest.length === 0) return withEntry(context, key, value);
  charge(rest.length);
  const inner = withPath(entryOf(context, key), rest, value);
  return inner instanceof Invalid ? inner : withEntry(context, key, inner);
}

function contextOf(entries: readonly FeelValue[]): FeelValue {
  const result: Record<string, FeelValue> = {};
  for (const entry of entries) {
    if (!isContext(entry) || !Object.hasOwn(entry, 'value')) return MISMATCH;
    const { key, value } = entry;
    if (typeof key !== 'string' || key === '__proto__' || Object.hasOwn(result, key)) {
      return new Invalid('Expected entries with different texts as keys; null is used.');
    }
    result[key] = value;
  }
  return result;
}

function mergeOf(contexts: readonly FeelValue[]): FeelValue {
  if (!contexts.every(isContext)) return MISMATCH;
  charge(contexts.reduce((sum, context) => sum + Object.keys(context).length, 0));
  return Object.assign({}, ...contexts);
}

function is(a: FeelValue, b: FeelValue): boolean {
  if (a === undefined || b === undefined) return false;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  return isTemporal(kind) ? identicalTemporals(a, b) : equals(a, b) === true;
}

export const CONTEXT_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  'get value': define(
    ['m: context', 'key: any'],
    (context, key) => {
      if (typeof key === 'string') return entryOf(context, key) ?? null;
      return isList(key)
        ? key.reduce((inner, name) => (typeof name === 'string' ? (entryOf(inner, name) ?? null) : null), context)
        : MISMATCH;
    },
    [
      ['context', 'key'],
      ['context', 'keys'],
    ],
  ),
  'get entries': define(
    ['m: context'],
    (context) => {
      const entries = Object.entries(context);
      charge(entries.length);
      return entries.map(([key, value]) => ({ key, value }));
    },
    [['context']],
  ),
  context: defineOver('entries', contextOf),
  'context merge': defineOver('contexts', mergeOf),
  'context put': {
    ...define(['context: context', 'keys?: any', 'value: any', 'key?: string'], (context, keys, value, key) => {
      const path = keys ?? key;
      return withPath(context, isList(path) ? path : [path], value);
    }),
    most: 3,
  },
  not: define(['negand: any'], (negand) => (typeof negand === 'boolean' ? !negand : null)),
  is: define(['value1?: any', 'value2?: any'], is),
  'is defined': define(['value: any'], (value) => value !== null),
  'get or else': define(['value: any', 'default: any'], (value, otherwise) => value ?? otherwise),
};
