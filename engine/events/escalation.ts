/** Escalation event definition (BPMN 2.0, 10.5.5): the thrower goes on unless it is interrupted by what it threw. */
import { ownScope } from '../execution.ts';
import { throwEscalation } from '../throwing.ts';
import { scopeOf } from '../variables.ts';
import type { EventDefinition } from './definition.ts';
import { closeness, codeOf } from './error.ts';

interface EscalationData {
  /** '' catches, or throws, an escalation without code. */
  readonly code: string;
}

export const escalation: EventDefinition<EscalationData> = {
  type: 'bpmn:EscalationEventDefinition',
  places: ['event-sub-process', 'boundary', 'throw', 'end'],
  compile: (node) => ({ code: codeOf(node, 'escalationRef', 'escalationCode') }),
  throw(x, token, _element, { code }, next) {
    const scope = ownScope(x, token);
    throwEscalation(x, token, code, scope === token.id ? scopeOf(x.instance, scope).variables : {});
    next();
  },
  catches: (data, kind, code) => (kind === 'escalation' ? closeness(data.code, code) : 0),
};
