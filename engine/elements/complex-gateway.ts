/**
 * Complex gateway (BPMN 2.0, 10.6.5 and 13.4.5). It fires when its activation condition holds over `activationCount`, the
 * number of incoming flows that brought a token, and then takes every flow whose condition holds. After that its token stays
 * for the reset: until each other incoming flow has brought its token, or no token can come there any more. The reset takes
 * the flows whose condition reads `waitingForStart` (false then) and holds; all others belong to the activation.
 */
import type { Behaviour } from '../behaviour.ts';
import { formalExpression } from '../bpmn/formal-expression.ts';
import { holds } from '../evaluation.ts';
import { bring, defaultOf, depart, guard, modelOf, ownScope, spread, takeIn, type Execution } from '../execution.ts';
import type { Expression } from '../expression/expression.ts';
import type { Token } from '../instance.ts';
import type { Element, Flow } from '../model.ts';
import { arrivedAt, oneOfEach, suppliers } from '../reach.ts';
import { recordDecision } from './deciding.ts';

interface Complex {
  readonly activation: Expression | null;
}

export const complexGateway: Behaviour<Complex> = {
  type: 'bpmn:ComplexGateway',
  listeners: ['start'],

  compile(node, c) {
    const body = formalExpression(node, 'activationCondition', node, c);
    return { activation: body === undefined ? null : c.expression(node, body) };
  },

  check({ id, incoming, spec }, _byId, report) {
    if (incoming.length <= 1 || spec.activation) return;
    report(
      'activation-condition',
      `Expected complex gateway "${id}" to say when it fires, but it has several incoming flows and no activation ` +
        'condition. Write one, such as activationCount >= 2.',
    );
  },

  arrive(x, token, element) {
    if (firing(x, token.scope, element)) return;
    guard(x, token.id, 'arrive', () => {
      const waiting = oneOfEach(element, arrivedAt(x, token.scope, element));
      const variables = { activationCount: waiting.length, waitingForStart: true };
      const { activation } = element.spec;
      if (activation && !holds(x, token.scope, activation, variables)) return;
      const missing = element.incoming.filter((flow) => !waiting.some(({ via }) => via === flow.id));
      if (missing.length > 0)
        x.emit({ type: 'AwaitingChanged', token: token.id, awaiting: missing.map(({ id }) => id) });
      takeIn(x, token, element, idsWithout(token, waiting));
    });
  },

  awaits(x, token, element) {
    // What comes before the reset is consumed by it, or waits for the next round.
    const fired = token.state === 'arrived' ? firing(x, token.scope, element) : token;
    if (fired) return { flows: flowsOf(element, fired.awaiting), all: true, reset: true };
    const waiting = arrivedAt(x, token.scope, element);
    return { flows: element.incoming.filter((flow) => !waiting.some(({ via }) => via === flow.id)), all: false };
  },

  spent: (token, { outgoing }) => token.awaiting !== undefined && token.state === 'active' && !outgoing.some(isOfReset),

  enter(x, token, element) {
    const flows = chosen(x, token, element, true);
    const taken = flows.length > 0 || element.outgoing.length === 0 ? flows : [defaultOf(element)];
    recordDecision(x, token, element, taken);
    if (token.awaiting) return spread(x, token.scope, taken);
    depart(x, token, [...taken, ...chosen(x, token, element, false)]);
    beginNext(x, token.scope, element);
  },

  settle(x, token, element) {
    if (token.state !== 'active' || x.instance.incidents.some((incident) => incident.token === token.id)) return;
    const awaiting = flowsOf(element, token.awaiting);
    const come = arrivedAt(x, token.scope, element).filter(({ via }) => awaiting.some(({ id }) => id === via));
    const missing = awaiting.filter(({ id }) => !come.some(({ via }) => via === id));
    if (suppliers(x, token.scope, element, missing, modelOf(x, token.scope)).length > 0) return;
    guard(x, token.id, 'arrive', () => {
      const flows = chosen(x, token, element, false);
      x.emit({ type: 'ElementEntered', token: token.id, joined: idsWithout(token, oneOfEach(element, come)) });
      depart(x, token, flows);
      beginNext(x, token.scope, element);
    });
  },
};

/** What came while a round was not over begins the next. */
function beginNext(x: Execution, scope: number, element: Element): void {
  const next = arrivedAt(x, scope, element)[0];
  if (next) x.later(() => bring(x, next.id, element));
}

/** The token of the gateway that has fired here and waits for its reset. */
function firing(x: Execution, scope: number, element: Element): Token | undefined {
  return x.instance.tokens.find(
    (token) => token.scope === scope && token.element === element.id && token.state !== 'arrived',
  );
}

function flowsOf({ incoming }: Element, ids: readonly string[] = []): Flow[] {
  return incoming.filter(({ id }) => ids.includes(id));
}

function idsWithout(token: Token, others: readonly Token[]): number[] {
  return others.flatMap(({ id }) => (id === token.id ? [] : [id]));
}

/** Whether the reset may take it: its condition tells the reset from the activation. */
function isOfReset({ condition }: Flow): boolean {
  return condition?.names.includes('waitingForStart') === true;
}

/** The flows whose condition holds, of those that belong to the activation (or to the reset). */
function chosen(x: Execution, token: Token, { outgoing, defaultFlow }: Element, activation: boolean): Flow[] {
  const variables = { waitingForStart: activation };
  return outgoing.filter((flow) => {
    const { id, condition } = flow;
    if (!condition) return activation && id !== defaultFlow;
    return (activation || isOfReset(flow)) && holds(x, ownScope(x, token), condition, variables);
  });
}
