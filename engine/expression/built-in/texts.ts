/** Functions over texts (DMN 1.3, 10.3.4.1 and 10.3.4.3), but for patterns. */
import { charge, enter, leave } from '../budget.ts';
import { Invalid } from '../invalid.ts';
import { isTemporal, temporalText } from '../temporal.ts';
import { isContext, isList, kindOf } from '../value.ts';
import type { FeelValue } from '../value.ts';
import { MISMATCH, define } from './built-in.ts';
import type { BuiltIn } from './built-in.ts';

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;

/** Separators are null where there are none. */
function numberOf(from: string, grouping: FeelValue, decimal: FeelValue): FeelValue {
  const invalid = new Invalid(`Expected a number, but found "${from.slice(0, 100)}"; null is used.`);
  const separated = grouping !== null && grouping !== undefined;
  if (separated && ![' ', ',', '.'].includes(grouping as string)) return invalid;
  if (decimal !== null && decimal !== undefined && !['.', ','].includes(decimal as string)) return invalid;
  if (separated && grouping === decimal) return invalid;
  let digits = separated ? from.replaceAll(grouping as string, '') : from;
  if (decimal === ',') digits = digits.replaceAll('.', '#').replace(',', '.');
  return NUMBER.test(digits) ? Number(digits) : invalid;
}

/** Characters are code points. */
function lengthOf(text: string): number {
  charge(text.length >> 3);
  return [...text].length;
}

/** Characters are code points; a start before the first or a length below 1 has no result. */
function substring(text: string, start: number, length: number | undefined): FeelValue {
  charge(text.length >> 3);
  const characters = [...text];
  const [from, count] = [Math.trunc(start), length === undefined ? Infinity : Math.trunc(length)];
  const first = from < 0 ? characters.length + from : from - 1;
  if (from === 0 || first < 0 || first >= characters.length || count < 1) return '';
  return characters.slice(first, first + count).join('');
}

/** A text as FEEL writes the value; texts inside of lists and contexts have quotes. */
function textOf(value: FeelValue, nested = false): string {
  charge(2);
  if (typeof value === 'string') {
    charge(value.length >> 4);
    return nested ? `"${value.replaceAll(/["\\]/gu, '\\$&')}"` : value;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return 'null';
  if (isList(value)) return within(() => `[${value.map((item) => textOf(item, true)).join(', ')}]`);
  if (isContext(value)) {
    const entries = () => Object.entries(value).map(([key, entry]) => `${keyText(key)}: ${textOf(entry, true)}`);
    return within(() => `{${entries().join(', ')}}`);
  }
  const kind = kindOf(value);
  return isTemporal(kind) ? temporalText(value) : `<${kind}>`;
}

function within(text: () => string): string {
  enter(3);
  const result = text();
  leave(3);
  charge(result.length >> 4);
  return result;
}

function keyText(key: string): string {
  return /\W/u.test(key) ? textOf(key, true) : key;
}

function join(items: readonly FeelValue[], separator: FeelValue): FeelValue {
  const delimiter = separator ?? '';
  if (typeof delimiter !== 'string') return MISMATCH;
  if (!items.every((item) => item === null || typeof item === 'string')) return MISMATCH;
  const parts = items.filter((item) => item !== null);
  charge(parts.reduce((sum, part) => sum + ((part.length + delimiter.length) >> 4), 0));
  return parts.join(delimiter);
}

export const TEXT_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  number: define(['from: string', 'grouping separator?: any', 'decimal separator?: any'], numberOf),
  string: define(['from: any'], (from) => (from === null ? null : textOf(from))),
  substring: define(['string: string', 'start position: number', 'length?: number'], substring),
  'string length': define(['string: string'], lengthOf),
  'upper case': define(['string: string'], (text) => text.toUpperCase()),
  'lower case': define(['string: string'], (text) => text.toLowerCase()),
  'substring before': define(['string: string', 'match: string'], (text, match) => {
    const at = text.indexOf(match);
    return at < 0 ? '' : text.slice(0, at);
  }),
  'substring after': define(['string: string', 'match: string'], (text, match) => {
    const at = text.indexOf(match);
    return at < 0 ? '' : text.slice(at + match.length);
  }),
  contains: define(['string: string', 'match: string'], (text, match) => text.includes(match)),
  'starts with': define(['string: string', 'match: string'], (text, match) => text.startsWith(match)),
  'ends with': define(['string: string', 'match: string'], (text, match) => text.endsWith(match)),
  'string join': define(['list: list', 'delimiter?: any'], join),
};
