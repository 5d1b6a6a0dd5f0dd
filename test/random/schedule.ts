/** What can be asked of an instance next: what lets it go on, what disturbs it, and what comes too late. */
import type { Command, Element, Instance, Release, Token, Variables } from '../../engine/index.ts';

/** A command without its time and actor. */
export type Asked = Command extends infer One ? (One extends Command ? Omit<One, 'at' | 'actor'> : never) : never;

/** One move: the time it takes place at, and whether it must be refused. */
export interface Move {
  readonly asked: Asked;
  readonly at: number;
  readonly late?: true;
}

/** Variables that a result brings; the models read `dice` and `level`. */
function result(number: number): Variables {
  if (number % 3 === 0) return {};
  return number % 3 === 1 ? { dice: number % 10 } : { level: number % 10, [`by${number}`]: number };
}

/** A move out of all, by a number; undefined when nothing at all can be done. */
export function choose(release: Release, instance: Instance, now: number, number: number): Move | undefined {
  const [kind, pick] = [number % 100, Math.floor(number / 100)];
  const moves = kind < 64 ? [] : disturbing(release, instance, now, kind, pick);
  return oneOf(moves, pick) ?? oneOf(going(instance, now, pick), pick) ?? oneOf(resolving(instance, now), pick);
}

function oneOf<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)];
}

/** Everything that is waited for, comes. */
function going(instance: Instance, now: number, number: number): Move[] {
  const variables = result(number);
  const asked: Move[] = [];
  const add = (one: Asked, at = now): void => void asked.push({ asked: one, at });
  for (const token of instance.tokens) {
    const work = workOf(token, variables);
    if (work) add(work);
  }
  for (const { id, due } of instance.timers) add({ type: 'FireTimer', timer: id }, Math.max(now, due));
  for (const { id, name } of instance.messages) add({ type: 'CorrelateMessage', subscription: id, name, variables });
  for (const { name } of instance.signals) add({ type: 'BroadcastSignal', name, variables });
  for (const { host } of instance.conditions ?? []) {
    add({ type: 'SetVariables', scope: scopeOf(instance, host), variables: { level: 9 } });
  }
  return asked;
}

/** Completes what the token is there for: its job, else its task. */
function workOf({ id, job, task }: Token, variables: Variables): Asked | undefined {
  if (job) return { type: 'CompleteJob', job: job.id ?? id, variables };
  return task ? { type: 'CompleteTask', task: id, variables } : undefined;
}

function scopeOf(instance: Instance, host: number): number {
  if (instance.scopes.some(({ id }) => id === host)) return host;
  return instance.tokens.find(({ id }) => id === host)?.scope ?? 0;
}

function resolving({ incidents }: Instance, at: number): Move[] {
  return incidents.map(({ id }) => ({ asked: { type: 'ResolveIncident', incident: id }, at }));
}

function disturbing(release: Release, instance: Instance, at: number, kind: number, pick: number): Move[] {
  const moves = (list: Asked[]): Move[] => list.map((asked) => ({ asked, at }));
  if (kind < 72) return moves(instance.tokens.flatMap((token) => failing(token, pick, at)));
  if (kind < 80) {
    const variables = { [pick % 2 === 0 ? 'dice' : 'level']: pick % 10 };
    return moves(instance.scopes.map(({ id }) => ({ type: 'SetVariables', scope: id, variables })));
  }
  if (kind < 85) return moves(instance.tokens.flatMap((token) => activating(release, instance, token)));
  if (kind < 89) return resolving(instance, at);
  if (kind < 92) return moves(instance.tokens.flatMap((token) => assigning(token, pick)));
  if (kind < 98) return late(instance, at);
  if (kind < 99) return moves([{ type: 'AddNote', note: { audience: 'internal', text: 'noted' } }]);
  return pick < 20 ? moves([{ type: 'Cancel', reason: 'no longer needed' }]) : [];
}

