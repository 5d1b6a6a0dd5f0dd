/**
 * What a start, catch, boundary, throw or end event is about. One event definition = one file in this folder and one line
 * in events/index.ts.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Caught, Compensation, Report } from '../behaviour.ts';
import type { Compiler } from '../bpmn/compiler.ts';
import type { Execution } from '../execution.ts';
import type { Token } from '../instance.ts';
import type { Element, StartTrigger } from '../model.ts';

/** Where an event may stand. `event-sub-process` is its start event. */
export type EventPlace = 'start' | 'event-sub-process' | 'boundary' | 'catch' | 'throw' | 'end';

/** One end of a link: its name, the id of its definition, and those of the definitions that it refers to. */
export interface LinkEnd {
  readonly name: string;
  readonly id: string;
  readonly others: readonly string[];
}

export interface EventDefinition<Data = unknown> {
  /** BPMN type, such as `bpmn:TimerEventDefinition`. */
  readonly type: string;
  readonly places: readonly EventPlace[];
  /** Catching it always ends what it is attached to. */
  readonly mustInterrupt?: true;
  /** It cannot be one of several definitions. */
  readonly alone?: true;
  /** The `zeebe:` extension elements that it reads on the event. */
  readonly extensions?: readonly string[];
  /** @param node the event definition @param event the event that has it */
  compile(node: ModdleElement, event: ModdleElement, c: Compiler): Data;
  /** Begins to wait for it on behalf of `host`. `again`: it has come before, and what held then is not news. */
  subscribe?(x: Execution, host: number, element: Element, data: Data, again?: true): void;
  /** What it waits for, in one text: in another release a wait goes on when that is the same. */
  waitsFor?(data: Data): string;
  /** How often it comes as long as its host stays: default as often as it is sent; `once`; a `cycle` by itself. */
  recurs?(data: Data): 'once' | 'cycle';
  /**
   * Throws it. Then it calls `next`, at once or later: the event throws what else it has and completes. A `final`
   * definition does not, and looks after the token itself. A thrower that its own throw interrupted does not go on: `next`
   * sees to that.
   */
  throw?(x: Execution, token: Token, element: Element, data: Data, next: () => void): void;
  /** Whether the token does not go on by itself once this is thrown: it is thrown last, and only one such. */
  final?(data: Data): boolean;
  /** Of a link. */
  link?(data: Data): LinkEnd;
  /** How it begins instances as the trigger of a process's start event; absent where it cannot. */
  startTrigger?(data: Data): Omit<StartTrigger, 'element'>;
  /** Would it catch this, and how closely (2 = by its code, 1 = any, 0 = no)? */
  catches?(data: Data, kind: Caught, code: string): 0 | 1 | 2;
  /** It is never armed, but says what undoes the activity that it sits on, or the scope that it is in. */
  compensation?(data: Data): Compensation | null;
  /** Rules about the event's neighbours, once all elements are known; reported on the event. */
  check?(data: Data, element: Element, byId: ReadonlyMap<string, Element>, report: Report): void;
}

/** One event definition of an event, and what it compiled to there. */
export interface DefinedEvent {
  readonly definition: EventDefinition;
  readonly data: unknown;
}

/** What every event compiles to. */
export interface EventSpec {
  /** None for a none event; several for a multiple one, of which any comes, and all are thrown in this order. */
  readonly definitions: readonly DefinedEvent[];
  /** Parallel multiple: it is caught when all of them have come (BPMN 2.0, 10.5.5). */
  readonly parallel: boolean;
  /** Boundary events and starts of event sub-processes: whether what they sit on is ended. */
  readonly interrupting: boolean;
}

/** Whether a start event has no trigger. */
export function isNone(start: Element): boolean {
  return (start.spec as EventSpec).definitions.length === 0;
}
