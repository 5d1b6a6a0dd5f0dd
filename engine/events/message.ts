/** Message event definition, and the message part of send and receive tasks (BPMN 2.0, 10.5.5 and 8.4.11). */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { child, extension, text } from '../bpmn/read.ts';
import { compileJob, requestJob, type JobSpec } from '../elements/job.ts';
import { evaluate, findable, lookUp } from '../evaluation.ts';
import { complete, ownScope, type Execution } from '../execution.ts';
import type { Expression } from '../expression/expression.ts';
import { Failure } from '../failure.ts';
import type { Token, Value } from '../instance.ts';
import type { Element } from '../model.ts';
import { scopeOf } from '../variables.ts';
import type { EventDefinition } from './definition.ts';
import { hostScope } from './host.ts';

export interface MessageData {
  readonly name: Expression;
  /** Absent: the empty key. */
  readonly key: Expression | null;
  /** A throwing event may leave the sending to a job. */
  readonly job: JobSpec | null;
}

/** Reads `messageRef` of an event definition, send or receive task. `owner` is what problems are reported on. */
export function compileMessage(node: ModdleElement, owner: ModdleElement, c: Compiler): MessageData {
  const job = compileJob(owner, c);
  const message = child(node, 'messageRef');
  const name = message && text(message, 'name');
  if (name === undefined && !job) {
    c.problem(owner, 'message', `Expected "${owner.id ?? ''}" to refer to a message with a name. Choose or make one.`);
  }
  const subscription = message && extension(message, 'zeebe:Subscription');
  const key = subscription && text(subscription, 'correlationKey');
  return { name: c.value(owner, name ?? ''), key: key === undefined ? null : c.value(owner, key), job };
}

/** Opens a message subscription on behalf of `host`. */
export function subscribeMessage(x: Execution, host: number, element: Element, data: MessageData): void {
  const scope = hostScope(x, host);
  const name = asText(evaluate(x, scope, data.name, 'message name'), 'message name', element);
  const key =
    data.key === null ? '' : asText(evaluate(x, scope, data.key, 'correlation key'), 'correlation key', element);
  x.emit({ type: 'MessageSubscribed', subscription: x.draw(), element: element.id, host, name, key });
}

/** The name and the key, as they are written in the diagram. */
export function textOf({ name, key }: MessageData): string {
  return JSON.stringify([name.text, key?.text ?? null]);
}

/** Sends the message with the variables of the token's own scope, then does `next`; or asks a job to send it. */
export function sendMessage(
  x: Execution,
  token: Token,
  element: Element,
  data: MessageData,
  next: () => void = () => complete(x, token),
): void {
  if (data.job) return requestJob(x, token, element, data.job);
  const scope = ownScope(x, token);
  const name = asText(evaluate(x, scope, data.name, 'message name'), 'message name', element);
  const key = data.key === null ? '' : asText(lookUp(x, scope, data.key), 'correlation key', element);
  const variables = scope === token.id ? scopeOf(x.instance, scope).variables : {};
  x.emit({ type: 'MessageSent', id: x.draw(), name, key, variables, ttl: 0 });
  next();
}

function asText(value: Value, what: string, element: Element): string {
  if (typeof value === 'string' || typeof value === 'number') {
    return findable(String(value), `the ${what} of "${element.id}"`);
  }
  throw new Failure(
    'expression',
    `Expected the ${what} of "${element.id}" to be text or a number, but found ${JSON.stringify(value)}. ` +
      'Set the variable, then resolve the incident.',
  );
}

export const message: EventDefinition<MessageData> = {
  type: 'bpmn:MessageEventDefinition',
  places: ['start', 'event-sub-process', 'boundary', 'catch', 'throw', 'end'],
  extensions: ['zeebe:TaskDefinition', 'zeebe:TaskHeaders'],
  compile: compileMessage,
  subscribe: subscribeMessage,
  waitsFor: textOf,
  throw: sendMessage,
  final: ({ job }) => job !== null,
  startTrigger: ({ name }) => ({ kind: 'message', message: name.text }),
};