function failing({ id, job }: Token, pick: number, retryAt: number): Asked[] {
  if (!job) return [];
  const of = job.id ?? id;
  const code = pick % 2 === 0 ? 'E1' : 'E2';
  return [
    { type: 'FailJob', job: of, message: 'broken', retries: pick % 2, retryAt },
    { type: 'ThrowError', job: of, code, message: 'thrown', variables: {} },
  ];
}

/** The element at which a token is. */
function elementOf(release: Release, { scopes }: Instance, token: Token): Element | undefined {
  const process = scopes.find(({ id }) => id === token.scope)?.process ?? '';
  return release.processes.get(process)?.byId.get(token.element);
}

function activating(release: Release, instance: Instance, token: Token): Asked[] {
  // The body of a loop is not the inside of its activity.
  const element = elementOf(release, instance, token);
  if (token.state !== 'active' || token.job || !element?.behaviour.choices || element.loop) return [];
  return element.behaviour
    .choices(element)
    .map(({ id }) => ({ type: 'ActivateElements', scope: token.id, elements: [id] }));
}

function assigning({ id, task, job }: Token, pick: number): Asked[] {
  return task && !job ? [{ type: 'AssignTask', task: id, assignee: pick % 2 === 0 ? 'ann' : null }] : [];
}

/** What is about something that is not there, or not yet. */
function late({ tokens, timers, messages }: Instance, at: number): Move[] {
  const gone = 1_000_000;
  const asked: Asked[] = [
    { type: 'CompleteTask', task: gone, variables: {} },
    { type: 'CompleteJob', job: gone, variables: {} },
    { type: 'ResolveIncident', incident: gone },
    { type: 'SetVariables', scope: gone, variables: {} },
    { type: 'ActivateElements', scope: gone, elements: [] },
    ...timers.filter(({ due }) => due > at).map(({ id }) => ({ type: 'FireTimer' as const, timer: id })),
    ...messages.map(({ id }) => ({
      type: 'CorrelateMessage' as const,
      subscription: id,
      name: 'other',
      variables: {},
    })),
    ...tokens.flatMap(({ id, task }) => (task ? [] : [{ type: 'CompleteTask' as const, task: id, variables: {} }])),
  ];
  return asked.map((one) => ({ asked: one, at, late: true }));
}

/**
 * The next move towards the end: tasks and jobs are done, and what a token waits for by itself comes; nothing on the edge of
 * an activity does, and no event sub-process begins. undefined: nobody can do anything.
 */
export function goTowardsEnd(release: Release, instance: Instance, now: number): Move | undefined {
  for (const token of instance.tokens) {
    const move = done(release, instance, token, now);
    if (move) return move;
  }
  for (const token of instance.tokens) {
    const [asked] = activating(release, instance, token);
    if (!asked || instance.tokens.some(({ scope }) => scope === token.id)) continue;
    // So that the completion condition holds after what begins.
    const rolled = instance.scopes[0]?.variables['dice'] === 9;
    return { asked: rolled ? asked : { type: 'SetVariables', variables: { dice: 9 } }, at: now };
  }
  return resolving(instance, now)[0];
}

function done(release: Release, instance: Instance, token: Token, now: number): Move | undefined {
  const work = workOf(token, { dice: 9 });
  if (work) return { asked: work, at: now };
  const own = elementOf(release, instance, token);
  const mine = ({ host, element }: { host: number; element: string }): boolean =>
    host === token.id &&
    (element === token.element || (own?.outgoing.some(({ target }) => target === element) ?? false)) &&
    elementOf(release, instance, { ...token, element })?.attachedTo === null;
  const timer = instance.timers.find(mine);
  if (timer) return { asked: { type: 'FireTimer', timer: timer.id }, at: Math.max(now, timer.due) };
  const message = instance.messages.find(mine);
  if (message)
    return {
      asked: { type: 'CorrelateMessage', subscription: message.id, name: message.name, variables: {} },
      at: now,
    };
  const signal = instance.signals.find(mine);
  if (signal) return { asked: { type: 'BroadcastSignal', name: signal.name, variables: {} }, at: now };
  if (!instance.conditions?.some(mine)) return undefined;
  return { asked: { type: 'SetVariables', scope: scopeOf(instance, token.id), variables: { level: 9 } }, at: now };
}
