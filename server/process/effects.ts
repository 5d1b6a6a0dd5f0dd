/**
 * What a batch of changes means for the tables beside the journal. A task that one command creates and a later one
 * completes leaves no trace: the rows are netted here before anything is written.
 */
import type { Event, Instant } from '../../engine/index.ts';
import type { IncidentRow } from '../db/incidents.ts';
import type { JobChange, JobRow } from '../db/jobs.ts';
import type { OutboxRow } from '../db/outbox.ts';
import { partKey } from '../db/part.ts';
import type { Part } from '../db/part.ts';
import type { MessageSubscriptionRow, SignalSubscriptionRow } from '../db/subscriptions.ts';
import type { CandidateRow, TaskRow } from '../db/tasks.ts';
import type { TimerRow } from '../db/timers.ts';
import type { Change } from './change.ts';

/** Rows to insert and rows to delete of one table, by part. Deletes come first when they are written. */
export interface Net<Row extends Part, Removed extends Part = Part> {
  added: Map<string, Row>;
  removed: Map<string, Removed>;
}

/** A task to be inserted, with its candidates beyond the first group. */
export interface NewTask extends TaskRow {
  candidates: CandidateRow[];
}

export interface Effects {
  tasks: Net<NewTask>;
  assigned: Map<string, Part & { assignee: string | null }>;
  timers: Net<TimerRow>;
  jobs: Net<Omit<JobRow, 'attempts'>>;
  rescheduled: Map<string, JobChange>;
  messages: Net<MessageSubscriptionRow, MessageSubscriptionRow>;
  signals: Net<SignalSubscriptionRow, SignalSubscriptionRow>;
  incidents: Net<IncidentRow>;
  outbox: OutboxRow[];
}

export function effectsOf(changes: readonly Change[]): Effects {
  const effects: Effects = {
    tasks: net(),
    assigned: new Map(),
    timers: net(),
    jobs: net(),
    rescheduled: new Map(),
    messages: net(),
    signals: net(),
    incidents: net(),
    outbox: [],
  };
  for (const change of changes) for (const event of change.events) apply(effects, change, event);
  return effects;
}

function net<Row extends Part, Removed extends Part = Part>(): Net<Row, Removed> {
  return { added: new Map(), removed: new Map() };
}

function add<Row extends Part>({ added }: { added: Map<string, Row> }, row: Row): void {
  added.set(partKey(row), row);
}

/** What was added by the same batch is just forgotten. */
function remove<Removed extends Part>({ added, removed }: Net<Part, Removed>, part: Removed): void {
  if (!added.delete(partKey(part))) removed.set(partKey(part), part);
}

