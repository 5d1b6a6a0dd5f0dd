/** Undefined task: work outside of any system, complete as soon as the token comes (BPMN 2.0, 10.3.3). */
import type { Behaviour } from '../behaviour.ts';
import { complete } from '../execution.ts';

export const task: Behaviour<null> = {
  type: 'bpmn:Task',
  globalType: 'bpmn:GlobalTask',
  compile: () => null,
  enter: (x, token) => complete(x, token),
};
