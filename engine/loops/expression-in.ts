import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { formalExpression } from '../bpmn/formal-expression.ts';
import { child } from '../bpmn/read.ts';

/** The text of an expression of a loop marker; one that is drawn but empty would be passed over silently. */
export function expressionIn(
  node: ModdleElement,
  name: 'loopCardinality' | 'completionCondition' | 'loopCondition',
  activity: ModdleElement,
  c: Compiler,
): string | undefined {
  const body = formalExpression(node, name, activity, c)?.trim();
  if (child(node, name) && body === undefined) {
    c.problem(
      activity,
      'loop',
      `Expected the ${name} of "${activity.id ?? ''}" to be a FEEL expression, but it is empty. Write it or take it out.`,
    );
  }
  return body;
}
