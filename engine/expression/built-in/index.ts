/** The registry of built-in functions. */
import type { Run } from '../code.ts';
import { FunctionValue } from '../value.ts';
import type { BuiltIn } from './built-in.ts';
import { CONTEXT_FUNCTIONS } from './contexts.ts';
import { DATE_FUNCTIONS } from './dates.ts';
import { LIST_FUNCTIONS } from './lists.ts';
import { NUMBER_FUNCTIONS } from './numbers.ts';
import { PATTERN_FUNCTIONS } from './patterns.ts';
import { RANGE_FUNCTIONS } from './ranges.ts';
import { TEXT_FUNCTIONS } from './texts.ts';

const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map(
  Object.entries({
    ...CONTEXT_FUNCTIONS,
    ...DATE_FUNCTIONS,
    ...LIST_FUNCTIONS,
    ...NUMBER_FUNCTIONS,
    ...PATTERN_FUNCTIONS,
    ...RANGE_FUNCTIONS,
    ...TEXT_FUNCTIONS,
  }),
);

/** The built-in function of this name. */
export function builtInNamed(name: string): BuiltIn | undefined {
  return BUILT_INS.get(name);
}

/** A built-in function as a value, for where its name is not called. */
export function builtInValue(name: string): ((run: Run) => FunctionValue) | undefined {
  const builtIn = BUILT_INS.get(name);
  if (!builtIn) return undefined;
  const { parameters, most, call } = builtIn;
  return (run) => new FunctionValue(parameters, (values) => call(values, run), 0, most);
}
