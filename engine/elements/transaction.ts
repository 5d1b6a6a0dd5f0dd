/**
 * Transaction (BPMN 2.0, 10.3.5): a sub-process that can be cancelled. Then what completed inside is undone, and it is
 * left by its cancel boundary event. An error that leaves it undoes nothing.
 */
import type { Behaviour } from '../behaviour.ts';
import { text } from '../bpmn/read.ts';
import { gone } from '../execution.ts';
import { terminate } from '../termination.ts';
import { subProcess } from './sub-process.ts';

/** The standard's default method; the others leave it to a database or a store. */
const COMPENSATE = '##Compensate';

export const transaction: Behaviour<null> = {
  ...subProcess,
  type: 'bpmn:Transaction',

  compile(node, c) {
    const method = text(node, 'method') ?? COMPENSATE;
    if (method !== COMPENSATE) {
      c.problem(
        node,
        'unsupported-attribute',
        `Expected transaction "${node.id ?? ''}" to be undone by compensation, but found method ${method}. Take it off.`,
      );
    }
    return null;
  },

  childrenGone(x, token, element) {
    if (!token.cancelled) return subProcess.childrenGone?.(x, token, element);
    const event = element.boundary.find((other) => other.behaviour.catches?.(other, 'cancel', ''));
    // The boundary events of a loop sit on its body.
    const host = token.iteration === undefined ? token.id : token.scope;
    if (event) event.behaviour.trigger?.(x, host, event, { kind: 'cancel', variables: {} });
    else {
      terminate(x, token);
      x.later(() => gone(x, token.scope));
    }
  },
};
