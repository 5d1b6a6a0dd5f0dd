/**
 * The state of one process instance: plain JSON, changed only by `evolve`.
 * Ids inside an instance are numbers from its own counter; element names are BPMN ids, so that a history can be
 * read without its model and survives a new version of the diagram.
 */

/** Milliseconds since the epoch, UTC. */
export type Instant = number;

/** Anything JSON can hold: the only kind of value that variables have. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Variables = Record<string, Value>;

/** The id of the root scope: the process itself. */
export const ROOT = 0;

/**
 * A variable scope. The root scope has id 0; every other scope belongs to the token of the same id (a sub-process, a
 * call activity, or any activity with input mappings).
 */
export interface Scope {
  id: number;
  /** null for the root only. */
  parent: number | null;
  /** The element whose scope it is; of the root, the process id. */
  element: string;
  /** The process whose model the elements in this scope belong to. */
  process: string;
  variables: Variables;
  /** The inside of a call activity: variables outside are neither seen nor set. */
  isolated?: true;
  /** Of the body of a loop: its counts. The iterations move in this scope. */
  loop?: LoopState;
}

/** How far a loop is (BPMN 2.0, 10.3.8). */
export interface LoopState {
  /** How many instances there will be; absent when only a condition tells. */
  instances?: number;
  /** How many there will be at most, where `instances` is absent and that is known. */
  maximum?: number;
  begun: number;
  completed: number;
  terminated: number;
  /** The input collection, in order. */
  items?: Value[];
  /** The variable in which each iteration has its item. */
  item?: string;
  /** What the iterations gave, in the order of the items; null where nothing came (yet). */
  outputs?: Value[];
  /** The variable that gets the outputs in the end. */
  collection?: string;
  /** A variable that each iteration has for itself, null at first: its output is made from it. */
  result?: string;
}

/** A token. `arrived`: brought by a flow, not yet taken in (it waits in a join). `active`: at rest inside its element. */
export interface Token {
  id: number;
  element: string;
  /** The scope in which it moves. */
  scope: number;
  state: 'arrived' | 'active' | 'failed';
  /** The sequence flow that brought it, if one did. */
  via?: string;
  /** See the event AwaitingChanged: ids of flows or elements. */
  awaiting?: string[];
  /** Of an iteration of a loop: which one, from 1. It moves in the scope of the loop's body. */
  iteration?: number;
  task?: Task;
  job?: Job;
  /**
   * It undoes something on behalf of the token of this id, which waits for it: a throw event, a transaction that is
   * cancelled, or an activity that is undone from its inside. The activity itself is then the token that has this.
   */
  compensates?: number;
  /** A transaction that is being cancelled. */
  cancelled?: true;
}

/** An open user task; its id is the token's. */
export interface Task {
  assignee: string | null;
  groups: string[];
  users: string[];
}

/** A job that the world has to do; its id is the token's, unless it is a listener's. */
export interface Job {
  type: string;
  /** Attempts left. 0 = an incident is open. */
  retries: number;
  /** Of a listener, whose job has an id of its own. */
  id?: number;
  listener?: ListenerPlace;
}

/** When listeners are told: before and after the work of an element, and at the steps of a user task. */
export type ListenerEvent = 'start' | 'end' | 'creating' | 'assigning' | 'completing';

/** Where the listeners of a token are. */
export interface ListenerPlace {
  event: ListenerEvent;
  /** How many of them are completed. */
  done: number;
  /** What was asked for and waits for them: who gets the task, or with what it is completed. */
  pending?: { assignee?: string | null; variables?: Variables; owner?: string | null };
}

/** An armed timer. `host` is the token (or scope, for an event sub-process) that it belongs to. */
export interface Timer {
  id: number;
  element: string;
  host: number;
  due: Instant;
  repeat?: Repeat;
}

/** The cycle of a timer. */
export interface Repeat {
  /** How often it fires after this time; -1 = for ever. */
  left: number;
  /** The ISO 8601 period, or cron text. */
  every: string;
  /** IANA name, of the calendar that it goes by; default UTC. */
  zone?: string;
  /** Of a period of months or years, or of days in a zone: the first due time, and how many periods later this one is. */
  start?: Instant;
  count?: number;
}

/** An open message subscription. */
export interface MessageWait {
  id: number;
  element: string;
  host: number;
  name: string;
  key: string;
}

/** An open signal subscription. */
export interface SignalWait {
  id: number;
  element: string;
  host: number;
  name: string;
}

/** A completed activity that can be undone (BPMN 2.0, 10.7). Its id is that of the token that completed it. */
export interface Compensable {
  id: number;
  element: string;
  /** The scope in which it completed. */
  scope: number;
  /** The compensation handler that undoes it; absent: it is undone from its inside. */
  handler?: string;
  /** Its inside was another process (call activity). */
  process?: string;
  /** The variables of its own scope, as they were when it completed: of what has an inside, and of an iteration. */
  variables?: Variables;
  /** What completed inside and can be undone, in the order of completion. */
  records?: Compensable[];
}

/** An open conditional event: looked at when a variable that it reads is set. */
export interface ConditionWait {
  id: number;
  element: string;
  host: number;
  /** Which event definition of the element, from 0, where it has several. */
  definition?: number;
}

/** All kinds of incidents. */
export const INCIDENT_KINDS = [
  'expression',
  'no-flow',
  'job',
  'error',
  'decision',
  'timer',
  'loop',
  'call',
  'join',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export type IncidentPhase = 'arrive' | 'enter' | 'inner' | 'leave' | 'job';

/** Trouble of the model or of a worker that somebody has to resolve. */
export interface Incident {
  id: number;
  token: number;
  element: string;
  kind: IncidentKind;
  /** What resolving it tries again: joining, taking the token in, going on after what ended inside, letting it go on, or the job. */
  phase: IncidentPhase;
  /** What was expected and what was found. */
  message: string;
}

/** `failed` = ended by an error that nobody caught; `cancelled` = ended by a Cancel command. */
export type InstanceStatus = 'active' | 'completed' | 'failed' | 'cancelled';

export interface Instance {
  /** Decimal string of the 63-bit key. */
  id: string;
  /** Decimal string: the set of resource versions it is pinned to. */
  release: string;
  process: string;
  businessKey?: string;
  status: InstanceStatus;
  /** The number of commands it has taken = seq of its last journal row. */
  version: number;
  nextId: number;
  startedAt: Instant;
  endedAt?: Instant;
  scopes: Scope[];
  tokens: Token[];
  timers: Timer[];
  messages: MessageWait[];
  signals: SignalWait[];
  /** Absent while no conditional event waits. */
  conditions?: ConditionWait[];
  incidents: Incident[];
  /** What can be undone, in the order of completion; absent while there is nothing. */
  compensations?: Compensable[];
}

/** The token whose job has this id. */
export function tokenWithJob(instance: Instance, job: number): Token | undefined {
  return instance.tokens.find((token) => token.job && (token.job.id ?? token.id) === job);
}
