/**
 * Events: what happened. What the world must do is an event too (TaskCreated, TimerSet, JobRequested, MessageSent), so
 * the history holds every effect. Shapes are only ever added to: `evolve` folds old ones for ever.
 */
import type {
  IncidentKind,
  IncidentPhase,
  InstanceStatus,
  Instant,
  ListenerPlace,
  Repeat,
  Value,
  Variables,
} from './instance.ts';

/** An entry of the log of a case. `public` is for the requester too, `internal` for agents, `notice` records who was told what. */
export interface Note {
  audience: 'public' | 'internal' | 'notice';
  text: string;
  /** `notice` only: logins or groups that were told. */
  to?: string[];
}

/** A token with its scope, a wait, an incident, or what can be undone, that is at another element after a migration. */
export interface MovedRecord {
  id: number;
  element: string;
  /** Of a token: the flow that brought it, and what it still has before it. */
  via?: string;
  awaiting?: string[];
  /** Of what can be undone. */
  handler?: string;
}

export type Event =
  | {
      type: 'InstanceStarted';
      instance: string;
      release: string;
      process: string;
      businessKey?: string;
      at: Instant;
      variables: Variables;
    }
  /** A scope opened for the token of the same id. `process` is given when another process's model begins (call activity). */
  | { type: 'ScopeOpened'; scope: number; process?: string }
  | { type: 'ScopeClosed'; scope: number }
  /** A token was made outside of any flow: at a start event, a boundary event, an event sub-process. */
  | { type: 'TokenCreated'; token: number; element: string; scope: number }
  /** A new token was brought to the flow's target by this flow (`element` = the target). */
  | { type: 'FlowTaken'; flow: string; token: number; element: string; scope: number }
  /** The token was taken in by its element; a join names the tokens that were merged into it. */
  | { type: 'ElementEntered'; token: number; joined?: number[] }
  /** The element ended normally and its token is consumed. `output`: what an iteration gives to the output collection. */
  | { type: 'ElementCompleted'; token: number; output?: Value }
  /** The element was ended from outside and its token is consumed. */
  | { type: 'ElementTerminated'; token: number }
  /**
   * A loop began; its scope is open. `instances`, `maximum`, `items`: how many there will be (at most), and the input collection, where
   * that is known. `item`, `result`: the variables that each iteration has for itself. `collection`: gets the outputs.
   */
  | {
      type: 'LoopStarted';
      token: number;
      instances?: number;
      maximum?: number;
      items?: Value[];
      item?: string;
      collection?: string;
      result?: string;
    }
  /** A token was made for an iteration of the loop, at the same element, with a scope of its own. `index` is from 1. */
  | { type: 'IterationStarted'; token: number; body: number; index: number }
  /** Variables of one scope; only the changed ones. */
  | { type: 'VariablesSet'; scope: number; variables: Variables }
  /** What a gateway chose, and the values that its conditions saw. */
  | { type: 'GatewayDecided'; token: number; flows: string[]; saw: Variables }
  /**
   * What a resting token has still before it: a complex gateway that has fired the flows from which tokens are to come, a
   * sequential ad-hoc sub-process the elements that are to begin.
   */
  | { type: 'AwaitingChanged'; token: number; awaiting: string[] }
  | {
      type: 'DecisionEvaluated';
      token: number;
      decision: string;
      /** The input values that the rules saw. */
      inputs: Variables;
      /** Ids of the rules that matched, in table order. */
      rules: string[];
      output: Value;
      /** What was evaluated for it: the decisions it requires and the functions with a table, in order of results. */
      required?: { decision: string; inputs: Variables; rules: string[]; output: Value }[];
    }
  | {
      type: 'TaskCreated';
      task: number;
      element: string;
      assignee: string | null;
      groups: string[];
      users: string[];
      due?: Instant;
      followUp?: Instant;
      /** 0..100, 50 unless the diagram says otherwise. */
      priority: number;
      form?: string;
    }
  | { type: 'TaskAssigned'; task: number; assignee: string | null }
  /** What is not named stays as it is; null: there is no date any more. */
  | {
      type: 'TaskUpdated';
      task: number;
      groups?: string[];
      users?: string[];
      due?: Instant | null;
      followUp?: Instant | null;
      priority?: number;
      form?: string | null;
    }
  | { type: 'TaskCompleted'; task: number }
  | { type: 'TaskCancelled'; task: number }
  | {
      type: 'JobRequested';
      job: number;
      element: string;
      kind: string;
      retries: number;
      headers: Record<string, string>;
      /** Of a listener: the token, and where it stands. */
      token?: number;
      listener?: ListenerPlace;
    }
  | { type: 'JobCompleted'; job: number }
  | { type: 'JobFailed'; job: number; retries: number; retryAt: Instant; message: string }
  /** It has this many attempts now; nothing else changes. */
  | { type: 'JobUpdated'; job: number; retries: number }
  | { type: 'JobCancelled'; job: number }
  | {
      type: 'TimerSet';
      timer: number;
      element: string;
      host: number;
      due: Instant;
      repeat?: Repeat;
    }
  /** The diagram's expression gave an explicit null: there is nothing to wait for. */
  | { type: 'TimerNotSet'; element: string; host: number }
  | { type: 'TimerFired'; timer: number }
  | { type: 'TimerCancelled'; timer: number }
  | { type: 'MessageSubscribed'; subscription: number; element: string; host: number; name: string; key: string }
  | { type: 'MessageReceived'; subscription: number; name: string; messageId?: string }
  | { type: 'MessageUnsubscribed'; subscription: number }
  /** To be correlated by the server to one waiting subscription. */
  | { type: 'MessageSent'; id: number; name: string; key: string; variables: Variables; ttl: number }
  | { type: 'SignalSubscribed'; subscription: number; element: string; host: number; name: string }
  | { type: 'SignalReceived'; subscription: number; name: string }
  | { type: 'SignalUnsubscribed'; subscription: number }
  /** To be broadcast by the server to all other instances. */
  | { type: 'SignalSent'; id: number; name: string; variables: Variables }
  /** A conditional event waits; `definition` is the index of its event definition where the event has several. */
  | { type: 'ConditionSubscribed'; subscription: number; element: string; host: number; definition?: number }
  /** Its condition held, with these values of the variables that it reads. */
  | { type: 'ConditionMet'; subscription: number; saw: Variables }
  | { type: 'ConditionUnsubscribed'; subscription: number }
  /** `caughtBy` is the catching event; without it the error ended the instance or became an incident. */
  | { type: 'ErrorThrown'; token: number; code: string; message: string; caughtBy?: string }
  | { type: 'EscalationThrown'; token: number; code: string; caughtBy?: string }
  /**
   * An activity that is completing can be undone later: by its handler, or from its inside, whose variables and records
   * are kept as they are now.
   */
  | { type: 'CompensationKept'; token: number; handler?: string }
  /** A token begins to undo on behalf of `by`. It uses up the record, if it comes from one. */
  | { type: 'CompensationStarted'; token: number; record?: number; by: number }
  /** A cancel end event was reached in the transaction of this token. */
  | { type: 'TransactionCancelled'; token: number }
  | { type: 'NoteAdded'; id: number; audience: Note['audience']; text: string; to?: string[]; element?: string }
  | {
      type: 'IncidentRaised';
      incident: number;
      token: number;
      element: string;
      kind: IncidentKind;
      phase: IncidentPhase;
      message: string;
    }
  | { type: 'IncidentResolved'; incident: number }
  /** Somebody moves tokens by hand; the events that follow are what that does. Elements, in the order of the command. */
  | { type: 'InstanceModified'; activated: string[]; terminated: string[]; reason?: string }
  /** From here on the instance runs in this release; `moved`: what has another place there. */
  | { type: 'InstanceMigrated'; release: string; process: string; moved: MovedRecord[]; reason?: string }
  | { type: 'InstanceEnded'; status: Exclude<InstanceStatus, 'active'>; at: Instant; reason?: string };

export type EventType = Event['type'];
/** The event of one type. */
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;
