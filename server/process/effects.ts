/**
 * What a batch of changes means for the tables beside the journal. A task that one command creates and a later one
 * completes leaves no trace: the rows are netted here before anything is written.
 */
import { tokenWithJob } from '../../engine/index.ts';
import type { Event, EventOf, EventType, Instance, Instant } from '../../engine/index.ts';
import type { IncidentRow } from '../db/incidents.ts';
import type { JobChange, JobRow } from '../db/jobs.ts';
import type { OutboxRow } from '../db/outbox.ts';
import { partKey } from '../db/part.ts';
import type { Part, Placed } from '../db/part.ts';
import type { MessageSubscriptionRow, SignalSubscriptionRow } from '../db/subscriptions.ts';
import type { CandidateRow, TaskChange, TaskRow } from '../db/tasks.ts';
import type { TimerRow } from '../db/timers.ts';
import type { Change } from './change.ts';
import { placedBy } from './placed.ts';
import type { PlacedTable } from './placed.ts';

/** Rows to insert and rows to delete of one table, by part. Deletes come first when they are written. */
export interface Net<Row extends Part, Removed extends Part = Part> {
  added: Map<string, Row>;
  removed: Map<string, Removed>;
}

/** A task to be inserted, with its candidates beyond the first group. */
export interface NewTask extends TaskRow {
  candidates: CandidateRow[];
}

/** A task to be deleted: with rows of candidates, when it has more than one group or any user. */
export interface OldTask extends Part {
  candidates: boolean;
}

/** A change of an open task, with all of its candidates when they are others. */
export interface ChangedTask extends TaskChange {
  candidates?: CandidateRow[];
}

export interface Effects {
  migrated: Map<string, { id: string; release: string; process: string }>;
  placed: Record<PlacedTable, Map<string, Placed>>;
  tasks: Net<NewTask, OldTask>;
  updated: Map<string, ChangedTask>;
  assigned: Map<string, Part & { assignee: string | null }>;
  timers: Net<TimerRow>;
  jobs: Net<Omit<JobRow, 'attempts'>>;
  rescheduled: Map<string, JobChange>;
  retried: Map<string, Part & { retries: number }>;
  messages: Net<MessageSubscriptionRow, MessageSubscriptionRow>;
  signals: Net<SignalSubscriptionRow, SignalSubscriptionRow>;
  incidents: Net<IncidentRow>;
  outbox: OutboxRow[];
}

