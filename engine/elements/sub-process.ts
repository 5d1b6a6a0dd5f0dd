/** Embedded sub-process and event sub-process (BPMN 2.0, 10.3.5 and 10.5.7). */
import type { Behaviour } from '../behaviour.ts';
import { complete, openScope } from '../execution.ts';
import { startInside } from './scope.ts';

export const subProcess: Behaviour<null> = {
  type: 'bpmn:SubProcess',
  compile: () => null,
  begins: (node) => node.get('triggeredByEvent') !== true,
  enter(x, token, element) {
    openScope(x, token);
    if (element.children) startInside(x, token.id, element.children);
  },
  childrenGone(x, token) {
    complete(x, token);
  },
};
