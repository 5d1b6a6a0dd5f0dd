/** Receive task (BPMN 2.0, 10.3.3): waits for one message. */
import type { Behaviour } from '../behaviour.ts';
import { arm, complete } from '../execution.ts';
import { compileMessage, subscribeMessage, type MessageData } from '../events/message.ts';
import { caught } from './catching.ts';

export const receiveTask: Behaviour<MessageData> = {
  type: 'bpmn:ReceiveTask',
  compile(node, c) {
    if (node.get('instantiate') === true) {
      c.problem(
        node,
        'unsupported-attribute',
        `Expected receive task "${node.id ?? ''}" not to start the process. Draw a message start event before it.`,
      );
    }
    return compileMessage(node, node, c);
  },
  arm(x, host, element) {
    subscribeMessage(x, host, element, element.spec);
  },
  enter(x, token, element) {
    arm(x, token.id, element);
  },
  trigger(x, host, element, { variables }) {
    const token = caught(x, host, element);
    if (token) complete(x, token, variables);
  },
};
