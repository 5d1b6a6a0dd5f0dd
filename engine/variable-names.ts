import type { Value, Variables } from './instance.ts';
import { Rejection } from './rejection.ts';

/** Deeper values cannot be compared and stored without exhausting the stack. */
const DEPTH_LIMIT = 200;

/** Refuses variables that cannot be kept. @throws Rejection */
export function checkNames(variables: Variables): void {
  if (Object.hasOwn(variables, '__proto__')) {
    throw new Rejection('invalid', 'Expected variable names other than "__proto__". Rename the variable.');
  }
  for (const name in variables) {
    if (isWithinDepth(variables[name] ?? null, DEPTH_LIMIT)) continue;
    throw new Rejection('invalid', `Expected variable "${name}" to be nested at most ${DEPTH_LIMIT} deep. Flatten it.`);
  }
}

function isWithinDepth(value: Value, depth: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (depth === 0) return false;
  return Object.values(value).every((inner) => isWithinDepth(inner, depth - 1));
}
