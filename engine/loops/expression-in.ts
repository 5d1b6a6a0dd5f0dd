import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { child, text } from '../bpmn/read.ts';

/** The text of an expression of a loop marker; one that is drawn but empty would be passed over silently. */
export function expressionIn(
  node: ModdleElement,
  name: 'loopCardinality' | 'completionCondition' | 'loopCondition',
  activity: ModdleElement,
  c: Compiler,
): string | undefined {
  const expression = child(node, name);
  const body = expression && text(expression, 'body')?.trim();
  if (expression && body === undefined) {
    c.problem(
      activity,
      'loop',
      `Expected the ${name} of "${activity.id ?? ''}" to be a FEEL expression, but it is empty. Write it or take it out.`,
    );
  }
  return body;
}
