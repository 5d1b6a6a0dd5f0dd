/** Commands: what is asked of an instance. Time and identity come from nowhere else than `at` and `actor`. */
import type { Instant, Variables } from './instance.ts';
import type { Note } from './event.ts';

interface Asked {
  /** When, ms since the epoch, UTC. */
  at: Instant;
  /** Who: `user:LOGIN`, `client:TOKEN`, `timer`, `job:TYPE`, `intake:CHANNEL`, `system`. */
  actor: string;
}

/**
 * Starts the instance: at the none start event, or at the named element that begins it (a start event, a receive task, an
 * event behind an event-based gateway).
 */
export interface Start extends Asked {
  type: 'Start';
  instance: string;
  release: string;
  process: string;
  start?: string;
  /** Which event definition of the start event came, from 0: a parallel multiple one then waits for the others. */
  definition?: number;
  /** Elements that are activated instead of a start event, with what lies around them. */
  activate?: string[];
  businessKey?: string;
  variables: Variables;
}
/** Completes an open user task with the values of its form. */
export interface CompleteTask extends Asked {
  type: 'CompleteTask';
  task: number;
  variables: Variables;
  notes?: Note[];
  /** Who does it: refused when somebody else has the task, and given to them when nobody has. */
  by?: string;
}
/** Gives a task to somebody, or back to its groups (null). `claim`: refuse when somebody else has it. */
export interface AssignTask extends Asked {
  type: 'AssignTask';
  task: number;
  assignee: string | null;
  claim?: true;
}
export interface CompleteJob extends Asked {
  type: 'CompleteJob';
  job: number;
  variables: Variables;
  notes?: Note[];
}
/** The worker failed; `retries` are what is left (0 raises an incident), `retryAt` when to try again. */
export interface FailJob extends Asked {
  type: 'FailJob';
  job: number;
  message: string;
  retries: number;
  retryAt: Instant;
  /** What the worker leaves for the next attempt: the task's own variables. */
  variables?: Variables;
}
/** The worker throws a BPMN error to be caught by a boundary event or event sub-process. */
export interface ThrowError extends Asked {
  type: 'ThrowError';
  job: number;
  code: string;
  message: string;
  variables: Variables;
}
export interface FireTimer extends Asked {
  type: 'FireTimer';
  timer: number;
}
/** Delivers a message to one subscription of this instance. */
export interface CorrelateMessage extends Asked {
  type: 'CorrelateMessage';
  subscription: number;
  name: string;
  variables: Variables;
  messageId?: string;
}
/** Delivers a signal to all subscriptions of this instance that have its name. */
export interface BroadcastSignal extends Asked {
  type: 'BroadcastSignal';
  name: string;
  variables: Variables;
}
/** Changes who may do an open task and when; what is left out stays, null takes a date away. */
export interface UpdateTask extends Asked {
  type: 'UpdateTask';
  task: number;
  groups?: string[];
  users?: string[];
  due?: Instant | null;
  followUp?: Instant | null;
  /** 0..100 */
  priority?: number;
}
/** Gives an open job this many attempts. One that waits for its incident is tried again when that is resolved. */
export interface UpdateJob extends Asked {
  type: 'UpdateJob';
  job: number;
  /** At least 1. */
  retries: number;
}
/**
 * Sets variables of a scope (default: the root): each where it is known, seen from there, else outermost. `local`: of exactly
 * this scope. The id of an active token means its own scope.
 */
export interface SetVariables extends Asked {
  type: 'SetVariables';
  scope?: number;
  local?: boolean;
  variables: Variables;
}
/** Begins elements of an ad-hoc sub-process; `scope` is its token. */
export interface ActivateElements extends Asked {
  type: 'ActivateElements';
  scope: number;
  elements: string[];
}
/** Writes into the log of the case; moves nothing. */
export interface AddNote extends Asked {
  type: 'AddNote';
  note: Note;
}
/** Tries again what the incident stopped. `retries`: attempts of its job; default what UpdateJob gave it, else the model's. */
export interface ResolveIncident extends Asked {
  type: 'ResolveIncident';
  incident: number;
  retries?: number;
}
export interface Cancel extends Asked {
  type: 'Cancel';
  reason?: string;
}
/** One element that Modify activates. */
export interface Activation {
  element: string;
  /**
   * The open scope in which it begins; the scopes between are opened anew. Without it, it begins in the one open scope that
   * it lies in, and scopes that are not open are opened around it.
   */
  scope?: number;
  /** `scope`: the element, or one around it that is opened or open; without it, of the whole process. */
  variables?: { scope?: string; variables: Variables }[];
}
/**
 * Moves tokens by hand: activates elements, ends tokens with all that goes on inside them, and for each token at `from`
 * does both. What has nothing left inside ends too.
 */
export interface Modify extends Asked {
  type: 'Modify';
  reason?: string;
  activate?: Activation[];
  /** Tokens. */
  terminate?: number[];
  move?: { from: string; to: string }[];
}

/**
 * Goes over to another release. What is under way goes on there: each element is the one of the same id, unless `elements`
 * says which.
 */
export interface Migrate extends Asked {
  type: 'Migrate';
  release: string;
  /** BPMN id, in that release; mostly the same as before. */
  process: string;
  /** Element here to element there. */
  elements: Record<string, string>;
  reason?: string;
}

export type Command =
  | Start
  | CompleteTask
  | AssignTask
  | CompleteJob
  | FailJob
  | ThrowError
  | UpdateTask
  | UpdateJob
  | FireTimer
  | CorrelateMessage
  | BroadcastSignal
  | SetVariables
  | ActivateElements
  | AddNote
  | ResolveIncident
  | Cancel
  | Modify
  | Migrate;
