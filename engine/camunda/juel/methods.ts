/** Methods of Java's texts, lists and maps, of Spin and of the engine's objects that FEEL has a word for. */
import { call, entry, quote, within, type Feel } from './feel.ts';
import type { Juel } from './parse.ts';

/** @param args translated @param raw as they were parsed; null when these arguments cannot be translated */
type Method = (of: Feel, args: readonly Feel[], raw: readonly Juel[]) => Feel | null;

const same: Method = (of, args) => (args.length === 0 ? of : null);

/** A method with exactly one argument. */
function one(translate: (of: Feel, arg: Feel, raw: Juel) => Feel | null): Method {
  return (of, args, raw) => {
    const [arg, first] = [args[0], raw[0]];
    return args.length === 1 && arg && first ? translate(of, arg, first) : null;
  };
}

/** A method without arguments. */
function none(translate: (of: Feel) => Feel): Method {
  return (of, args) => (args.length === 0 ? translate(of) : null);
}

/** `now().plusDays(2)`: the amount is a whole number or what a variable holds. */
function shift(sign: '+' | '-', before: string, unit: string): Method {
  return one((of, arg, raw) => {
    const span =
      raw.kind === 'number'
        ? `duration(${quote(`${before}${raw.text}${unit}`)})`
        : `duration(${quote(before)} + string(${arg.text}) + ${quote(unit)})`;
    return { text: `${within(of, 4)} ${sign} ${span}`, level: 4 };
  });
}

/** `empty x`: null, "" and [] are. Both functions give an answer whatever x is: one value counts as a list of one. */
export function isEmpty(of: Feel): Feel {
  return { text: `list contains([null, ""], ${of.text}) or count(${of.text}) = 0`, level: 1 };
}

/** The item of a list: Java counts from 0, FEEL from 1. */
export function item(of: Feel, at: Feel, raw: Juel): Feel | null {
  if (raw.kind === 'literal') return typeof raw.value === 'string' ? entry(of, raw.value) : null;
  if (raw.kind === 'number') {
    const place = Number(raw.text);
    return Number.isInteger(place) ? { text: `${within(of, 7)}[${place + 1}]`, level: 7 } : null;
  }
  // Of a name nobody knows whether it holds a number or a key; a calculation gives a number.
  if (raw.kind !== 'binary' || !['+', '-', '*'].includes(raw.operator)) return null;
  return { text: `${within(of, 7)}[${within(at, 4)} + 1]`, level: 7 };
}

/** Texts and lists both have `contains`. */
const contains = one((of, arg, raw) => {
  const inList = call('list contains', [of.text, arg.text]);
  if (raw.kind === 'number') return inList;
  if (of.isText) return call('contains', [of.text, arg.text]);
  const inText = call('contains', [of.text, arg.text]).text;
  return { text: `if ${within(of, 1)} instance of string then ${inText} else ${inList.text}`, level: 0 };
});

const substring: Method = (of, args, raw) => {
  const [from, to] = raw;
  if (from?.kind !== 'number' || args.length > 2 || (to && to.kind !== 'number')) return null;
  const start = Number(from.text);
  const rest = to ? [of.text, String(start + 1), String(Number(to.text) - start)] : [of.text, String(start + 1)];
  return call('substring', rest, true);
};

/** By name. `getSingleEntry` and the like are those of decision results, `prop` and `stringValue` those of Spin. */
export const METHODS: Readonly<Record<string, Method>> = {
  equals: one((of, arg) => ({ text: `${within(of, 4)} = ${within(arg, 4)}`, level: 3 })),
  equalsIgnoreCase: one((of, arg) => ({ text: `lower case(${of.text}) = lower case(${arg.text})`, level: 3 })),
  contains,
  startsWith: one((of, arg) => call('starts with', [of.text, arg.text])),
  endsWith: one((of, arg) => call('ends with', [of.text, arg.text])),
  toLowerCase: none((of) => call('lower case', [of.text], true)),
  toUpperCase: none((of) => call('upper case', [of.text], true)),
  concat: one((of, arg) => ({ text: `${within(of, 4)} + ${within(arg, 5)}`, level: 4, isText: true })),
  length: none((of) => call('string length', [of.text])),
  size: none((of) => call('count', [of.text])),
  isEmpty: none(isEmpty),
  substring,
  get: one(item),
  toString: none((of) => call('string', [of.text], true)),
  intValue: same,
  longValue: same,
  doubleValue: same,
  booleanValue: same,
  toDate: same,
  prop: one((of, _arg, raw) => (raw.kind === 'literal' && typeof raw.value === 'string' ? entry(of, raw.value) : null)),
  value: same,
  stringValue: same,
  numberValue: same,
  boolValue: same,
  elements: same,
  getSingleEntry: same,
  getSingleResult: same,
  plusSeconds: shift('+', 'PT', 'S'),
  plusMinutes: shift('+', 'PT', 'M'),
  plusHours: shift('+', 'PT', 'H'),
  plusDays: shift('+', 'P', 'D'),
  plusWeeks: shift('+', 'P', 'W'),
  plusMonths: shift('+', 'P', 'M'),
  plusYears: shift('+', 'P', 'Y'),
  minusSeconds: shift('-', 'PT', 'S'),
  minusMinutes: shift('-', 'PT', 'M'),
  minusHours: shift('-', 'PT', 'H'),
  minusDays: shift('-', 'P', 'D'),
  minusWeeks: shift('-', 'P', 'W'),
  minusMonths: shift('-', 'P', 'M'),
  minusYears: shift('-', 'P', 'Y'),
};
