/** Business rule tasks that evaluate a decision. */
import type { ModdleElement } from 'bpmn-moddle';
import { addExtension, note, takeAttribute, valueOf, type Importer } from '../importer.ts';
import { isJuel } from '../juel/translate.ts';

/** Under this name the old engine gives a result to the output parameters of the task. */
const UNNAMED = 'decisionResult';

/** Runs before the jobs: both know `camunda:resultVariable`. */
export function translateDecision(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:BusinessRuleTask') return;
  const decision = takeAttribute(c, node, 'decisionRef');
  if (decision === undefined) return;
  const result = takeAttribute(c, node, 'resultVariable');
  const mapping = takeAttribute(c, node, 'mapDecisionResult') ?? 'resultList';
  addExtension(c, node, 'zeebe:CalledDecision', {
    decisionId: valueOf(c, node, 'camunda:decisionRef', decision),
    resultVariable: result ?? UNNAMED,
  });
  if (!isJuel(decision)) note(c, node, 'camunda:decisionRef', 'translated', `Decision "${decision}" is called.`);
  if (result === undefined) {
    note(
      c,
      node,
      'camunda:resultVariable',
      'replaced',
      `The result goes to the variable "${UNNAMED}", as none was named.`,
    );
  }
  const asBefore = mapping === 'singleEntry' || mapping === 'collectEntries';
  note(
    c,
    node,
    'camunda:mapDecisionResult',
    asBefore ? 'translated' : 'replaced',
    asBefore
      ? `The result of "${decision}" is the value of its output (${mapping}).`
      : `Here a decision with one output gives its value, with several a context, and a list of these when it collects ` +
          `(it was ${mapping}). Check what reads the result.`,
  );
}
