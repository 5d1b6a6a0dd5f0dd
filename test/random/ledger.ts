/**
 * What is open, as somebody sees who reads the events only (the server's tables are made like that): nothing is opened
 * twice, closed twice, or touched after it was closed.
 */
import type { Event, Instance } from '../../engine/index.ts';
import { ensure } from './invariants.ts';

const KINDS = ['token', 'scope', 'task', 'job', 'timer', 'message', 'signal', 'condition', 'incident'] as const;
type Kind = (typeof KINDS)[number];

export type Ledger = Readonly<Record<Kind, Set<number>>>;

export function newLedger(): Ledger {
  return Object.fromEntries(KINDS.map((kind) => [kind, new Set(kind === 'scope' ? [0] : [])])) as unknown as Ledger;
}

type Entry = readonly ['open' | 'close' | 'touch', Kind, number];

/** What an event opens, closes, or says something about. */
function entriesOf(event: Event): Entry[] {
  switch (event.type) {
    case 'ScopeOpened':
      return [
        ['open', 'scope', event.scope],
        ['touch', 'token', event.scope],
      ];
    case 'ScopeClosed':
      return [['close', 'scope', event.scope]];
    case 'TokenCreated':
    case 'FlowTaken':
      return [
        ['open', 'token', event.token],
        ['touch', 'scope', event.scope],
      ];
    case 'IterationStarted':
      return [
        ['open', 'token', event.token],
        ['open', 'scope', event.token],
        ['touch', 'scope', event.body],
      ];
    case 'ElementEntered':
      return [['touch', 'token', event.token], ...(event.joined ?? []).map((id) => ['close', 'token', id] as const)];
    case 'ElementCompleted':
    case 'ElementTerminated':
      return [['close', 'token', event.token]];
    case 'VariablesSet':
      return [['touch', 'scope', event.scope]];
    case 'GatewayDecided':
    case 'AwaitingChanged':
    case 'DecisionEvaluated':
    case 'ErrorThrown':
    case 'EscalationThrown':
    case 'CompensationKept':
    case 'TransactionCancelled':
      return [['touch', 'token', event.token]];
    case 'CompensationStarted':
      return [
        ['touch', 'token', event.token],
        ['touch', 'token', event.by],
      ];
    case 'TaskCreated':
      return [
        ['open', 'task', event.task],
        ['touch', 'token', event.task],
      ];
    case 'TaskAssigned':
    case 'TaskUpdated':
      return [['touch', 'task', event.task]];
    case 'TaskCompleted':
    case 'TaskCancelled':
      return [['close', 'task', event.task]];
    case 'JobRequested':
      return [
        ['open', 'job', event.job],
        ['touch', 'token', event.token ?? event.job],
      ];
    case 'JobFailed':
    case 'JobUpdated':
      return [['touch', 'job', event.job]];
    case 'JobCompleted':
    case 'JobCancelled':
      return [['close', 'job', event.job]];
    case 'TimerSet':
      return [['open', 'timer', event.timer]];
    case 'TimerFired':
    case 'TimerCancelled':
      return [['close', 'timer', event.timer]];
    case 'MessageSubscribed':
      return [['open', 'message', event.subscription]];
    case 'MessageReceived':
      return [['touch', 'message', event.subscription]];
    case 'MessageUnsubscribed':
      return [['close', 'message', event.subscription]];
    case 'SignalSubscribed':
      return [['open', 'signal', event.subscription]];
    case 'SignalReceived':
      return [['touch', 'signal', event.subscription]];
    case 'SignalUnsubscribed':
      return [['close', 'signal', event.subscription]];
    case 'ConditionSubscribed':
      return [['open', 'condition', event.subscription]];
    case 'ConditionMet':
      return [['touch', 'condition', event.subscription]];
    case 'ConditionUnsubscribed':
      return [['close', 'condition', event.subscription]];
    case 'IncidentRaised':
      return [
        ['open', 'incident', event.incident],
        ['touch', 'token', event.token],
      ];
    case 'IncidentResolved':
      return [['close', 'incident', event.incident]];
    default:
      return [];
  }
}

/** Enters events into the ledger. */
export function enterAll(ledger: Ledger, events: readonly Event[]): void {
  for (const event of events) {
    for (const [what, kind, id] of entriesOf(event)) {
      const open = ledger[kind];
      // A job that failed for good is asked for once more under its id.
      if (what === 'open' && event.type !== 'JobRequested')
        ensure(!open.has(id), () => `${JSON.stringify(event)} opens what is open.`);
      if (what !== 'open') ensure(open.has(id), () => `${JSON.stringify(event)} is about a ${kind} that is not open.`);
      if (what === 'open') open.add(id);
      else if (what === 'close') open.delete(id);
    }
  }
}

/** The ledger and the state say the same. */
export function checkLedger(ledger: Ledger, instance: Instance): void {
  const { tokens, scopes, timers, messages, signals, conditions = [], incidents } = instance;
  const state: Record<Kind, number[]> = {
    token: tokens.map(({ id }) => id),
    scope: scopes.map(({ id }) => id),
    task: tokens.flatMap(({ id, task }) => (task ? [id] : [])),
    job: tokens.flatMap(({ id, job }) => (job ? [job.id ?? id] : [])),
    timer: timers.map(({ id }) => id),
    message: messages.map(({ id }) => id),
    signal: signals.map(({ id }) => id),
    condition: conditions.map(({ id }) => id),
    incident: incidents.map(({ id }) => id),
  };
  for (const kind of KINDS) {
    const open = ledger[kind];
    const same = state[kind].length === open.size && state[kind].every((id) => open.has(id));
    ensure(
      same,
      () => `By the events these are open as ${kind}: ${[...open].join()}; by the state: ${state[kind].join()}.`,
    );
  }
}
