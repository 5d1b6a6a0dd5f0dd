/** Intermediate catch event (BPMN 2.0, 10.5.4). */
import type { Behaviour } from '../behaviour.ts';
import { arm, complete } from '../execution.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { EventSpec } from '../events/definition.ts';
import { catching, caught } from './catching.ts';

export const catchEvent: Behaviour<EventSpec> = {
  type: 'bpmn:IntermediateCatchEvent',
  ...catching,
  compile: (node, c) => compileEvent(node, 'catch', false, c),
  enter(x, token, element) {
    arm(x, token.id, element);
  },
  trigger(x, host, element, { variables }) {
    const token = caught(x, host, element);
    if (token) complete(x, token, variables);
  },
};
