/** Boundary event, interrupting or not (BPMN 2.0, 10.5.4). It waits as long as its activity is active. */
import type { Behaviour } from '../behaviour.ts';
import { complete, createToken, tokenOf } from '../execution.ts';
import { terminate } from '../termination.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { EventSpec } from '../events/definition.ts';
import { allCame, catching, waitAgain } from './catching.ts';

export const boundaryEvent: Behaviour<EventSpec> = {
  type: 'bpmn:BoundaryEvent',
  listeners: ['end'],
  instead: 'the element behind it, or the activity that it sits on',
  ...catching,
  begins: () => false,
  compile: (node, c) => compileEvent(node, 'boundary', false, c),
  enter(x, token) {
    complete(x, token);
  },
  trigger(x, host, element, what) {
    const activity = tokenOf(x, host);
    if (!activity || !allCame(x, host, element, what, activity.scope)) return;
    const id = createToken(x, element, activity.scope);
    if (element.spec.interrupting) terminate(x, activity);
    x.emit({ type: 'ElementEntered', token: id });
    const token = tokenOf(x, id);
    if (token) complete(x, token, what.variables);
    waitAgain(x, host, element);
  },
};
