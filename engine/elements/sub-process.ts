/** Embedded sub-process and event sub-process (BPMN 2.0, 10.3.5 and 10.5.7). */
import type { Behaviour } from '../behaviour.ts';
import { complete } from '../execution.ts';
import { openScope } from '../mappings.ts';
import { openInside, startInside } from './scope.ts';

export const subProcess: Behaviour<null> = {
  type: 'bpmn:SubProcess',
  compile: () => null,
  begins: (node) => node.get('triggeredByEvent') !== true,
  enter(x, token, element) {
    openScope(x, token);
    if (element.children) startInside(x, token.id, element.children);
  },
  open(x, token, { children }) {
    openScope(x, token);
    if (children) openInside(x, token.id, children);
  },
  childrenGone(x, token) {
    complete(x, token);
  },
};
