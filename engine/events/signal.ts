/** Signal event definition: broadcast to everything that waits for it (BPMN 2.0, 10.5.5). */
import { child, text } from '../bpmn/read.ts';
import { evaluate, findable } from '../evaluation.ts';
import { ownScope, type Execution } from '../execution.ts';
import type { Expression } from '../expression/expression.ts';
import { Failure } from '../failure.ts';
import type { Variables } from '../instance.ts';
import { scopeOf } from '../variables.ts';
import { trigger } from '../trigger.ts';
import type { EventDefinition } from './definition.ts';
import { hostScope } from './host.ts';

interface SignalData {
  readonly name: Expression;
}

export const signal: EventDefinition<SignalData> = {
  type: 'bpmn:SignalEventDefinition',
  places: ['start', 'event-sub-process', 'boundary', 'catch', 'throw', 'end'],

  compile(node, event, c) {
    const ref = child(node, 'signalRef');
    const name = ref && text(ref, 'name');
    if (name === undefined) {
      c.problem(event, 'signal', `Expected "${event.id ?? ''}" to refer to a signal with a name. Choose or make one.`);
    }
    return { name: c.value(event, name ?? '') };
  },

  subscribe(x, host, element, data) {
    const name = nameOf(x, hostScope(x, host), data);
    x.emit({ type: 'SignalSubscribed', subscription: x.draw(), element: element.id, host, name });
  },

  waitsFor: ({ name }) => name.text,
  startTrigger: ({ name }) => ({ kind: 'signal', signal: name.text }),

  throw(x, token, _element, data, next) {
    const scope = ownScope(x, token);
    const name = nameOf(x, scope, data);
    const variables = scope === token.id ? scopeOf(x.instance, scope).variables : {};
    x.emit({ type: 'SignalSent', id: x.draw(), name, variables });
    x.atRest(() => {
      broadcast(x, name, variables);
      next();
    });
  },
};

/** Delivers a signal to every subscription of this instance that is open now. */
export function broadcast(x: Execution, name: string, variables: Variables): void {
  for (const wait of x.instance.signals.filter((other) => other.name === name)) {
    if (!x.instance.signals.some((other) => other.id === wait.id)) continue;
    x.emit({ type: 'SignalReceived', subscription: wait.id, name });
    trigger(x, wait, { kind: 'signal', variables });
  }
}

function nameOf(x: Execution, scope: number, data: SignalData): string {
  const value = evaluate(x, scope, data.name, 'signal name');
  if (typeof value === 'string') return findable(value, 'the signal name');
  throw new Failure('expression', `Expected the signal name to be text, but found ${JSON.stringify(value)}.`);
}
