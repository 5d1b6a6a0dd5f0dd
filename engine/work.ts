import { apply } from './evolve.ts';
import type { Event, EventOf } from './event.ts';
import type { ConditionCheck, Execution } from './execution.ts';
import type { Instance, Instant } from './instance.ts';
import type { Release } from './release.ts';
import { stepLimit } from './step-limit.ts';
import { scopeOf } from './variables.ts';

/** The working record behind an Execution: what `run` consumes and `finish` gives back. */
export interface Work extends Execution {
  readonly events: Event[];
  readonly agenda: (() => void)[];
  readonly resting: (() => void)[];
  steps: number;
}

/** Begins work on a draft that the caller owns; `null` before the first event. */
export function begin(release: Release, draft: Instance | null, at: Instant): Work {
  const events: Event[] = [];
  const agenda: (() => void)[] = [];
  const resting: (() => void)[] = [];
  let state = draft;
  return {
    release,
    at,
    events,
    agenda,
    resting,
    steps: 0,
    limit: stepLimit(),
    checks: [],
    get instance(): Instance {
      if (state === null) throw new Error('Expected an instance, but it has not been started.');
      return state;
    },
    emit(event) {
      if (event.type === 'VariablesSet' && state?.conditions) this.checks.push(changeOf(state, event));
      state = apply(state, event);
      events.push(event);
    },
    draw() {
      return this.instance.nextId;
    },
    later(step) {
      agenda.push(step);
    },
    atRest(step) {
      resting.push(step);
    },
  };
}

function changeOf(instance: Instance, event: EventOf<'VariablesSet'>): ConditionCheck {
  const before = scopeOf(instance, event.scope).variables;
  const names = Object.keys(event.variables);
  const created = names.filter((name) => !Object.hasOwn(before, name));
  return { scope: event.scope, created, updated: names.filter((name) => !created.includes(name)) };
}
