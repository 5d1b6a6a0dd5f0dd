/** Intermediate throw event (BPMN 2.0, 10.5.4). */
import type { Behaviour } from '../behaviour.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { EventSpec } from '../events/definition.ts';
import { linkOf } from './catching.ts';
import { endEvent } from './end-event.ts';

export const throwEvent: Behaviour<EventSpec> = {
  ...endEvent,
  type: 'bpmn:IntermediateThrowEvent',
  compile: (node, c) => compileEvent(node, 'throw', true, c),
  link: (element) => linkOf(element, 'source'),
};
