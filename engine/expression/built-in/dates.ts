/** Functions over dates, times and durations (DMN 1.3, 10.3.4.1, 10.3.4.6 and 10.3.4.8): those of feelin. */
import { nowOf, temporalFunction, todayOf, wholeMonths } from '../temporal.ts';
import type { BuiltIn } from './built-in.ts';

const NAMES = [
  'date',
  'time',
  'date and time',
  'duration',
  'day of year',
  'day of week',
  'month of year',
  'week of year',
];

function feelins(name: string): BuiltIn {
  const { parameters, call } = temporalFunction(name);
  return { parameters, most: parameters.length, call };
}

const months = feelins('years and months duration');

export const DATE_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  ...Object.fromEntries(NAMES.map((name) => [name, feelins(name)])),
  'years and months duration': {
    ...months,
    call: (values, run) => wholeMonths(months.call(values, run)),
  },
  now: { parameters: [], most: 0, call: (_values, run) => nowOf(run.at) },
  today: { parameters: [], most: 0, call: (_values, run) => todayOf(run.at) },
};
