/** Functions over numbers (DMN 1.3, 10.3.4.5) and over lists of numbers. */
import { charge } from '../budget.ts';
import { order } from '../compare.ts';
import { Invalid } from '../invalid.ts';
import { FeelDuration, absolute } from '../temporal.ts';
import type { FeelValue } from '../value.ts';
import { MISMATCH, define, defineOver, numbersOf } from './built-in.ts';
import type { BuiltIn } from './built-in.ts';

/** `n` with the decimal point moved, without the noise of a multiplication: 1.005 by 2 is 100.5. */
function shifted(n: number, places: number): number {
  const [digits = '0', exponent = '0'] = String(n).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}

/** Rounds at a number of decimal places, from -6111 to 6176 as DMN has them. */
function rounding(round: (n: number) => number): (n: number, scale: number) => FeelValue {
  return (n, scale) => {
    const places = Math.trunc(scale);
    if (places < -6111 || places > 6176) return new Invalid(`Expected a scale from -6111 to 6176, but found ${scale}.`);
    const result = shifted(round(shifted(n, places)), -places);
    if (Number.isFinite(result)) return result;
    return places > 0 ? n : 0;
  };
}

function halfEven(n: number): number {
  const floor = Math.floor(n);
  if (n - floor !== 0.5) return Math.round(n);
  return floor % 2 === 0 ? floor : floor + 1;
}

const away = (n: number) => (n > 0 ? Math.ceil(n) : Math.floor(n));
const halfUp = (n: number) => Math.sign(n) * Math.round(Math.abs(n));
const halfDown = (n: number) => Math.sign(n) * Math.ceil(Math.abs(n) - 0.5);

const floor = rounding(Math.floor);
const ceiling = rounding(Math.ceil);

function modulo(dividend: number, divisor: number): FeelValue {
  if (divisor === 0) return new Invalid('Expected a divisor other than 0; null is used.');
  const result = ((dividend % divisor) + divisor) % divisor;
  return Number.isInteger(result) ? result : Math.round(result * 1e9) / 1e9;
}

/** The item that stands before all others; null when they have no order. */
function extreme(items: readonly FeelValue[], sign: 1 | -1): FeelValue {
  let best: FeelValue = items[0] ?? null;
  if (best !== null && order(best, best) === null) return MISMATCH;
  for (const item of items) {
    const difference = order(item, best);
    if (difference === null) return MISMATCH;
    if (difference * sign < 0) best = item;
  }
  return best;
}

/** A function over numbers, of which there must be at least `least`. */
function over(least: number, body: (numbers: readonly number[]) => FeelValue): BuiltIn {
  return defineOver('list', (items) => {
    const numbers = numbersOf(items);
    if (numbers === null) return MISMATCH;
    return numbers.length < least ? null : body(numbers);
  });
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

function ascending(numbers: readonly number[]): number[] {
  charge(numbers.length * Math.ceil(Math.log2(numbers.length + 1)));
  return numbers.toSorted((a, b) => a - b);
}

function median(numbers: readonly number[]): number {
  const sorted = ascending(numbers);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function deviation(numbers: readonly number[]): number {
  const mean = sumOf(numbers) / numbers.length;
  return Math.sqrt(sumOf(numbers.map((number) => (number - mean) ** 2)) / (numbers.length - 1));
}

/** The most frequent numbers, in rising order. */
function mode(numbers: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const number of ascending(numbers)) counts.set(number, (counts.get(number) ?? 0) + 1);
  const most = [...counts.values()].reduce((a, b) => Math.max(a, b), 0);
  return [...counts].filter(([, count]) => count === most).map(([number]) => number);
}

export const NUMBER_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  decimal: define(['n: number', 'scale: number'], rounding(halfEven)),
  floor: define(['n: number', 'scale?: number'], (n, scale) => floor(n, scale ?? 0)),
  ceiling: define(['n: number', 'scale?: number'], (n, scale) => ceiling(n, scale ?? 0)),
  'round up': define(['n: number', 'scale: number'], rounding(away)),
  'round down': define(['n: number', 'scale: number'], rounding(Math.trunc)),
  'round half up': define(['n: number', 'scale: number'], rounding(halfUp)),
  'round half down': define(['n: number', 'scale: number'], rounding(halfDown)),
  abs: define(['n: any'], (n) => {
    if (n instanceof FeelDuration) return absolute(n);
    return typeof n === 'number' ? Math.abs(n) : MISMATCH;
  }),
  modulo: define(['dividend: number', 'divisor: number'], modulo),
  sqrt: define(['number: number'], (n) =>
    n < 0 ? new Invalid('Expected a number from 0 on; null is used.') : Math.sqrt(n),
  ),
  log: define(['number: number'], (n) =>
    n <= 0 ? new Invalid('Expected a number above 0; null is used.') : Math.log(n),
  ),
  exp: define(['number: number'], Math.exp),
  odd: define(['number: number'], (n) => Math.abs(n) % 2 === 1),
  even: define(['number: number'], (n) => n % 2 === 0),
  min: defineOver('list', (items) => extreme(items, 1)),
  max: defineOver('list', (items) => extreme(items, -1)),
  sum: over(1, sumOf),
  product: over(1, (numbers) => numbers.reduce((product, number) => product * number, 1)),
  mean: over(1, (numbers) => sumOf(numbers) / numbers.length),
  median: over(1, median),
  stddev: over(2, deviation),
  mode: over(0, mode),
};
