/** A compiled process: what the interpreter walks. Made once per deployed version and never changed after that. */
import type { Behaviour } from './behaviour.ts';
import type { Expression } from './expression/expression.ts';
import type { Listener } from './listeners.ts';
import type { Loop } from './loops/loop.ts';
import type { TimerKind } from './timetable.ts';

/** A sequence flow. `condition` is absent on unconditional flows. */
export interface Flow {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly condition?: Expression;
}

/** One `zeebe:input` or `zeebe:output`: the value of `source` goes to the variable (or path) `target`. */
export interface Mapping {
  readonly source: Expression;
  /** Variable name, with nested context keys behind dots: `customer.name`. */
  readonly target: readonly string[];
}

/** What the log of the case gets when the element completes. */
export interface NoteTemplate {
  readonly audience: 'public' | 'internal' | 'notice';
  readonly text: Expression;
}

/** One data association: the value of `source` goes to the data that `target` names. */
export interface DataCopy {
  /** Names of the data that it reads; it is left out while one of them is not there. */
  readonly reads: readonly string[];
  readonly source: Expression;
  readonly target: readonly string[];
}

/** What the data associations of an element do (BPMN 2.0, 10.4.2). */
export interface DataFlow {
  readonly inputs: readonly DataCopy[];
  readonly outputs: readonly DataCopy[];
  /** Names of its data outputs and properties: they stay inside the element. */
  readonly local: readonly string[];
}

/** The inside of a process or sub-process. */
export interface Children {
  /** Its start events; of an event sub-process, the one that triggers it. */
  readonly starts: Element[];
  /** Without start events: the elements that nothing leads to, which all begin at once (BPMN 2.0, 10.3.5 and 13.1). */
  readonly implicit: Element[];
  /** Names of the data objects and properties of a sub-process: its own variables. */
  readonly declares: readonly string[];
  /** Its event sub-processes. */
  readonly eventSubProcesses: Element[];
}

/** A flow node. `spec` is what its behaviour compiled from the diagram. */
export interface Element<Spec = unknown> {
  readonly id: string;
  readonly name: string;
  /** BPMN type, such as `bpmn:UserTask`. */
  readonly type: string;
  readonly behaviour: Behaviour<Spec>;
  readonly spec: Spec;
  /** The id of the sub-process, or process, that contains it. */
  readonly parent: string;
  readonly incoming: Flow[];
  readonly outgoing: Flow[];
  /** The default flow's id. */
  readonly defaultFlow: string | null;
  /** Boundary events attached to it that may be armed. */
  readonly boundary: Element[];
  /** The compensation handler that undoes it once it has completed; set while its process is compiled. */
  compensation: string | null;
  /** It is a compensation handler: nothing leads to it, and only a compensation starts it. */
  readonly forCompensation: boolean;
  /** Of a boundary event: the activity it sits on. */
  readonly attachedTo: string | null;
  readonly children: Children | null;
  /** How many tokens it takes to begin, and how many it puts on each outgoing flow (BPMN 2.0, 10.3.1). */
  readonly startQuantity: number;
  readonly completionQuantity: number;
  /** null without data associations and properties. */
  readonly data: DataFlow | null;
  /** Its listeners; mostly none. */
  readonly listeners: readonly Listener[];
  /** Its loop marker. */
  readonly loop: Loop | null;
  readonly inputs: readonly Mapping[];
  readonly outputs: readonly Mapping[];
  readonly notes: readonly NoteTemplate[];
  /** `zeebe:properties` of the element, name to value. */
  readonly properties: Readonly<Record<string, string>>;
  readonly documentation: string;
}

/** How instances of a process may begin. */
export interface StartTrigger {
  readonly element: string;
  readonly kind: 'none' | 'message' | 'timer' | 'signal' | 'conditional';
  /** The event-based gateway before the element that begins instances with it. */
  readonly gateway?: string;
  /** Which of its event definitions this is, from 0, where the start event has several. */
  readonly definition?: number;
  /** Message name, for `message`. */
  readonly message?: string;
  /** Signal name, for `signal`. */
  readonly signal?: string;
  /** FEEL, for `conditional`: evaluated by `conditionalStarts`. */
  readonly condition?: string;
  /** ISO 8601 date, duration or cycle, for `timer`. */
  readonly timer?: { readonly kind: TimerKind; readonly text: string; readonly zone?: string };
}

export interface ProcessModel {
  /** The BPMN id of the process. */
  readonly id: string;
  readonly name: string;
  readonly documentation: string;
  readonly properties: Readonly<Record<string, string>>;
  /** In document order. */
  readonly elements: readonly Element[];
  readonly byId: ReadonlyMap<string, Element>;
  readonly root: Children;
  readonly starts: readonly StartTrigger[];
}
