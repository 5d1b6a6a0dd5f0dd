/** End event (BPMN 2.0, 10.5.3). */
import type { Behaviour } from '../behaviour.ts';
import { complete, guard, type Execution } from '../execution.ts';
import { compileEvent } from '../events/compile-event.ts';
import type { EventSpec } from '../events/definition.ts';
import type { Token } from '../instance.ts';
import type { Element } from '../model.ts';
import { checkEvent } from './catching.ts';
import { completeWith, JOB_EXTENSIONS } from './job.ts';

export const endEvent: Behaviour<EventSpec> = {
  type: 'bpmn:EndEvent',
  extensions: JOB_EXTENSIONS,
  compile: (node, c) => compileEvent(node, 'end', true, c),
  check: checkEvent,
  enter(x, token, element) {
    throwFrom(x, token, element, 0);
  },
  trigger: completeWith,
};

/** Throws the definitions from this one on, one after the other, and completes once. */
function throwFrom(x: Execution, token: Token, element: Element<EventSpec>, index: number): void {
  const defined = element.spec.definitions[index];
  if (!defined) return complete(x, token);
  const next = (): void => guard(x, token.id, 'enter', (thrower) => throwFrom(x, thrower, element, index + 1));
  if (defined.definition.throw) defined.definition.throw(x, token, element, defined.data, next);
  else next();
}
