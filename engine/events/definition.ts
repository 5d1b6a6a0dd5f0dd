/**
 * What a start, catch, boundary, throw or end event is about. One event definition = one file in this folder and one line
 * in events/index.ts.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import type { Execution } from '../execution.ts';
import type { Token } from '../instance.ts';
import type { Element } from '../model.ts';

/** Where an event may stand. `event-sub-process` is its start event. */
export type EventPlace = 'start' | 'event-sub-process' | 'boundary' | 'catch' | 'throw' | 'end';

export interface EventDefinition<Data = unknown> {
  /** BPMN type, such as `bpmn:TimerEventDefinition`. */
  readonly type: string;
  readonly places: readonly EventPlace[];
  /** Catching it always ends what it is attached to. */
  readonly mustInterrupt?: true;
  /** The `zeebe:` extension elements that it reads on the event. */
  readonly extensions?: readonly string[];
  /** @param node the event definition @param event the event that has it */
  compile(node: ModdleElement, event: ModdleElement, c: Compiler): Data;
  /** Begins to wait for it on behalf of `host`. */
  subscribe?(x: Execution, host: number, element: Element, data: Data): void;
  /** Throws it; completes the token unless the thrower was interrupted by what it threw. */
  throw?(x: Execution, token: Token, element: Element, data: Data): void;
  /** Would it catch this error or escalation, and how closely (2 = by its code, 1 = any, 0 = no)? */
  catches?(data: Data, kind: 'error' | 'escalation', code: string): 0 | 1 | 2;
}

/** What every event compiles to. `definition` is null for a none event. */
export interface EventSpec {
  readonly definition: EventDefinition | null;
  readonly data: unknown;
  /** Boundary events and starts of event sub-processes: whether what they sit on is ended. */
  readonly interrupting: boolean;
}
