/** `evolve`: the only code that changes an instance. Folding the events of a history gives its state at any moment. */
import type { Event, EventOf, EventType } from './event.ts';
import { move } from './move.ts';
import { findById, placeOf, sorted } from './find.ts';
import {
  ROOT,
  tokenWithJob,
  type Compensable,
  type Instance,
  type LoopState,
  type Scope,
  type Token,
  type Variables,
} from './instance.ts';

/** Folds one event; the given instance stays as it is. `null` is the instance before its first event. */
export function evolve(instance: Instance | null, event: Event): Instance {
  return apply(instance === null ? null : copy(instance), event);
}

/**
 * Folds events one after the other, with one copy for all of them; the given instance stays as it is.
 * @param before is shown each event with the state before it, which is only good to be read at once
 */
export function evolveAll(
  instance: Instance | null,
  events: readonly Event[],
  before?: (event: Event, instance: Instance | null) => void,
): Instance | null {
  let state = instance === null ? null : copy(instance);
  for (const event of events) {
    before?.(event, state);
    state = apply(state, event);
  }
  return state;
}

/**
 * A copy whose records `apply` may change. Variables and task records are replaced by `apply`, never changed.
 * (Object.assign instead of spread: V8 adds properties to an object that was begun by a spread a hundred times slower.)
 */
export function copy(instance: Instance): Instance {
  const draft = Object.assign({}, instance);
  draft.scopes = sorted(instance.scopes.map(copyScope));
  draft.tokens = instance.tokens.map(copyRecord);
  draft.timers = instance.timers.slice();
  draft.messages = instance.messages.slice();
  draft.signals = instance.signals.slice();
  draft.incidents = instance.incidents.slice();
  if (instance.compensations) draft.compensations = instance.compensations.slice();
  if (instance.conditions) draft.conditions = instance.conditions.slice();
  return draft;
}

function copyRecord<T extends object>(record: T): T {
  return Object.assign({}, record);
}

function copyScope(scope: Scope): Scope {
  const draft = Object.assign({}, scope);
  if (scope.loop) draft.loop = copyLoop(scope.loop);
  return draft;
}

function copyLoop(loop: LoopState): LoopState {
  const draft = Object.assign({}, loop);
  if (loop.outputs) draft.outputs = loop.outputs.slice();
  return draft;
}

type Fold<T extends EventType> = (instance: Instance, event: EventOf<T>) => void;

