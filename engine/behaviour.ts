/**
 * What an element does. One element = one file under elements/ with one behaviour, and one line in elements/index.ts.
 * Shared code asks the behaviour and never branches on an element's type.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from './bpmn/compiler.ts';
import type { LinkEnd } from './events/definition.ts';
import type { Execution } from './execution.ts';
import type { Awaited } from './joins.ts';
import type { ListenerEvent, ListenerPlace, Token, Variables } from './instance.ts';
import type { Element, StartTrigger } from './model.ts';

/** What is caught by the nearest that catches it, not by a subscription. */
export type Caught = 'error' | 'escalation' | 'cancel';

/** Something that an element waited for. `code` is the error's or escalation's. */
export interface Trigger {
  readonly kind: 'task' | 'job' | 'timer' | 'message' | 'signal' | 'condition' | 'compensation' | Caught;
  readonly variables: Variables;
  readonly code?: string;
  /** The id of the timer or subscription that it came by. */
  readonly wait?: number;
  /** Of a task: who had it when it was completed (BPMN 2.0, actualOwner). */
  readonly owner?: string | null;
}

/** That an event is about compensation. `handler`: the activity that its association leads to. */
export interface Compensation {
  readonly handler: string | null;
}

/** What an instance begins with: the trigger that came. */
export type Beginning = Pick<StartTrigger, 'element' | 'definition'>;

/** Reports a rule that an element breaks. */
export type Report = (rule: string, message: string) => void;

export interface Behaviour<Spec = unknown> {
  /** The BPMN type that it implements. */
  readonly type: string;
  /** The type of the same task as a root element of its own, to be called (BPMN 2.0, 10.3.7). */
  readonly globalType?: string;
  /** The `zeebe:` extension elements that it reads, beside io mapping and properties. */
  readonly extensions?: readonly string[];
  /** For which events it can have execution listeners. Default: start and end. */
  readonly listeners?: readonly ListenerEvent[];
  /** The listeners for an event are done: what was to happen then. `start` and `end` belong to every element. */
  heard?(x: Execution, token: Token, element: Element<Spec>, place: ListenerPlace): void;
  /** Reads the BPMN node; what it cannot run it reports through `c.problem`. */
  compile(node: ModdleElement, c: Compiler): Spec;
  /** Rules about its neighbours, once all flows are known; reported on the element. */
  check?(element: Element<Spec>, byId: ReadonlyMap<string, Element>, report: Report): void;
  /** How it begins instances; asked of elements directly inside a process. */
  startTriggers?(element: Element<Spec>, byId: ReadonlyMap<string, Element>): StartTrigger[];
  /** What it waits for, as it could begin instances. */
  couldStart?(element: Element<Spec>): StartTrigger[];
  /** The first token of an instance is here, by this trigger. Default: it completes. */
  begin?(x: Execution, token: Token, element: Element<Spec>, by: Beginning): void;
  /** Of a link event: an end at which the token leaves, or one at which it arrives. */
  link?(element: Element<Spec>): (LinkEnd & { end: 'source' | 'target' }) | null;
  /** A token was brought by a flow. Default: it is taken in at once. Joins wait here. */
  arrive?(x: Execution, token: Token, element: Element<Spec>): void;
  /** The token was taken in; its scope and boundary events stand. Either completes it or leaves it at rest. */
  enter(x: Execution, token: Token, element: Element<Spec>): void;
  /** Opens its inside, where nothing begins: a token is put into it by hand. */
  open?(x: Execution, token: Token, element: Element<Spec>): void;
  /** What to activate by hand in its place, as the end of a sentence. Default: itself. */
  readonly instead?: string;
  /** For catching events: begins to wait on behalf of `host` (see `trigger`). */
  arm?(x: Execution, host: number, element: Element<Spec>): void;
  /** What it waits for, in one text: in another release a wait goes on when that is the same. */
  waitsFor?(element: Element<Spec>): string;
  /** The elements that wait in its place. */
  races?(element: Element<Spec>): readonly string[];
  /** A token of it came from another release, where it was at `before`. */
  migrated?(x: Execution, token: Token, element: Element<Spec>, before: Element<Spec>): void;
  /**
   * Something came that this element waited for. `host` is the id of the token that the wait belongs to: its own, the
   * activity's of a boundary event, the event-based gateway's before a catch event, the scope's of an event sub-process.
   */
  trigger?(x: Execution, host: number, element: Element<Spec>, trigger: Trigger): void;
  /** The last token inside its scope is gone. */
  childrenGone?(x: Execution, token: Token, element: Element<Spec>): void;
  /** All tokens rest, and this one waits unmerged: may the join fire now? */
  settle?(x: Execution, token: Token, element: Element<Spec>): void;
  /** What a token that waits unmerged still needs before it is taken in; null: nothing but that the others rest. */
  awaits?(x: Execution, token: Token, element: Element<Spec>): Awaited | null;
  /** Whether a token has taken its flows and only waits now: no other waits for it. Default: no. */
  spent?(token: Token, element: Element<Spec>): boolean;
  /** Whether it begins by itself in a scope without start events when no flow leads to it. Default: yes. */
  begins?(node: ModdleElement): boolean;
  /** Something inside its scope was completed; `ended`: no flow leads on from there. */
  innerCompleted?(x: Execution, token: Token, element: Element<Spec>, ended: boolean): void;
  /** Of an ad-hoc scope: the elements that somebody may begin. */
  choices?(element: Element<Spec>): readonly Element[];
  /** Begins some of its choices. */
  activate?(x: Execution, token: Token, element: Element<Spec>, chosen: readonly Element[]): void;
  /** For catching events: would it catch this, and how closely (2 = by code, 1 = any, 0 = no)? */
  catches?(element: Element<Spec>, kind: Caught, code: string): 0 | 1 | 2;
  /** For events that are never armed: what undoes the activity that they sit on, or the scope that they are in. */
  compensation?(element: Element<Spec>): Compensation | null;
  /** The resources that it names with a fixed id: checked when a release is put together. */
  references?(element: Element<Spec>): { kind: 'processes' | 'decisions' | 'forms'; id: string }[];
}
