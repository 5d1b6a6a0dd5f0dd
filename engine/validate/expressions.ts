/** Rules about expressions of executable processes (BPMN 2.0.2, 8.4.7). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../bpmn/read.ts';
import { nameOf, type Rule } from './rule.ts';

/** Where expressions stand. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'bpmn:SequenceFlow': ['conditionExpression'],
  'bpmn:ComplexGateway': ['activationCondition'],
  'bpmn:MultiInstanceLoopCharacteristics': ['loopCardinality', 'completionCondition'],
  'bpmn:StandardLoopCharacteristics': ['loopCondition'],
  'bpmn:ComplexBehaviorDefinition': ['condition'],
  'bpmn:AdHocSubProcess': ['completionCondition'],
  'bpmn:ConditionalEventDefinition': ['condition'],
  'bpmn:TimerEventDefinition': ['timeDate', 'timeDuration', 'timeCycle'],
  'bpmn:Assignment': ['from', 'to'],
  'bpmn:DataAssociation': ['transformation'],
  'bpmn:ResourceAssignmentExpression': ['expression'],
  'bpmn:ResourceParameterBinding': ['expression'],
  'bpmn:CorrelationPropertyBinding': ['dataPath'],
  'bpmn:CorrelationPropertyRetrievalExpression': ['messagePath'],
};

function expressions(node: ModdleElement): [name: string, expression: ModdleElement][] {
  return Object.entries(PLACES).flatMap(([type, names]) =>
    node.$instanceOf(type)
      ? names.flatMap((name): [string, ModdleElement][] => {
          const expression = child(node, name);
          return expression ? [[name, expression]] : [];
        })
      : [],
  );
}

const formal: Rule = {
  id: 'formal-expression',
  standard: '8.4.7',
  on: Object.keys(PLACES),
  executable: true,
  expects: 'formal expressions in an executable process',
  remedy: 'Write xsi:type="tFormalExpression", or mark the process as not executable.',
  deployment: 'silent',
  check(node, _diagram, found) {
    for (const [name, expression] of expressions(node)) {
      if (!expression.$instanceOf('bpmn:FormalExpression')) found(`${name} of ${nameOf(node)} is in natural language`);
    }
  },
};

const empty: Rule = {
  id: 'empty-expression',
  standard: '8.4.7',
  on: Object.keys(PLACES),
  executable: true,
  expects: 'expressions that say something',
  remedy: 'Fill it in, or take it out.',
  deployment: 'warning',
  check(node, _diagram, found) {
    for (const [name, expression] of expressions(node)) {
      const body = text(expression, 'body') ?? children(expression, 'documentation')[0];
      if (body === undefined && !Object.keys(expression.$attrs).some((it) => /resource$/.test(it))) {
        found(`${name} of ${nameOf(node)} is empty`);
      }
    }
  },
};

/** Numbers, texts and null, as FEEL writes them. */
const LITERAL = /^\s*=?\s*([+-]?\d+(\.\d+)?|"[^"]*"|null)\s*$/;

const truth: Rule = {
  id: 'condition-value',
  standard: '8.4.13, 10.3.8, 10.5.5, 10.6.4',
  on: Object.keys(PLACES),
  executable: true,
  expects: 'conditions that can be true or false',
  remedy: 'Compare it with something.',
  check(node, _diagram, found) {
    for (const [name, expression] of expressions(node)) {
      const body = text(expression, 'body') ?? '';
      if (/condition/i.test(name) && LITERAL.test(body)) found(`${name} of ${nameOf(node)} is ${body.trim()}`);
    }
  },
};

export const expressionRules: readonly Rule[] = [formal, empty, truth];
