/** Terminate event definition: ends everything in its scope (BPMN 2.0, 10.5.3). */
import { complete, terminateInside } from '../execution.ts';
import type { EventDefinition } from './definition.ts';

export const terminate: EventDefinition<null> = {
  type: 'bpmn:TerminateEventDefinition',
  places: ['end'],
  compile: () => null,
  throw(x, token) {
    terminateInside(x, token.scope, token.id);
    complete(x, token);
  },
};
