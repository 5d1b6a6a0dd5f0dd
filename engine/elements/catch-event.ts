/** Intermediate catch event (BPMN 2.0, 10.5.4). */
import type { Behaviour } from '../behaviour.ts';
import { arm, complete, tokenOf } from '../execution.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { EventSpec } from '../events/definition.ts';
import { allCame, catching, caught, linkOf, triggersOf } from './catching.ts';

export const catchEvent: Behaviour<EventSpec> = {
  type: 'bpmn:IntermediateCatchEvent',
  ...catching,
  compile: (node, c) => compileEvent(node, 'catch', false, c),
  couldStart: triggersOf,
  link: (element) => linkOf(element, 'target'),
  enter(x, token, element) {
    if (element.spec.definitions.some(({ definition }) => definition.subscribe !== undefined))
      arm(x, token.id, element);
    else complete(x, token);
  },
  trigger(x, host, element, what) {
    const waiting = tokenOf(x, host);
    if (!waiting || !allCame(x, host, element, what, waiting.scope)) return;
    const token = caught(x, host, element);
    if (token) complete(x, token, what.variables);
  },
};