function apply(effects: Effects, { before, after, command: { at } }: Change, event: Event): void {
  const instance = after.id;
  const { process } = after;
  switch (event.type) {
    case 'TaskCreated':
      return add(effects.tasks, taskRow(instance, process, event, at));
    case 'TaskAssigned': {
      const task = effects.tasks.added.get(partKey({ instance, id: event.task }));
      const change = { instance, id: event.task, assignee: event.assignee };
      if (task === undefined) effects.assigned.set(partKey(change), change);
      else task.assignee = event.assignee;
      return;
    }
    case 'TaskCompleted':
    case 'TaskCancelled':
      effects.assigned.delete(partKey({ instance, id: event.task }));
      return remove(effects.tasks, { instance, id: event.task });
    case 'TimerSet':
      return add(effects.timers, { instance, id: event.timer, element: event.element, dueAt: event.due });
    case 'TimerFired':
    case 'TimerCancelled':
      return remove(effects.timers, { instance, id: event.timer });
    case 'JobRequested':
      // Asked for again after its incident: the row that may be there goes first.
      if (before?.tokens.some((token) => token.id === event.job && token.job !== undefined)) {
        effects.rescheduled.delete(partKey({ instance, id: event.job }));
        effects.jobs.removed.set(partKey({ instance, id: event.job }), { instance, id: event.job });
      }
      return add(effects.jobs, jobRow(instance, process, event, at));
    case 'JobFailed':
      return reschedule(effects, {
        instance,
        id: event.job,
        retries: event.retries,
        dueAt: event.retries === 0 ? null : event.retryAt,
      });
    case 'JobCompleted':
    case 'JobCancelled':
      effects.rescheduled.delete(partKey({ instance, id: event.job }));
      return remove(effects.jobs, { instance, id: event.job });
    case 'MessageSubscribed':
      return add(effects.messages, { instance, id: event.subscription, name: event.name, key: event.key });
    case 'MessageUnsubscribed': {
      const id = event.subscription;
      const wait = effects.messages.added.get(partKey({ instance, id })) ?? before?.messages.find((it) => it.id === id);
      if (wait === undefined) throw unknown('message subscription', instance, id);
      return remove(effects.messages, { instance, id, name: wait.name, key: wait.key });
    }
    case 'SignalSubscribed':
      return add(effects.signals, { instance, id: event.subscription, name: event.name });
    case 'SignalUnsubscribed': {
      const id = event.subscription;
      const wait = effects.signals.added.get(partKey({ instance, id })) ?? before?.signals.find((it) => it.id === id);
      if (wait === undefined) throw unknown('signal subscription', instance, id);
      return remove(effects.signals, { instance, id, name: wait.name });
    }
    case 'MessageSent': {
      const { id, name, key, variables, ttl } = event;
      effects.outbox.push({ instance, id, kind: 'message', name, key, variables, ttl, at });
      return;
    }
    case 'SignalSent': {
      const { id, name, variables } = event;
      effects.outbox.push({ instance, id, kind: 'signal', name, key: null, variables, ttl: 0, at });
      return;
    }
    case 'IncidentRaised': {
      const { incident: id, element, kind, message } = event;
      return add(effects.incidents, { instance, id, process, element, kind, message, raisedAt: at });
    }
    case 'IncidentResolved':
      return remove(effects.incidents, { instance, id: event.incident });
    case 'InstanceStarted':
    case 'InstanceEnded':
    case 'ScopeOpened':
    case 'ScopeClosed':
    case 'TokenCreated':
    case 'FlowTaken':
    case 'ElementEntered':
    case 'ElementCompleted':
    case 'ElementTerminated':
    case 'VariablesSet':
    case 'GatewayDecided':
    case 'DecisionEvaluated':
    case 'TimerNotSet':
    case 'MessageReceived':
    case 'SignalReceived':
    case 'ErrorThrown':
    case 'EscalationThrown':
    case 'NoteAdded':
      return;
    default:
      throw new Error(
        `Expected an event that has its effects here, but found ${JSON.stringify(event satisfies never)}.`,
      );
  }
}

function unknown(what: string, instance: string, id: number): Error {
  return new Error(`Expected ${what} ${id} of instance ${instance} to be open, but it is not.`);
}

function reschedule(effects: Effects, change: JobChange): void {
  const job = effects.jobs.added.get(partKey(change));
  if (job === undefined) effects.rescheduled.set(partKey(change), change);
  else Object.assign(job, { retries: change.retries, dueAt: change.dueAt });
}

function taskRow(instance: string, process: string, event: Event & { type: 'TaskCreated' }, at: Instant): NewTask {
  const [first = null, ...further] = event.groups;
  const dueAt = event.due ?? null;
  const candidate = (kind: CandidateRow['kind']) => (it: string) => ({
    instance,
    id: event.task,
    kind,
    candidate: it,
    dueAt,
  });
  return {
    instance,
    id: event.task,
    process,
    element: event.element,
    group: first,
    assignee: event.assignee,
    dueAt,
    followUpAt: event.followUp ?? null,
    priority: event.priority,
    form: event.form ?? null,
    createdAt: at,
    candidates: [...further.map(candidate('group')), ...event.users.map(candidate('user'))],
  };
}

function jobRow(
  instance: string,
  process: string,
  event: Event & { type: 'JobRequested' },
  at: Instant,
): Omit<JobRow, 'attempts'> {
  const { job: id, element, kind: type, headers, retries } = event;
  return { instance, id, process, element, type, headers, retries, dueAt: at, createdAt: at };
}
