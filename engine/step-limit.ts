/**
 * How many steps one command may take. More mean that the diagram goes round without ever resting; but a loop that is
 * bound to end may have much to do.
 */
import { Failure } from './failure.ts';
import type { Instance, Scope } from './instance.ts';
import { scopeOf } from './variables.ts';

/** What a command may take without loops. */
export const STEPS = 10_000;

/** More is not allowed for any loop: some seconds of work. */
const MOST_STEPS = 500_000;

/** What each iteration of a loop adds to that. */
const STEPS_PER_ITERATION = 100;

export interface StepLimit {
  /** The limit as it is now. */
  readonly steps: number;
  /** Raises the limit for a loop that began, once for each element: one that is begun again and again goes round. */
  admit(instance: Instance, body: Scope): void;
  /** Whether this many steps are within it, with the loops that were open when the command came. */
  holds(instance: Instance, steps: number): boolean;
}

export function stepLimit(): StepLimit {
  const admitted = new Map<string, number>();
  let limit = STEPS;
  const admit: StepLimit['admit'] = (instance, body) => {
    const iterations = iterationsOf(instance, body);
    const before = admitted.get(body.element) ?? 0;
    if (iterations <= before) return;
    admitted.set(body.element, iterations);
    limit = Math.min(MOST_STEPS, limit + (iterations - before) * STEPS_PER_ITERATION);
  };
  return {
    get steps() {
      return limit;
    },
    admit,
    holds(instance, steps) {
      if (steps <= limit) return true;
      for (const scope of instance.scopes) if (scope.loop) admit(instance, scope);
      return steps <= limit;
    },
  };
}

/** How many iterations there are at most: as many times as the loops around it, each element counted once. */
function iterationsOf(instance: Instance, body: Scope): number {
  const seen = new Set<string>();
  let iterations = 1;
  for (let scope: Scope | null = body; scope !== null; scope = outer(instance, scope)) {
    if (!scope.loop || seen.has(scope.element)) continue;
    seen.add(scope.element);
    iterations *= scope.loop.instances ?? scope.loop.maximum ?? (scope === body ? 0 : 1);
  }
  return iterations;
}

function outer(instance: Instance, scope: Scope): Scope | null {
  return scope.parent === null ? null : scopeOf(instance, scope.parent);
}

/** What goes round for ever. */
export function endless(limit: number): Failure {
  return new Failure(
    'loop',
    `Expected the process to come to rest within ${limit} steps, but it goes round without waiting. ` +
      'Correct the variables that should end the loop, then resolve the incident.',
  );
}
