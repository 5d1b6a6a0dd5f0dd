/** Receive task (BPMN 2.0, 10.3.3): waits for one message, which may begin the process. */
import type { Behaviour } from '../behaviour.ts';
import { arm, complete } from '../execution.ts';
import { compileMessage, subscribeMessage, textOf, type MessageData } from '../events/message.ts';
import { caught } from './catching.ts';

interface ReceiveSpec {
  readonly message: MessageData;
  /** Whether its message begins instances. */
  readonly instantiate: boolean;
}

export const receiveTask: Behaviour<ReceiveSpec> = {
  type: 'bpmn:ReceiveTask',
  compile: (node, c) => ({ message: compileMessage(node, node, c), instantiate: node.get('instantiate') === true }),
  couldStart: ({ id, spec }) => [{ element: id, kind: 'message', message: spec.message.name.text }],
  startTriggers: (element) => (element.spec.instantiate ? (receiveTask.couldStart?.(element) ?? []) : []),
  begins: (node) => node.get('instantiate') !== true,
  arm(x, host, element) {
    subscribeMessage(x, host, element, element.spec.message);
  },
  waitsFor: ({ spec }) => textOf(spec.message),
  enter(x, token, element) {
    arm(x, token.id, element);
  },
  trigger(x, host, element, { variables }) {
    const token = caught(x, host, element);
    if (token) complete(x, token, variables);
  },
};
