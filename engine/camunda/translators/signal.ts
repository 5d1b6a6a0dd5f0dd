/** What a thrown signal carries. */
import type { ModdleElement } from 'bpmn-moddle';
import { takeElements, trouble, type Importer } from '../importer.ts';
import { entriesOf } from './call-activity.ts';
import { addMapping } from './input-output.ts';

export function translateSignal(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:SignalEventDefinition' || !node.$parent) return;
  const payload = takeElements(c, node, 'in');
  if (payload.length === 0) return;
  // A signal carries the variables of its event's own scope.
  addMapping(node.$parent, 'inputParameters', 'zeebe:Input', entriesOf(node, payload, 'in', c), c);
  if (payload.some(({ attributes }) => attributes.variables === 'all')) {
    trouble(
      c,
      node,
      'camunda:in',
      `Expected the signal of "${node.$parent.id ?? ''}" to name what it carries, but it carries all variables. Map them one by one.`,
    );
  }
}
