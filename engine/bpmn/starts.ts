import type { EventSpec } from '../events/definition.ts';
import type { MessageData } from '../events/message.ts';
import type { TimerData } from '../events/timer.ts';
import type { Children, StartTrigger } from '../model.ts';

/** How instances of a process may begin: read by the server, which waits for the messages and timers of start events. */
export function startTriggers(root: Children): StartTrigger[] {
  return root.starts.map((start) => {
    const { definition, data } = start.spec as EventSpec;
    switch (definition?.type) {
      case 'bpmn:MessageEventDefinition':
        return { element: start.id, kind: 'message', message: (data as MessageData).name.text };
      case 'bpmn:TimerEventDefinition': {
        const { kind, value } = data as TimerData;
        return { element: start.id, kind: 'timer', timer: { kind, text: value.text } };
      }
      default:
        return { element: start.id, kind: 'none' };
    }
  });
}
