/**
 * Two people, or workers, who finish different things do not depend on who is first.
 *
 * Independent here means: each of the two can be done alone and after the other; neither of them, alone or second, ends
 * anything from outside, throws or catches, sets off an event that hears variables, decides in a gateway that counts (complex,
 * ad-hoc, event-based), raises or resolves an incident, undoes anything, or ends the instance; and no variable that one of
 * them writes is written or read by the other. What they set off may well meet in parallel joins, in inclusive joins of
 * block-structured models, and at the end of scopes and loops without a completion condition: those must not care. In a
 * free graph an inclusive join does care: a token that can reach a filled flow too is not waited for (BPMN 2.0, 13.4.3). So
 * does an element that needs several tokens, which takes those that come first.
 */
import {
  canonical,
  execute,
  Rejection,
  type Command,
  type Event,
  type Instance,
  type Release,
} from '../../engine/index.ts';
import { ensure } from './invariants.ts';

const DEPENDENT: readonly Event['type'][] = [
  'ElementTerminated',
  'TimerFired',
  'SignalReceived',
  'MessageReceived',
  'ConditionMet',
  'ErrorThrown',
  'EscalationThrown',
  'SignalSent',
  'CompensationStarted',
  'TransactionCancelled',
  'AwaitingChanged',
  'IncidentRaised',
  'IncidentResolved',
  'InstanceEnded',
];

/** Completes two of the open tasks and jobs in both orders; says whether they were independent, and fails if it mattered. */
export function checkCommute(
  release: Release,
  instance: Instance,
  at: number,
  pick: number,
  structured: boolean,
): boolean {
  const counting = (element: string): boolean => counts(release, element, structured);
  if (instance.tokens.some(({ state, element }) => state === 'arrived' && counting(element))) return false;
  const open = instance.tokens.filter(({ task, job }) => task ?? job);
  if (open.length < 2) return false;
  const first = pick % open.length;
  const second = (first + 1 + (Math.floor(pick / open.length) % (open.length - 1))) % open.length;
  const commands = [first, second].map((index): Command => {
    const { id = 0, job } = open[index] ?? {};
    const common = { at, actor: 'user:test', variables: {} };
    return job ? { type: 'CompleteJob', job: job.id ?? id, ...common } : { type: 'CompleteTask', task: id, ...common };
  });
  const [one, other] = commands;
  if (!one || !other) return false;
  const forth = inOrder(release, instance, one, other);
  const back = inOrder(release, instance, other, one);
  if (!forth || !back) return false;
  const all = [...forth.events, ...back.events];
  if (all.some((events) => events.some((event) => !isIndependent(event, counting)))) return false;
  if (forth.events.some((events, index) => meets(events, forth.events[1 - index] ?? []))) return false;
  if (back.events.some((events, index) => meets(events, back.events[1 - index] ?? []))) return false;
  const [left, right] = [summary(forth.instance), summary(back.instance)];
  ensure(left === right, () => {
    const both = `${JSON.stringify(one)} and ${JSON.stringify(other)}`;
    return `The order of ${both} matters:\n${left}\n${right}\nafter ${JSON.stringify(instance)}`;
  });
  return true;
}

/** What both did, one after the other; null when the second cannot be done any more. */
function inOrder(
  release: Release,
  instance: Instance,
  ...commands: Command[]
): { events: Event[][]; instance: Instance } | null {
  const events: Event[][] = [];
  let state = instance;
  for (const command of commands) {
    try {
      const outcome = execute(release, state, command);
      state = outcome.instance;
      events.push(outcome.events);
    } catch (cause) {
      if (cause instanceof Rejection) return null;
      throw cause;
    }
  }
  return { events, instance: state };
}

function isIndependent(event: Event, counting: (element: string) => boolean): boolean {
  if (DEPENDENT.includes(event.type)) return false;
  return event.type !== 'FlowTaken' || !counting(event.element);
}

/** Whether it matters to an element in which order tokens come. Ids are unique in the file. */
function counts({ processes }: Release, id: string, structured: boolean): boolean {
  const [element] = [...processes.values()].flatMap(({ byId }) => byId.get(id) ?? []);
  if (element?.type === 'bpmn:ComplexGateway' || element?.type === 'bpmn:AdHocSubProcess') return true;
  return !structured && (element?.type === 'bpmn:InclusiveGateway' || (element?.startQuantity ?? 1) > 1);
}

/** Whether a variable that these events write is written by the others, or read where they decide. */
function meets(events: readonly Event[], others: readonly Event[]): boolean {
  const written = events.flatMap((event) => (event.type === 'VariablesSet' ? Object.keys(event.variables) : []));
  if (written.length === 0) return false;
  const touched = others.flatMap((event) => {
    if (event.type === 'VariablesSet') return Object.keys(event.variables);
    return event.type === 'GatewayDecided' ? Object.keys(event.saw) : [];
  });
  return written.some((name) => touched.includes(name));
}

/** What an instance is up to ids: who rests where and waits for what, with which variables, in any order. */
function summary(instance: Instance): string {
  const {
    status,
    tokens,
    scopes,
    timers,
    messages,
    signals,
    conditions = [],
    incidents,
    compensations = [],
  } = instance;
  const paths = new Map<number, string>();
  const path = (id: number): string => {
    const known = paths.get(id);
    if (known !== undefined) return known;
    const token = tokens.find((other) => other.id === id);
    const found = token ? `${path(token.scope)}/${token.element}${token.iteration ?? ''}` : '';
    paths.set(id, found);
    return found;
  };
  const lists = {
    tokens: tokens.map(({ id, compensates, job, ...rest }) => ({
      ...rest,
      id: path(id),
      scope: path(rest.scope),
      for: compensates === undefined ? null : path(compensates),
      job: job ? { ...job, id: null } : null,
    })),
    scopes: scopes.map((scope) => ({ ...scope, id: path(scope.id), parent: null })),
    waits: [...timers, ...messages, ...signals, ...conditions].map((wait) => ({
      ...wait,
      id: 0,
      host: path(wait.host),
    })),
    incidents: incidents.map(({ kind, phase, element }) => ({ kind, phase, element })),
    compensations: compensations.map(({ element, scope, handler }) => ({ element, scope: path(scope), handler })),
  };
  const sorted = Object.entries(lists).map(([name, list]) => `${name}: ${list.map(canonical).sort().join(' ')}`);
  return [status, ...sorted].join('\n');
}
