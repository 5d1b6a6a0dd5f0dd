/** Which changes of variables a conditional event looks at. The condition itself is an expression like any other. */
import type { ModdleElement } from 'bpmn-moddle';
import { addExtension, note, takeAttribute, type Importer } from '../importer.ts';

export function translateConditionalEvent(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:ConditionalEventDefinition') return;
  const [name, events] = [takeAttribute(c, node, 'variableName'), takeAttribute(c, node, 'variableEvents')];
  if (name === undefined && events === undefined) return;
  const kinds = events?.split(',').map((kind) => kind.trim()) ?? [];
  const known = kinds.filter((kind) => kind === 'create' || kind === 'update');
  addExtension(c, node, 'zeebe:ConditionalFilter', {
    variableNames: name?.trim(),
    variableEvents: known.length > 0 ? known.join(', ') : undefined,
  });
  note(
    c,
    node,
    'camunda:variableName',
    'translated',
    `It looks at ${name ?? 'every variable'}${events === undefined ? '' : `, on ${events}`}.`,
  );
  if (kinds.includes('delete')) {
    note(c, node, 'camunda:variableEvents', 'left-out', 'Variables are not deleted here, so "delete" never happens.');
  }
}
