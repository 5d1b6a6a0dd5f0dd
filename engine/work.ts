import { apply } from './evolve.ts';
import type { Event, EventOf } from './event.ts';
import type { ConditionCheck, Execution } from './execution.ts';
import type { Instance, Instant } from './instance.ts';
import type { Release } from './release.ts';
import { stepLimit, type StepLimit } from './step-limit.ts';
import { scopeOf } from './variables.ts';

/** The working record behind an Execution, held for one command: what `run` consumes and `execute` gives back. */
export class Work implements Execution {
  release: Release;
  readonly target: Release | null;
  readonly at: Instant;
  readonly events: Event[] = [];
  readonly agenda: (() => void)[] = [];
  readonly resting: (() => void)[] = [];
  readonly checks: ConditionCheck[] = [];
  steps = 0;
  #state: Instance | null;
  #limit: StepLimit | null = null;

  constructor(release: Release, draft: Instance | null, at: Instant, target: Release | null) {
    this.release = release;
    this.target = target;
    this.at = at;
    this.#state = draft;
  }

  get instance(): Instance {
    if (this.#state === null) throw new Error('Expected an instance, but it has not been started.');
    return this.#state;
  }

  get limit(): StepLimit {
    this.#limit ??= stepLimit();
    return this.#limit;
  }

  emit(event: Event): void {
    const state = this.#state;
    if (state?.conditions !== undefined && event.type === 'VariablesSet') this.checks.push(changeOf(state, event));
    this.#state = apply(state, event);
    this.events.push(event);
  }

  adopt(release: Release): void {
    this.release = release;
  }

  draw(): number {
    return this.instance.nextId;
  }

  later(step: () => void): void {
    this.agenda.push(step);
  }

  atRest(step: () => void): void {
    this.resting.push(step);
  }
}

/** Begins work on a draft that the caller owns; `null` before the first event. */
export function begin(release: Release, draft: Instance | null, at: Instant, target: Release | null = null): Work {
  return new Work(release, draft, at, target);
}

function changeOf(instance: Instance, event: EventOf<'VariablesSet'>): ConditionCheck {
  const before = scopeOf(instance, event.scope).variables;
  const names = Object.keys(event.variables);
  const created = names.filter((name) => !Object.hasOwn(before, name));
  return { scope: event.scope, created, updated: names.filter((name) => !created.includes(name)) };
}
