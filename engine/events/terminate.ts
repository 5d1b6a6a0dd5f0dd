/** Terminate event definition: ends everything in its scope (BPMN 2.0, 10.5.3). */
import { terminateInside } from '../termination.ts';
import type { EventDefinition } from './definition.ts';

export const terminate: EventDefinition<null> = {
  type: 'bpmn:TerminateEventDefinition',
  places: ['end'],
  compile: () => null,
  final: () => true,
  throw(x, token, _element, _data, next) {
    terminateInside(x, token.scope, token.id);
    next();
  },
};
