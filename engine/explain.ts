/** "Why is it not moving?": for every resting token, what it waits for and who or what can supply it. */
import { awaitedBy } from './joins.ts';
import { elementOf, isBeingLeft, modelOf, type Execution } from './execution.ts';
import { begin } from './work.ts';
import type { Instance, Instant, Token } from './instance.ts';
import type { Element } from './model.ts';
import { suppliers } from './reach.ts';
import type { Release } from './release.ts';

/** One thing that would let a token go on. */
export type Reason =
  /** Somebody has to do it: the assignee, or else one of these. */
  | { readonly kind: 'task'; readonly assignee: string | null; readonly groups: string[]; readonly users: string[] }
  /** A worker of this type has to do it. */
  | { readonly kind: 'job'; readonly type: string; readonly retries: number }
  | { readonly kind: 'timer'; readonly element: string; readonly due: Instant }
  | { readonly kind: 'message'; readonly element: string; readonly name: string; readonly key: string }
  | { readonly kind: 'signal'; readonly element: string; readonly name: string }
  /** Variables have to change so that the condition of this event holds. */
  | { readonly kind: 'condition'; readonly element: string }
  /** Tokens have to come by these flows (`all`: by each of them), which these tokens can still bring. */
  | { readonly kind: 'join'; readonly flows: string[]; readonly all: boolean; readonly from: TokenPlace[] }
  /** What goes on inside, or is being undone on its behalf, has to end. */
  | { readonly kind: 'inside'; readonly tokens: TokenPlace[] }
  /** Somebody has to begin one of these elements of an ad-hoc sub-process. */
  | { readonly kind: 'choice'; readonly elements: string[] }
  /** An operator has to remove the cause and resolve the incident. */
  | { readonly kind: 'incident'; readonly incident: number; readonly message: string };

interface TokenPlace {
  readonly token: number;
  readonly element: string;
}

/** A resting token; `waitsFor` is never empty. */
export interface Resting extends TokenPlace {
  /** The element's name, or its id. */
  readonly name: string;
  readonly process: string;
  readonly waitsFor: readonly Reason[];
}

/** What each token of an instance waits for; empty when the instance has ended. */
export function explain(release: Release, instance: Instance): Resting[] {
  const x = begin(release, instance, instance.startedAt);
  return instance.tokens.map((token) => {
    const element = elementOf(x, token);
    const found = [...own(x, token, element), ...waits(x, token)];
    return {
      token: token.id,
      element: token.element,
      name: element.name || element.id,
      process: modelOf(x, token.scope).id,
      waitsFor: found,
    };
  });
}

function own(x: Execution, token: Token, element: Element): Reason[] {
  const { task, job } = token;
  const incidents: Reason[] = x.instance.incidents
    .filter((incident) => incident.token === token.id)
    .map(({ id, message }) => ({ kind: 'incident', incident: id, message }));
  if (task) incidents.push({ kind: 'task', ...task });
  if (job && incidents.length === 0) incidents.push({ kind: 'job', type: job.type, retries: job.retries });
  const isReset = token.awaiting !== undefined && element.behaviour.awaits !== undefined;
  if (token.state === 'arrived' || isReset) incidents.push(...joining(x, token, element));
  return [...incidents, ...inside(x, token, element)];
}

function joining(x: Execution, token: Token, element: Element): Reason[] {
  const awaited = awaitedBy(x, token, element) ?? { flows: element.incoming, all: false };
  const from = suppliers(x, token.scope, element, awaited.flows, modelOf(x, token.scope)).map(placeOf);
  return [{ kind: 'join', flows: awaited.flows.map(({ id }) => id), all: awaited.all, from }];
}

function inside(x: Execution, token: Token, element: Element): Reason[] {
  const tokens = x.instance.tokens.filter((other) => other.scope === token.id || other.compensates === token.id);
  if (tokens.length > 0) return [{ kind: 'inside', tokens: tokens.map(placeOf) }];
  const choices = token.state === 'active' && !isBeingLeft(token) ? element.behaviour.choices?.(element) : undefined;
  return choices ? [{ kind: 'choice', elements: choices.map(({ id }) => id) }] : [];
}

/** What is armed for the token itself: its own events, those of an event-based gateway, boundary events. */
function waits({ instance }: Execution, { id }: Token): Reason[] {
  const mine = ({ host }: { host: number }): boolean => host === id;
  return [
    ...instance.timers.filter(mine).map(({ element, due }) => ({ kind: 'timer' as const, element, due })),
    ...instance.messages
      .filter(mine)
      .map(({ element, name, key }) => ({ kind: 'message' as const, element, name, key })),
    ...(instance.conditions ?? []).filter(mine).map(({ element }) => ({ kind: 'condition' as const, element })),
    ...instance.signals.filter(mine).map(({ element, name }) => ({ kind: 'signal' as const, element, name })),
  ];
}

function placeOf({ id, element }: Token): TokenPlace {
  return { token: id, element };
}
