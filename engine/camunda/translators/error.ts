/** What catching an error or escalation set, and errors that external tasks were mapped to. */
import type { ModdleElement } from 'bpmn-moddle';
import { takeAttribute, takeElements, trouble, type Importer } from '../importer.ts';

const VARIABLES = ['errorCodeVariable', 'errorMessageVariable', 'escalationCodeVariable'];

export function translateError(node: ModdleElement, c: Importer): void {
  for (const name of VARIABLES) {
    const variable = takeAttribute(c, node, name);
    if (variable !== undefined) c.lost.push({ node, what: `camunda:${name}`, variable });
  }
  for (const { attributes } of takeElements(c, node, 'errorEventDefinition')) {
    const message = `Expected the worker of "${node.id ?? ''}" to throw error "${attributes.errorRef ?? ''}" itself; the rule "${attributes.expression ?? ''}" is gone. Change the worker.`;
    trouble(c, node, 'camunda:errorEventDefinition', message, 'warning');
  }
}

/** Reports the variables that nothing sets any more: an error when something reads them. */
export function reportLost(c: Importer): void {
  for (const { node, what, variable } of c.lost) {
    const isRead = c.reads.has(variable);
    const message = `Variable "${variable}" is not set here${isRead ? ', but is read' : ''}. Set it by an output mapping or a job.`;
    trouble(c, node, what, message, isRead ? 'error' : 'warning');
  }
}
