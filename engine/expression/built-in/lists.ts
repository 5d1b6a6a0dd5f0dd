/** Functions over lists (DMN 1.3, 10.3.4.4 and 10.3.4.9), but for those over numbers. */
import { charge } from '../budget.ts';
import { equals } from '../compare.ts';
import { Invalid } from '../invalid.ts';
import { FunctionValue, isList } from '../value.ts';
import type { FeelValue } from '../value.ts';
import { MISMATCH, define, defineOver } from './built-in.ts';
import type { BuiltIn } from './built-in.ts';

type Items = readonly FeelValue[];

/** The index of a position from 1, or from the end by a negative number; null when the list has no such place. */
function indexOf(list: Items, position: number): number | null {
  const place = Math.trunc(position);
  const index = place < 0 ? list.length + place : place - 1;
  return index >= 0 && index < list.length ? index : null;
}

const OUTSIDE = new Invalid('Expected a position inside of the list; null is used.');

function sublist(list: Items, start: number, length: number | undefined): FeelValue {
  const first = start < 0 ? list.length + start : start - 1;
  if (start === 0 || first < 0) return OUTSIDE;
  return length === undefined ? list.slice(first) : list.slice(first, first + Math.max(0, length));
}

/** Without what equals something before it. Scalars are looked up, everything else is compared one by one. */
function distinct(items: Items): FeelValue[] {
  const seen = new Set<FeelValue>();
  const others: FeelValue[] = [];
  return items.filter((item) => {
    charge(1 + others.length);
    if (others.some((other) => equals(other, item) === true)) return false;
    if (item === null || typeof item !== 'object') {
      if (seen.has(item)) return false;
      seen.add(item);
      return true;
    }
    // a list of one equals its item
    if (isList(item) && item.length === 1 && seen.has(item[0])) return false;
    others.push(item);
    return true;
  });
}

function flatten(list: Items): FeelValue[] {
  const result: FeelValue[] = [];
  const rest: { items: Items; at: number }[] = [{ items: list, at: 0 }];
  for (let top = rest.at(-1); top; top = rest.at(-1)) {
    charge(1);
    if (top.at >= top.items.length) {
      rest.pop();
      continue;
    }
    const item = top.items[top.at];
    top.at += 1;
    if (isList(item)) rest.push({ items: item, at: 0 });
    else result.push(item);
  }
  return result;
}

function concatenate(lists: Items): FeelValue[] {
  return lists.flatMap((list) => {
    if (!isList(list)) return [list];
    charge(2 * list.length);
    return list;
  });
}

/** Merge sort is stable, and what it does depends on the answers only. */
function sort(list: Items, precedes: FunctionValue): FeelValue {
  if (precedes.parameters.length !== 2) return MISMATCH;
  if (list.length < 2) return list;
  const middle = list.length >> 1;
  const [left, right] = [sort(list.slice(0, middle), precedes), sort(list.slice(middle), precedes)];
  return isList(left) && isList(right) ? merge(left, right, precedes) : MISMATCH;
}

function merge(left: Items, right: Items, precedes: FunctionValue): FeelValue[] {
  charge(left.length + right.length);
  const result: FeelValue[] = [];
  let at = 0;
  for (const item of right) {
    while (at < left.length && precedes.call([item, left[at]]) !== true) {
      result.push(left[at]);
      at += 1;
    }
    result.push(item);
  }
  return [...result, ...left.slice(at)];
}

/** Three-valued: `decisive` when an item is so, null when one is no boolean. */
function quantified(decisive: boolean): (items: Items) => FeelValue {
  return (items) => {
    if (items.includes(decisive)) return decisive;
    return items.every((item) => item === !decisive) ? !decisive : null;
  };
}

function replaceIn(list: Items, position: FeelValue, newItem: FeelValue, match: FeelValue): FeelValue {
  const selector = position ?? match;
  if (typeof selector === 'number') {
    const at = indexOf(list, selector);
    return at === null ? OUTSIDE : list.with(at, newItem);
  }
  if (!(selector instanceof FunctionValue) || selector.parameters.length !== 2) return MISMATCH;
  const results = list.map((item) => selector.call([item, newItem]));
  if (!results.every((result) => typeof result === 'boolean')) return MISMATCH;
  return list.map((item, index) => (results[index] === true ? newItem : item));
}

export const LIST_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  count: define(['list: list'], (list) => list.length),
  'list contains': define(['list: list', 'element: any'], (list, element) =>
    list.some((item) => equals(item, element) === true),
  ),
  'index of': define(['list: list', 'match: any'], (list, match) => {
    const places: number[] = [];
    for (let index = 0; index < list.length; index += 1)
      if (equals(list[index], match) === true) places.push(index + 1);
    return places;
  }),
  'list replace': define(['list: list', 'position?: any', 'newItem: any', 'match?: any'], replaceIn),
  all: defineOver('list', quantified(false)),
  any: defineOver('list', quantified(true)),
  sublist: define(['list: list', 'start position: number', 'length?: number'], sublist, [['list', 'start', 'length']]),
  append: {
    parameters: ['list', 'item'],
    most: Infinity,
    call([list, ...items]) {
      if (list === null || list === undefined) return MISMATCH;
      return concatenate([isList(list) ? list : [list], items]);
    },
  },
  concatenate: {
    parameters: ['list'],
    most: Infinity,
    call: (lists) => (lists.length === 0 ? MISMATCH : concatenate(lists)),
  },
  'insert before': define(['list: list', 'position: number', 'newItem: any'], (list, position, newItem) => {
    const index = position === list.length + 1 ? list.length : indexOf(list, position);
    return index === null ? OUTSIDE : list.toSpliced(index, 0, newItem);
  }),
  remove: define(['list: list', 'position: number'], (list, position) => {
    const index = indexOf(list, position);
    return index === null ? OUTSIDE : list.toSpliced(index, 1);
  }),
  reverse: define(['list: list'], (list) => list.toReversed()),
  union: defineOver('list', (lists) => (lists.every(isList) ? distinct(concatenate(lists)) : MISMATCH)),
  'distinct values': define(['list: list'], distinct),
  flatten: define(['list: list'], flatten),
  sort: define(['list: list', 'precedes: function'], sort),
};