export function effectsOf(changes: readonly Change[]): Effects {
  const effects: Effects = {
    migrated: new Map(),
    placed: { tasks: new Map(), jobs: new Map(), timers: new Map(), incidents: new Map() },
    tasks: net(),
    updated: new Map(),
    assigned: new Map(),
    timers: net(),
    jobs: net(),
    rescheduled: new Map(),
    retried: new Map(),
    messages: net(),
    signals: net(),
    incidents: net(),
    outbox: [],
  };
  for (const change of changes) apply(effects, change);
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

/** The instance a change is about, as the tables need it. */
interface Context {
  instance: string;
  process: string;
  at: Instant;
  before: Change['before'];
  after: Instance;
}

type Apply<T extends EventType> = (effects: Effects, event: EventOf<T>, context: Context) => void;

/** An event that leaves these tables as they are. */
const nothing = (): void => undefined;

const removeTask = (effects: Effects, { task: id }: { task: number }, { instance, before }: Context): void => {
  const task = before?.tokens.find((token) => token.id === id)?.task;
  effects.assigned.delete(partKey({ instance, id }));
  effects.updated.delete(partKey({ instance, id }));
  remove(effects.tasks, { instance, id, candidates: !task || task.groups.length > 1 || task.users.length > 0 });
};

const removeTimer = (effects: Effects, { timer: id }: { timer: number }, { instance }: Context): void =>
  remove(effects.timers, { instance, id });

const removeJob = (effects: Effects, { job: id }: { job: number }, { instance }: Context): void => {
  effects.rescheduled.delete(partKey({ instance, id }));
  effects.retried.delete(partKey({ instance, id }));
  remove(effects.jobs, { instance, id });
};

const applies: { [T in EventType]: Apply<T> } = {
  TaskCreated(effects, event, { instance, process, at }) {
    add(effects.tasks, taskRow(instance, process, event, at));
  },
  TaskAssigned(effects, { task: id, assignee }, { instance }) {
    const task = effects.tasks.added.get(partKey({ instance, id }));
    if (task === undefined) effects.assigned.set(partKey({ instance, id }), { instance, id, assignee });
    else task.assignee = assignee;
  },
  TaskUpdated(effects, event, { instance, after }) {
    const part = { instance, id: event.task };
    const task = effects.tasks.added.get(partKey(part));
    const change = taskChange(event, after, part);
    if (task === undefined) effects.updated.set(partKey(part), { ...effects.updated.get(partKey(part)), ...change });
    else Object.assign(task, change);
  },
  TaskCompleted: removeTask,
  TaskCancelled: removeTask,
  TimerSet(effects, { timer: id, element, due: dueAt }, { instance }) {
    add(effects.timers, { instance, id, element, dueAt });
  },
  TimerFired: removeTimer,
  TimerCancelled: removeTimer,
  JobRequested(effects, event, { instance, process, at, before }) {
    const part = { instance, id: event.job };
    // Asked for again after its incident: the row that may be there goes first.
    if (before && tokenWithJob(before, event.job)) {
      effects.rescheduled.delete(partKey(part));
      effects.retried.delete(partKey(part));
      effects.jobs.removed.set(partKey(part), part);
    }
    add(effects.jobs, jobRow(instance, process, event, at));
  },
  JobFailed(effects, { job: id, retries, retryAt }, { instance }) {
    reschedule(effects, { instance, id, retries, dueAt: retries === 0 ? null : retryAt });
  },
  JobUpdated(effects, { job: id, retries }, { instance }) {
    const part = { instance, id };
    const job = effects.jobs.added.get(partKey(part)) ?? effects.rescheduled.get(partKey(part));
    if (job === undefined) effects.retried.set(partKey(part), { ...part, retries });
    else job.retries = retries;
  },
  JobCompleted: removeJob,
  JobCancelled: removeJob,
  MessageSubscribed(effects, { subscription: id, name, key }, { instance }) {
    add(effects.messages, { instance, id, name, key });
  },
  MessageUnsubscribed(effects, { subscription: id }, { instance, before }) {
    const wait = effects.messages.added.get(partKey({ instance, id })) ?? before?.messages.find((it) => it.id === id);
    if (wait === undefined) throw unknown('message subscription', instance, id);
    remove(effects.messages, { instance, id, name: wait.name, key: wait.key });
  },
  SignalSubscribed(effects, { subscription: id, name }, { instance }) {
    add(effects.signals, { instance, id, name });
  },
  SignalUnsubscribed(effects, { subscription: id }, { instance, before }) {
    const wait = effects.signals.added.get(partKey({ instance, id })) ?? before?.signals.find((it) => it.id === id);
    if (wait === undefined) throw unknown('signal subscription', instance, id);
    remove(effects.signals, { instance, id, name: wait.name });
  },
  MessageSent(effects, { id, name, key, variables, ttl }, { instance, at }) {
    effects.outbox.push({ instance, id, kind: 'message', name, key, variables, ttl, at });
  },
  SignalSent(effects, { id, name, variables }, { instance, at }) {
    effects.outbox.push({ instance, id, kind: 'signal', name, key: null, variables, ttl: 0, at });
  },
  IncidentRaised(effects, { incident: id, element, kind, message }, { instance, process, at }) {
    add(effects.incidents, { instance, id, process, element, kind, message, raisedAt: at });
  },
  IncidentResolved(effects, { incident: id }, { instance }) {
    remove(effects.incidents, { instance, id });
  },
  InstanceStarted: nothing,
  InstanceModified: nothing,
  InstanceMigrated(effects, event, { instance, before }) {
    const { release, process } = event;
    effects.migrated.set(instance, { id: instance, release, process });
    for (const { table, row } of before ? placedBy(event, before) : []) {
      const added: { process?: string; element: string } | undefined = effects[table].added.get(partKey(row));
      if (!added) effects.placed[table].set(partKey(row), row);
      else Object.assign(added, 'process' in added ? row : { element: row.element });
    }
  },
  InstanceEnded: nothing,
  ScopeOpened: nothing,
  ScopeClosed: nothing,
  TokenCreated: nothing,
  FlowTaken: nothing,
  ElementEntered: nothing,
  AwaitingChanged: nothing,
  ElementCompleted: nothing,
  ElementTerminated: nothing,
  LoopStarted: nothing,
  IterationStarted: nothing,
  VariablesSet: nothing,
  GatewayDecided: nothing,
  DecisionEvaluated: nothing,
  TimerNotSet: nothing,
  MessageReceived: nothing,
  SignalReceived: nothing,
  ConditionSubscribed: nothing,
  ConditionMet: nothing,
  ConditionUnsubscribed: nothing,
  ErrorThrown: nothing,
  EscalationThrown: nothing,
  CompensationKept: nothing,
  CompensationStarted: nothing,
  TransactionCancelled: nothing,
  NoteAdded: nothing,
};

function apply(effects: Effects, { before, after, command: { at }, events }: Change): void {
  const context = { instance: after.id, process: after.process, at, before, after };
  // The table is keyed by the event's own type, which TypeScript cannot follow through the union.
  for (const event of events) (applies[event.type] as Apply<EventType>)(effects, event, context);
}

function unknown(what: string, instance: string, id: number): Error {
  return new Error(`Expected ${what} ${id} of instance ${instance} to be open, but it is not.`);
}

function reschedule(effects: Effects, change: JobChange): void {
  const job = effects.jobs.added.get(partKey(change));
  effects.retried.delete(partKey(change));
  if (job === undefined) effects.rescheduled.set(partKey(change), change);
  else Object.assign(job, { retries: change.retries, dueAt: change.dueAt });
}

function taskRow(instance: string, process: string, event: Event & { type: 'TaskCreated' }, at: Instant): NewTask {
  const dueAt = event.due ?? null;
  return {
    instance,
    id: event.task,
    process,
    element: event.element,
    group: event.groups[0] ?? null,
    assignee: event.assignee,
    dueAt,
    followUpAt: event.followUp ?? null,
    priority: event.priority,
    form: event.form ?? null,
    createdAt: at,
    candidates: candidatesOf({ instance, id: event.task }, event.groups, event.users, dueAt),
  };
}

/** Those beyond the first group. */
function candidatesOf(
  part: Part,
  groups: readonly string[],
  users: readonly string[],
  dueAt: Instant | null,
): CandidateRow[] {
  if (groups.length <= 1 && users.length === 0) return [];
  const candidate = (kind: CandidateRow['kind']) => (it: string) => ({ ...part, kind, candidate: it, dueAt });
  return [...groups.slice(1).map(candidate('group')), ...users.map(candidate('user'))];
}

/** The candidates get the due date of their task when all is written. */
function taskChange(event: EventOf<'TaskUpdated'>, after: Instance, part: Part): ChangedTask {
  const { groups, users, due, followUp, priority, form } = event;
  const task = after.tokens.find(({ id }) => id === part.id)?.task;
  const others = groups ?? users;
  return {
    ...part,
    ...(groups === undefined ? {} : { group: groups[0] ?? null }),
    ...(due === undefined ? {} : { dueAt: due }),
    ...(followUp === undefined ? {} : { followUpAt: followUp }),
    ...(priority === undefined ? {} : { priority }),
    ...(form === undefined ? {} : { form }),
    ...(others === undefined || !task ? {} : { candidates: candidatesOf(part, task.groups, task.users, null) }),
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
