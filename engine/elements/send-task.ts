/** Send task (BPMN 2.0, 10.3.3): sends a message, or leaves it to a job. */
import type { Behaviour } from '../behaviour.ts';
import { compileMessage, sendMessage, type MessageData } from '../events/message.ts';
import { completeWith, JOB_EXTENSIONS } from './job.ts';

export const sendTask: Behaviour<MessageData> = {
  type: 'bpmn:SendTask',
  extensions: JOB_EXTENSIONS,
  compile: (node, c) => compileMessage(node, node, c),
  enter(x, token, element) {
    sendMessage(x, token, element, element.spec);
  },
  trigger: completeWith,
};
