/** What an event of a history says to a reader: a kind for the eye and a sentence from the locales. */
import { tokenWithJob } from '../../../engine/index.ts';
import type { Event, EventOf, EventType, Instance, Value } from '../../../engine/index.ts';

/** What a line is about. Steps are filtered by it. */
export const kinds = [
  'task',
  'decision',
  'course',
  'timer',
  'message',
  'job',
  'note',
  'trouble',
  'intervention',
  'end',
] as const;
export type Kind = (typeof kinds)[number];

/** What is known where the event happened. */
export interface Scene {
  /** Before the event; null before the first. */
  instance: Instance | null;
  /** Name of an element or flow in the reader's language, else its id. */
  nameOf: (id: string) => string;
  timeText: (at: number) => string;
}

export interface Sentence {
  kind: Kind;
  /** Completes the text key `history:events.`. */
  key: string;
  values: Record<string, unknown>;
}

type Tell<T extends EventType> = (event: EventOf<T>, scene: Scene) => Record<string, unknown>;

/** A value as a reader sees it: JSON, cut where it is long. */
export function valueText(value: Value | undefined): string {
  if (value === undefined) return '–';
  const text = JSON.stringify(value);
  return text.length <= 400 ? text : `${text.slice(0, 400)} …`;
}

function contextText(values: Record<string, Value>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${valueText(value)}`)
    .join(', ');
}

function elementOfToken({ instance, nameOf }: Scene, id: number): string {
  const token = instance?.tokens.find((other) => other.id === id);
  return token ? nameOf(token.element) : String(id);
}

function elementOfJob(scene: Scene, id: number): string {
  const token = scene.instance && tokenWithJob(scene.instance, id);
  return token ? scene.nameOf(token.element) : String(id);
}

/** The element and, of a message or signal, the name of an open wait. */
function waitOf({ instance, nameOf }: Scene, id: number): { element: string; name: string } {
  const wait = [...(instance?.messages ?? []), ...(instance?.signals ?? []), ...(instance?.conditions ?? [])].find(
    (other) => other.id === id,
  );
  return { element: wait ? nameOf(wait.element) : String(id), name: wait && 'name' in wait ? wait.name : '' };
}

function elementOfTimer({ instance, nameOf }: Scene, id: number): string {
  const timer = instance?.timers.find((other) => other.id === id);
  return timer ? nameOf(timer.element) : String(id);
}

function candidates({ groups, users, assignee }: EventOf<'TaskCreated'>): string {
  return (assignee === null ? [...groups, ...users] : [assignee]).join(', ') || '–';
}

function updatedTask(event: EventOf<'TaskUpdated'>, scene: Scene): Record<string, unknown> {
  const { task, groups, users, due, followUp, priority, form } = event;
  const date = (at: number | null): string => (at === null ? '–' : scene.timeText(at));
  const changes = {
    ...(groups && { groups: groups.join(', ') || '–' }),
    ...(users && { users: users.join(', ') || '–' }),
    ...(due !== undefined && { due: date(due) }),
    ...(followUp !== undefined && { followUp: date(followUp) }),
    ...(priority !== undefined && { priority: String(priority) }),
    ...(form !== undefined && { form: form ?? '–' }),
  };
  const text = Object.entries(changes).map(([name, value]) => `${name} = ${value}`);
  return { element: elementOfToken(scene, task), changes: text.join(', ') || '–' };
}

/** null: the path, the changes of variables or the step's title show it already. */
export const tells: { [T in EventType]: { kind: Kind; tell: Tell<T> } | null } = {
  InstanceStarted: null,
  ScopeOpened: null,
  ScopeClosed: null,
  TokenCreated: null,
  FlowTaken: null,
  ElementEntered: null,
  ElementCompleted: null,
  VariablesSet: null,
  AwaitingChanged: {
    kind: 'course',
    tell: ({ token, awaiting }, scene) => ({
      element: elementOfToken(scene, token),
      awaiting: awaiting.map((id) => scene.nameOf(id)).join(', ') || '–',
    }),
  },
  LoopStarted: {
    kind: 'course',
    tell: ({ token, instances, maximum }, scene) => ({
      element: elementOfToken(scene, token),
      count: instances ?? maximum ?? '–',
      context: instances === undefined ? (maximum === undefined ? 'open' : 'maximum') : 'planned',
    }),
  },
  IterationStarted: {
    kind: 'course',
    tell: ({ body, index }, scene) => ({ element: elementOfToken(scene, body), index }),
  },
  GatewayDecided: {
    kind: 'decision',
    tell: ({ token, flows, saw }, scene) => ({
      element: elementOfToken(scene, token),
      flows: flows.map((flow) => scene.nameOf(flow)).join(', '),
      saw: contextText(saw) || '–',
    }),
  },
  DecisionEvaluated: {
    kind: 'decision',
    tell: ({ decision, inputs, rules, output }) => ({
      decision,
      inputs: contextText(inputs) || '–',
      rules: rules.join(', ') || '–',
      output: valueText(output),
    }),
  },
  TaskCreated: {
    kind: 'task',
    tell: (event, { nameOf }) => ({ element: nameOf(event.element), candidates: candidates(event) }),
  },
  TaskAssigned: {
    kind: 'task',
    tell: ({ task, assignee }, scene) => ({ element: elementOfToken(scene, task), assignee: assignee ?? '–' }),
  },
  TaskUpdated: { kind: 'task', tell: (event, scene) => updatedTask(event, scene) },
  TaskCompleted: { kind: 'task', tell: ({ task }, scene) => ({ element: elementOfToken(scene, task) }) },
  TaskCancelled: { kind: 'task', tell: ({ task }, scene) => ({ element: elementOfToken(scene, task) }) },
  JobRequested: {
    kind: 'job',
    tell: ({ element, kind, listener }, { nameOf }) => ({
      element: nameOf(element),
      job: kind,
      ...(listener ? { context: 'listener' } : {}),
    }),
  },
  JobCompleted: { kind: 'job', tell: ({ job }, scene) => ({ element: elementOfJob(scene, job) }) },
  JobCancelled: { kind: 'job', tell: ({ job }, scene) => ({ element: elementOfJob(scene, job) }) },
  JobUpdated: { kind: 'job', tell: ({ job, retries }, scene) => ({ element: elementOfJob(scene, job), retries }) },
  JobFailed: {
    kind: 'trouble',
    tell: ({ job, retries, message }, scene) => ({ element: elementOfJob(scene, job), retries, message }),
  },
  TimerSet: {
    kind: 'timer',
    tell: ({ element, due }, { nameOf, timeText }) => ({ element: nameOf(element), due: timeText(due) }),
  },
  TimerFired: { kind: 'timer', tell: ({ timer }, scene) => ({ element: elementOfTimer(scene, timer) }) },
  TimerCancelled: { kind: 'timer', tell: ({ timer }, scene) => ({ element: elementOfTimer(scene, timer) }) },
  TimerNotSet: { kind: 'timer', tell: ({ element }, { nameOf }) => ({ element: nameOf(element) }) },
  MessageSubscribed: { kind: 'message', tell: ({ name, element }, { nameOf }) => ({ name, element: nameOf(element) }) },
  MessageReceived: { kind: 'message', tell: ({ name }) => ({ name }) },
  MessageSent: { kind: 'message', tell: ({ name, key }) => ({ name, key }) },
  MessageUnsubscribed: { kind: 'message', tell: ({ subscription }, scene) => waitOf(scene, subscription) },
  SignalSubscribed: { kind: 'message', tell: ({ name, element }, { nameOf }) => ({ name, element: nameOf(element) }) },
  SignalUnsubscribed: { kind: 'message', tell: ({ subscription }, scene) => waitOf(scene, subscription) },
  ConditionSubscribed: { kind: 'message', tell: ({ element }, { nameOf }) => ({ element: nameOf(element) }) },
  ConditionMet: {
    kind: 'message',
    tell: ({ subscription, saw }, scene) => ({
      element: waitOf(scene, subscription).element,
      saw: contextText(saw) || '–',
    }),
  },
  ConditionUnsubscribed: {
    kind: 'message',
    tell: ({ subscription }, scene) => ({ element: waitOf(scene, subscription).element }),
  },
  SignalReceived: { kind: 'message', tell: ({ name }) => ({ name }) },
  SignalSent: { kind: 'message', tell: ({ name }) => ({ name }) },
  ErrorThrown: {
    kind: 'trouble',
    tell: ({ token, code, message, caughtBy }, scene) => ({
      element: elementOfToken(scene, token),
      code,
      message,
      caughtBy: caughtBy === undefined ? '–' : scene.nameOf(caughtBy),
    }),
  },
  EscalationThrown: {
    kind: 'trouble',
    tell: ({ token, code, caughtBy }, scene) => ({
      element: elementOfToken(scene, token),
      code,
      caughtBy: caughtBy === undefined ? '–' : scene.nameOf(caughtBy),
    }),
  },
  CompensationKept: { kind: 'trouble', tell: ({ token }, scene) => ({ element: elementOfToken(scene, token) }) },
  CompensationStarted: {
    kind: 'trouble',
    tell: ({ token, by }, scene) => ({ element: elementOfToken(scene, token), by: elementOfToken(scene, by) }),
  },
  TransactionCancelled: { kind: 'trouble', tell: ({ token }, scene) => ({ element: elementOfToken(scene, token) }) },
  NoteAdded: {
    kind: 'note',
    tell: ({ audience, text }) => ({ text, context: audience }),
  },
  IncidentRaised: {
    kind: 'trouble',
    tell: ({ element, kind, message }, { nameOf }) => ({ element: nameOf(element), incident: kind, message }),
  },
  IncidentResolved: {
    kind: 'trouble',
    tell: ({ incident }, { instance, nameOf }) => {
      const found = instance?.incidents.find(({ id }) => id === incident);
      return { element: found ? nameOf(found.element) : String(incident) };
    },
  },
  InstanceModified: {
    kind: 'intervention',
    tell: ({ activated, terminated, reason = '' }, { nameOf }) => ({
      activated: activated.map(nameOf).join(', ') || '–',
      terminated: terminated.map(nameOf).join(', ') || '–',
      reason,
    }),
  },
  InstanceMigrated: {
    kind: 'intervention',
    tell: ({ release, moved, reason = '' }, { instance, nameOf }) => {
      const tokens = moved.filter(({ id }) => instance?.tokens.some((token) => token.id === id));
      const from = (id: number): string => instance?.tokens.find((token) => token.id === id)?.element ?? '';
      const places = tokens.map(({ id, element }) => `${nameOf(from(id))} → ${nameOf(element)}`);
      return { release, places: places.join(', ') || '–', reason };
    },
  },
  ElementTerminated: { kind: 'end', tell: ({ token }, scene) => ({ element: elementOfToken(scene, token) }) },
  InstanceEnded: { kind: 'end', tell: ({ status, reason }) => ({ context: status, reason: reason ?? '' }) },
};

/** The sentences of an event; none for events that the path and the changes of variables show already. */
export function sentences(event: Event, scene: Scene): Sentence[] {
  // The table is keyed by the event's own type, which TypeScript cannot follow through the union.
  const entry = tells[event.type] as { kind: Kind; tell: Tell<EventType> } | null;
  if (!entry) return [];
  const told = { kind: entry.kind, key: event.type, values: entry.tell(event, scene) };
  return event.type === 'DecisionEvaluated' ? [...required(event), told] : [told];
}

/** What was evaluated for a decision, in order. */
function required({ required = [] }: EventOf<'DecisionEvaluated'>): Sentence[] {
  return required.map(({ decision, inputs, rules, output }) => ({
    kind: 'decision',
    key: 'DecisionRequired',
    values: {
      decision,
      inputs: contextText(inputs) || '–',
      rules: rules.join(', ') || '–',
      output: valueText(output),
    },
  }));
}
