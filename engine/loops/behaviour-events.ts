/** The events that a multi-instance activity throws when its instances complete (BPMN 2.0, 10.3.8.2: behavior). */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { formalExpression } from '../bpmn/formal-expression.ts';
import { child, children } from '../bpmn/read.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { DefinedEvent } from '../events/definition.ts';
import { eventDefinitions } from '../events/index.ts';
import { holds } from '../evaluation.ts';
import { guard, type Execution } from '../execution.ts';
import type { Expression } from '../expression/expression.ts';
import type { Token, Variables } from '../instance.ts';
import type { Element } from '../model.ts';
import { loopOf } from './iterations.ts';

/** One rule of a multi-instance activity's `behavior`. */
export interface BehaviourEvent {
  /** Only when the first instance completes. */
  readonly once: boolean;
  /** Only when it holds. */
  readonly condition: Expression | null;
  readonly events: readonly DefinedEvent[];
}

/** null for behavior All, which throws nothing. */
export function readBehaviour(node: ModdleElement, activity: ModdleElement, c: Compiler): BehaviourEvent[] | null {
  switch (node.get('behavior')) {
    case 'None':
      return [{ once: false, condition: null, events: referred(node, 'noneBehaviorEventRef', activity, c) }];
    case 'One':
      return [{ once: true, condition: null, events: referred(node, 'oneBehaviorEventRef', activity, c) }];
    case 'Complex':
      return children(node, 'complexBehaviorDefinition').map((one) => complex(one, activity, c));
    default:
      return null;
  }
}

function referred(node: ModdleElement, name: string, activity: ModdleElement, c: Compiler): DefinedEvent[] {
  const found = child(node, name);
  const definition = found && eventDefinitions.get(found.$type);
  if (!found || !definition?.places.includes('throw')) {
    c.problem(
      activity,
      'behavior',
      `Expected the multi-instance marker of "${activity.id ?? ''}" to refer by ${name} to an event definition that can ` +
        `be thrown, but found ${found?.$type ?? 'none'}. Choose a signal, or make the behavior All.`,
    );
    return [];
  }
  return [{ definition, data: definition.compile(found, activity, c) }];
}

function complex(node: ModdleElement, activity: ModdleElement, c: Compiler): BehaviourEvent {
  const condition = formalExpression(node, 'condition', activity, c);
  const event = child(node, 'event');
  return {
    once: false,
    condition: c.expression(activity, condition?.trim() ?? 'false'),
    events: event ? compileEvent(event, 'throw', true, c).definitions : [],
  };
}

/** What is thrown for an iteration that is about to complete. */
export function behaviourEventsOf(
  x: Execution,
  token: Token,
  counts: Variables,
  rules: readonly BehaviourEvent[],
): DefinedEvent[] {
  const first = loopOf(x, token.scope).completed === 0;
  return rules
    .filter(({ once, condition }) => (first || !once) && (condition === null || holds(x, token.id, condition, counts)))
    .flatMap(({ events }) => events);
}

/** What of a body is being thrown in the command at work: signals are published when all tokens rest. */
const underWay = new WeakMap<Execution, Map<number, { throws: number; enough: boolean }>>();

/**
 * Throws these events from the body, one after the other. When the last of all its throws is through, the body goes on.
 * @param enough the completion condition held at this iteration
 */
export function throwAll(
  x: Execution,
  body: number,
  element: Element,
  events: readonly DefinedEvent[],
  enough: boolean,
  goOn: (enough: boolean) => void,
): void {
  const bodies = underWay.get(x) ?? new Map<number, { throws: number; enough: boolean }>();
  underWay.set(x, bodies);
  const state = bodies.get(body) ?? { throws: 0, enough: false };
  bodies.set(body, state);
  state.throws += 1;
  state.enough ||= enough;
  const step = (index: number): void =>
    guard(x, body, 'leave', (token) => {
      const event = events[index];
      if (event?.definition.throw) {
        return event.definition.throw(x, token, element, event.data, () => step(index + 1));
      }
      state.throws -= 1;
      if (state.throws === 0) goOn(state.enough);
    });
  step(0);
}