const folds: { [T in Exclude<EventType, 'InstanceStarted'>]: Fold<T> } = {
  ScopeOpened(instance, event) {
    const token = tokenOf(instance, event.scope);
    const parent = scopeOf(instance, token.scope);
    const scope: Scope = {
      id: event.scope,
      parent: parent.id,
      element: token.element,
      process: event.process ?? parent.process,
      variables: {},
    };
    if (event.process !== undefined) scope.isolated = true;
    else if (token.iteration !== undefined) scope.variables = variablesOf(parent, token.iteration);
    addScope(instance, scope);
  },
  ScopeClosed(instance, event) {
    remove(instance.scopes, event.scope);
    if (instance.compensations) forget(instance, ({ scope }) => scope === event.scope);
  },
  TokenCreated(instance, event) {
    addToken(instance, { id: event.token, element: event.element, scope: event.scope, state: 'arrived' });
  },
  FlowTaken(instance, event) {
    addToken(instance, {
      id: event.token,
      element: event.element,
      scope: event.scope,
      state: 'arrived',
      via: event.flow,
    });
  },
  ElementEntered(instance, event) {
    if (event.joined) for (const joined of event.joined) remove(instance.tokens, joined);
    const token = tokenOf(instance, event.token);
    token.state = 'active';
    delete token.via;
  },
  ElementCompleted(instance, event) {
    const token = remove(instance.tokens, event.token);
    const loop = token && loopOf(instance, token);
    if (!loop || token.iteration === undefined) return;
    loop.completed += 1;
    if (loop.outputs && event.output !== undefined) loop.outputs[token.iteration - 1] = event.output;
  },
  ElementTerminated(instance, event) {
    const token = remove(instance.tokens, event.token);
    const loop = token && loopOf(instance, token);
    if (loop) loop.terminated += 1;
    if (instance.compensations) forget(instance, ({ id }) => id === event.token);
  },
  LoopStarted(instance, { token, instances, maximum, items, item, collection, result }) {
    const loop: LoopState = { begun: 0, completed: 0, terminated: 0 };
    if (instances !== undefined) loop.instances = instances;
    if (maximum !== undefined) loop.maximum = maximum;
    if (items !== undefined) loop.items = items;
    if (item !== undefined) loop.item = item;
    if (result !== undefined) loop.result = result;
    if (collection !== undefined) {
      loop.collection = collection;
      loop.outputs = Array.from({ length: instances ?? 0 }, () => null);
    }
    scopeOf(instance, token).loop = loop;
  },
  IterationStarted(instance, { token: id, body, index }) {
    const scope = scopeOf(instance, body);
    const { element, process } = scope;
    if (scope.loop) scope.loop.begun += 1;
    addToken(instance, { id, element, scope: body, state: 'active', iteration: index });
    addScope(instance, { id, parent: body, element, process, variables: variablesOf(scope, index) });
  },
  VariablesSet(instance, event) {
    const scope = scopeOf(instance, event.scope);
    scope.variables = Object.assign({}, scope.variables, event.variables);
  },
  GatewayDecided() {},
  AwaitingChanged(instance, event) {
    tokenOf(instance, event.token).awaiting = event.awaiting;
  },
  DecisionEvaluated() {},
  TaskCreated(instance, event) {
    tokenOf(instance, event.task).task = { assignee: event.assignee, groups: event.groups, users: event.users };
  },
  TaskAssigned(instance, event) {
    const token = tokenOf(instance, event.task);
    if (token.task) token.task = { ...token.task, assignee: event.assignee };
  },
  TaskUpdated(instance, { task: id, groups, users }) {
    const token = tokenOf(instance, id);
    if (!token.task) return;
    token.task = { ...token.task, groups: groups ?? token.task.groups, users: users ?? token.task.users };
  },
  TaskCompleted(instance, event) {
    delete tokenOf(instance, event.task).task;
  },
  TaskCancelled(instance, event) {
    delete tokenOf(instance, event.task).task;
  },
  JobRequested(instance, event) {
    const { job, kind: type, retries, listener, token = job } = event;
    tokenOf(instance, token).job = listener ? { type, retries, id: job, listener } : { type, retries };
    drawn(instance, job);
  },
  JobCompleted(instance, event) {
    delete tokenWithJob(instance, event.job)?.job;
  },
  JobFailed(instance, event) {
    const token = tokenWithJob(instance, event.job);
    if (token?.job) token.job = { ...token.job, retries: event.retries };
  },
  JobUpdated(instance, event) {
    const token = tokenWithJob(instance, event.job);
    if (token?.job) token.job = { ...token.job, retries: event.retries };
  },
  JobCancelled(instance, event) {
    delete tokenWithJob(instance, event.job)?.job;
  },
  TimerSet(instance, event) {
    const { timer, element, host, due, repeat } = event;
    instance.timers.push(
      repeat === undefined ? { id: timer, element, host, due } : { id: timer, element, host, due, repeat },
    );
    drawn(instance, timer);
  },
  TimerNotSet() {},
  TimerFired(instance, event) {
    remove(instance.timers, event.timer);
  },
  TimerCancelled(instance, event) {
    remove(instance.timers, event.timer);
  },
  MessageSubscribed(instance, event) {
    const { subscription, element, host, name, key } = event;
    instance.messages.push({ id: subscription, element, host, name, key });
    drawn(instance, subscription);
  },
  MessageReceived() {},
  MessageUnsubscribed(instance, event) {
    remove(instance.messages, event.subscription);
  },
  MessageSent(instance, event) {
    drawn(instance, event.id);
  },
  SignalSubscribed(instance, event) {
    const { subscription, element, host, name } = event;
    instance.signals.push({ id: subscription, element, host, name });
    drawn(instance, subscription);
  },
  SignalReceived() {},
  SignalUnsubscribed(instance, event) {
    remove(instance.signals, event.subscription);
  },
  SignalSent(instance, event) {
    drawn(instance, event.id);
  },
  ConditionSubscribed(instance, event) {
    const { subscription, element, host, definition } = event;
    const wait = { id: subscription, element, host };
    (instance.conditions ??= []).push(definition === undefined ? wait : { ...wait, definition });
    drawn(instance, subscription);
  },
  ConditionMet() {},
  ConditionUnsubscribed(instance, event) {
    if (!instance.conditions) return;
    remove(instance.conditions, event.subscription);
    if (instance.conditions.length === 0) delete instance.conditions;
  },
  ErrorThrown() {},
  EscalationThrown() {},
  CompensationKept(instance, event) {
    const record = compensable(instance, event);
    instance.compensations = [...(instance.compensations ?? []), record];
  },
  CompensationStarted(instance, event) {
    tokenOf(instance, event.token).compensates = event.by;
    const record = instance.compensations?.find(({ id }) => id === event.record);
    if (!record) return;
    forget(instance, (other) => other === record);
    const inside = (record.records ?? []).map((inner) => ({ ...inner, scope: event.token }));
    if (inside.length > 0) instance.compensations = [...(instance.compensations ?? []), ...inside];
  },
  TransactionCancelled(instance, event) {
    tokenOf(instance, event.token).cancelled = true;
  },
  NoteAdded(instance, event) {
    drawn(instance, event.id);
  },
  IncidentRaised(instance, event) {
    const { incident, token, element, kind, phase, message } = event;
    instance.incidents.push({ id: incident, token, element, kind, phase, message });
    if (phase === 'enter' || phase === 'leave') tokenOf(instance, token).state = 'failed';
    drawn(instance, incident);
  },
  IncidentResolved(instance, event) {
    const incident = remove(instance.incidents, event.incident);
    const token = incident && findById(instance.tokens, incident.token);
    if (token?.state === 'failed') token.state = 'active';
  },
  InstanceModified() {},
  InstanceMigrated: move,
  InstanceEnded(instance, event) {
    instance.status = event.status;
    instance.endedAt = event.at;
    delete instance.compensations;
  },
};

