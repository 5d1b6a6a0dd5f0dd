import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { children } from '../bpmn/read.ts';
import type { EventPlace, EventSpec } from './definition.ts';
import { eventDefinitions } from './index.ts';

/** Reads the one event definition of an event. What may not stand in this place is reported. */
export function compileEvent(node: ModdleElement, place: EventPlace, noneAllowed: boolean, c: Compiler): EventSpec {
  const interrupting = node.get('isInterrupting') !== false && node.get('cancelActivity') !== false;
  const found = [...children(node, 'eventDefinitions'), ...children(node, 'eventDefinitionRef')];
  const [only] = found;
  if (only === undefined && noneAllowed) return { definition: null, data: null, interrupting };
  const definition = only && found.length === 1 ? eventDefinitions.get(only.$type) : undefined;
  if (!only || !definition?.places.includes(place)) {
    c.problem(
      node,
      'unsupported-event',
      `Expected "${node.id ?? ''}" to have one event definition that a ${place} event can have ` +
        `(${allowed(place, noneAllowed)}), but found ${found.map(({ $type }) => $type).join(', ') || 'none'}. Choose another.`,
    );
    return { definition: null, data: null, interrupting };
  }
  return { definition, data: definition.compile(only, node, c), interrupting };
}

function allowed(place: EventPlace, noneAllowed: boolean): string {
  const names = [...eventDefinitions.values()]
    .filter((definition) => definition.places.includes(place))
    .map(({ type }) => type.replace(/^bpmn:(.*)EventDefinition$/, '$1').toLowerCase());
  return (noneAllowed ? ['none', ...names] : names).join(', ');
}
