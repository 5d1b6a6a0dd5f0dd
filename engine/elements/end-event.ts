/** End event (BPMN 2.0, 10.5.3). */
import type { Behaviour } from '../behaviour.ts';
import { complete } from '../execution.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { EventSpec } from '../events/definition.ts';
import { completeWith, JOB_EXTENSIONS } from './job.ts';

export const endEvent: Behaviour<EventSpec> = {
  type: 'bpmn:EndEvent',
  extensions: JOB_EXTENSIONS,
  compile: (node, c) => compileEvent(node, 'end', true, c),
  enter(x, token, element) {
    const { definition, data } = element.spec;
    if (definition?.throw) definition.throw(x, token, element, data);
    else complete(x, token);
  },
  trigger: completeWith,
};