/** The record of an activity that completes; what it holds inside moves into it. */
function compensable(instance: Instance, event: EventOf<'CompensationKept'>): Compensable {
  const { id, element, scope, iteration } = tokenOf(instance, event.token);
  const { handler } = event;
  if (handler !== undefined) {
    const record: Compensable = { id, element, scope, handler };
    return iteration === undefined ? record : { ...record, variables: scopeOf(instance, id).variables };
  }
  const own = scopeOf(instance, id);
  const records = (instance.compensations ?? []).filter((record) => record.scope === id);
  forget(instance, (record) => record.scope === id);
  const record: Compensable = { id, element, scope, variables: own.variables };
  if (own.isolated) record.process = own.process;
  if (records.length > 0) record.records = records;
  return record;
}

/** Takes records away; without any, the instance has no list. */
function forget(instance: Instance, which: (record: Compensable) => boolean): void {
  const left = (instance.compensations ?? []).filter((record) => !which(record));
  if (left.length > 0) instance.compensations = left;
  else delete instance.compensations;
}

/** Folds one event into an instance that the caller owns, and gives it back. */
export function apply(instance: Instance | null, event: Event): Instance {
  if (event.type === 'InstanceStarted') return started(event);
  if (instance === null) throw new Error(`Expected a history to begin with InstanceStarted, but found ${event.type}.`);
  // The table is keyed by the event's own type, which TypeScript cannot follow through the union.
  (folds[event.type] as Fold<EventType>)(instance, event);
  return instance;
}

function started(event: EventOf<'InstanceStarted'>): Instance {
  const instance: Instance = {
    id: event.instance,
    release: event.release,
    process: event.process,
    status: 'active',
    version: 0,
    nextId: ROOT + 1,
    startedAt: event.at,
    scopes: [
      { id: ROOT, parent: null, element: event.process, process: event.process, variables: { ...event.variables } },
    ],
    tokens: [],
    timers: [],
    messages: [],
    signals: [],
    incidents: [],
  };
  if (event.businessKey !== undefined) instance.businessKey = event.businessKey;
  return instance;
}

function addToken(instance: Instance, token: Token): void {
  instance.tokens.push(token);
  drawn(instance, token.id);
}

/** A token may open its scope long after later ones did: the list stays sorted. */
function addScope({ scopes }: Instance, scope: Scope): void {
  scopes.splice(placeOf(scopes, scope.id), 0, scope);
}

function drawn(instance: Instance, id: number): void {
  if (id >= instance.nextId) instance.nextId = id + 1;
}

/** The loop that a token is an iteration of. */
function loopOf(instance: Instance, token: Token): LoopState | undefined {
  return token.iteration === undefined ? undefined : scopeOf(instance, token.scope).loop;
}

/** The variables that an iteration begins with. */
function variablesOf({ loop }: Scope, index: number): Variables {
  const variables: Variables = { loopCounter: index };
  if (loop?.result !== undefined) variables[loop.result] = null;
  if (loop?.item !== undefined) variables[loop.item] = loop.items?.[index - 1] ?? null;
  return variables;
}

function tokenOf(instance: Instance, id: number): Token {
  const token = findById(instance.tokens, id);
  if (!token) throw new Error(`Expected token ${id} in instance ${instance.id}, but it is not there.`);
  return token;
}

function scopeOf(instance: Instance, id: number): Scope {
  const scope = findById(instance.scopes, id);
  if (!scope) throw new Error(`Expected scope ${id} in instance ${instance.id}, but it is not there.`);
  return scope;
}

function remove<T extends { id: number }>(list: T[], id: number): T | undefined {
  const place = placeOf(list, id);
  return list[place]?.id === id ? list.splice(place, 1)[0] : undefined;
}
