/**
 * Multi-instance marker, parallel and sequential (BPMN 2.0, 10.3.8.2): one iteration for each item of a collection, or as
 * many as an expression says.
 */
import { holds, lookUp } from '../evaluation.ts';
import { leave, type Execution } from '../execution.ts';
import { endToken, terminateInside } from '../termination.ts';
import { Failure } from '../failure.ts';
import type { Token, Value } from '../instance.ts';
import type { Element } from '../model.ts';
import { behaviourEventsOf, throwAll } from './behaviour-events.ts';
import { readMultiInstance, type MultiInstance } from './compile-multi-instance.ts';
import { activeIn, countsAtEnd, iterate, loopOf, openLoop, type Plan } from './iterations.ts';
import type { Loop, LoopMarker } from './loop.ts';

export const multiInstance: LoopMarker = {
  type: 'bpmn:MultiInstanceLoopCharacteristics',
  extensions: ['zeebe:LoopCharacteristics'],
  compile: (node, activity, c) => loopFrom(readMultiInstance(node, activity, c)),
};

function loopFrom(spec: MultiInstance): Loop {
  const { item, result, collections } = spec;
  return {
    kind: spec.sequential ? 'a sequential multi-instance activity' : 'a parallel multi-instance activity',
    local: ['loopCounter', ...[item, result].filter((name) => name !== null)],
    collections,
    begin(x, body, element) {
      const plan = planOf(x, body, element, spec);
      openLoop(x, body, plan);
      const count = plan.instances;
      if (count === 0) return leave(x, body.id, element);
      for (let begun = 0; begun < (spec.sequential ? 1 : count); begun += 1) iterate(x, body.id, element);
    },
    iterated: (x, token, element) => iterated(x, token, element, spec),
    goOn: (x, body, element) => goOn(x, body.id, element, spec, false),
    isOver: (x, body) => activeIn(x, body.id) === 0,
    result(x, body) {
      const { collection, outputs } = loopOf(x, body.id);
      return collection === undefined ? {} : { [collection]: outputs ?? [] };
    },
  };
}

function planOf(x: Execution, body: Token, { id }: Element, spec: MultiInstance): Plan & { instances: number } {
  const items = spec.items && list(lookUp(x, body.scope, spec.items), spec.items.text, id);
  return {
    instances: items ? items.length : count(spec.cardinality && lookUp(x, body.scope, spec.cardinality), spec, id),
    ...(items ? { items } : {}),
    ...(spec.item === null ? {} : { item: spec.item }),
    ...(spec.collection === null ? {} : { collection: spec.collection }),
    ...(spec.result === null ? {} : { result: spec.result }),
  };
}

function list(value: Value, text: string, id: string): Value[] {
  if (Array.isArray(value)) return value;
  throw new Failure(
    'expression',
    `Expected the input collection "${text}" of "${id}" to be a list, but found ${JSON.stringify(value)}. ` +
      'Set the variable, then resolve the incident.',
  );
}

/** More would hold up all other cases. */
const MOST_INSTANCES = 100_000;

function count(value: Value, { cardinality }: MultiInstance, id: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_INSTANCES) return value;
  throw new Failure(
    'expression',
    `Expected the cardinality "${cardinality?.text ?? ''}" of "${id}" to be a whole number from 0 to ${MOST_INSTANCES}, but found ` +
      `${JSON.stringify(value)}. Correct the variables, then resolve the incident.`,
  );
}

/** All that may fail is evaluated first, while the iteration is there to be tried again. */
function iterated(x: Execution, token: Token, element: Element, spec: MultiInstance): void {
  const output = spec.output === null ? undefined : lookUp(x, token.id, spec.output);
  if (spec.completion === null && spec.behaviour === null) {
    endToken(x, token, output);
    return goOn(x, token.scope, element, spec, false);
  }
  const counts = countsAtEnd(x, token, output);
  const enough = spec.completion !== null && holds(x, token.id, spec.completion, counts);
  const thrown = spec.behaviour === null ? [] : behaviourEventsOf(x, token, counts, spec.behaviour);
  endToken(x, token, output);
  throwAll(x, token.scope, element, thrown, enough, (any) => goOn(x, token.scope, element, spec, any));
}

/** Ends the body, or begins the next iteration. */
function goOn(x: Execution, body: number, element: Element, { sequential }: MultiInstance, enough: boolean): void {
  if (enough) terminateInside(x, body);
  const { instances = 0, begun } = loopOf(x, body);
  if (activeIn(x, body) > 0) return;
  if (sequential && !enough && begun < instances) iterate(x, body, element);
  else leave(x, body, element);
}
