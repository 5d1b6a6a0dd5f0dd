/** Start event (BPMN 2.0, 10.5.2), of a process, a sub-process or an event sub-process. */
import type { Behaviour } from '../behaviour.ts';
import { complete, createToken, disarm, elementIn, guard, tokenOf } from '../execution.ts';
import { openScope } from '../mappings.ts';
import { terminateInside } from '../termination.ts';
import { compileEvent } from '../events/compile-event.ts';
import { isNone, type EventSpec } from '../events/definition.ts';
import { childrenOf } from '../execution.ts';
import { allCame, catching, triggersOf, waitAgain } from './catching.ts';
import { startInside } from './scope.ts';

export const startEvent: Behaviour<EventSpec> = {
  type: 'bpmn:StartEvent',
  listeners: ['end'],
  instead: 'the element behind it, or what it begins',
  ...catching,
  compile(node, c) {
    const inEventSubProcess = node.$parent?.get('triggeredByEvent') === true;
    return compileEvent(node, inEventSubProcess ? 'event-sub-process' : 'start', !inEventSubProcess, c);
  },
  startTriggers(element) {
    return isNone(element) ? [{ element: element.id, kind: 'none' }] : triggersOf(element);
  },
  /** Of a parallel multiple one, what came begins the instance, which waits for the others. */
  begin(x, token, element, { definition: came }) {
    const { definitions, parallel } = element.spec;
    if (!parallel || came === undefined) return complete(x, token);
    definitions.forEach(({ definition, data }, index) => {
      if (index !== came) definition.subscribe?.(x, token.id, element, data);
    });
  },
  enter(x, token) {
    complete(x, token);
  },
  /**
   * The trigger of an event sub-process: it begins in its scope, and an interrupting one ends everything else there.
   * `scope` is its own token's id where the start event of a process waits for the rest.
   */
  trigger(x, scope, start, what) {
    const token = tokenOf(x, scope);
    if (token?.element === start.id) {
      if (allCame(x, token.id, start, what, token.scope)) complete(x, token, what.variables);
      return;
    }
    if (!allCame(x, scope, start, what, scope)) return;
    const group = elementIn(x, scope, start.parent);
    if (start.spec.interrupting) {
      const siblings = childrenOf(x, scope).eventSubProcesses.flatMap((other) => other.children?.starts ?? []);
      disarm(
        x,
        scope,
        siblings.map(({ id }) => id),
      );
    }
    const id = createToken(x, group, scope);
    if (start.spec.interrupting) terminateInside(x, scope, id);
    x.emit({ type: 'ElementEntered', token: id });
    guard(x, id, 'enter', (token) => {
      openScope(x, token);
      if (group.children) startInside(x, id, group.children, start, what.variables);
    });
    waitAgain(x, scope, start);
  },
};
