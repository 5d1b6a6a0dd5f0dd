/** Functions over dates, times and durations (DMN 1.3, 10.3.4.1, 10.3.4.6 and 10.3.4.8): those of feelin. */
import { temporalFunction, nowOf, todayOf } from '../temporal.ts';
import type { BuiltIn } from './built-in.ts';

const NAMES = [
  'date',
  'time',
  'date and time',
  'duration',
  'years and months duration',
  'day of year',
  'day of week',
  'month of year',
  'week of year',
];

function feelins(name: string): BuiltIn {
  const { parameters, call } = temporalFunction(name);
  return { parameters, most: parameters.length, call };
}

export const DATE_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  ...Object.fromEntries(NAMES.map((name) => [name, feelins(name)])),
  now: { parameters: [], most: 0, call: (_values, run) => nowOf(run.at) },
  today: { parameters: [], most: 0, call: (_values, run) => todayOf(run.at) },
};
