/** Start event (BPMN 2.0, 10.5.2), of a process, a sub-process or an event sub-process. */
import type { Behaviour } from '../behaviour.ts';
import { complete, createToken, disarm, elementIn, guard, openScope, terminateInside } from '../execution.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { EventSpec } from '../events/definition.ts';
import { childrenOf } from '../execution.ts';
import { catching } from './catching.ts';
import { startInside } from './scope.ts';

export const startEvent: Behaviour<EventSpec> = {
  type: 'bpmn:StartEvent',
  ...catching,
  compile(node, c) {
    const inEventSubProcess = node.$parent?.get('triggeredByEvent') === true;
    return compileEvent(node, inEventSubProcess ? 'event-sub-process' : 'start', !inEventSubProcess, c);
  },
  enter(x, token) {
    complete(x, token);
  },
  /** The trigger of an event sub-process: it begins in its scope, and an interrupting one ends everything else there. */
  trigger(x, scope, start, { variables }) {
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
      if (group.children) startInside(x, id, group.children, start, variables);
    });
  },
};
