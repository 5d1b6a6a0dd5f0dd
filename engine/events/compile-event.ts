import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { children, extensions } from '../bpmn/read.ts';
import type { EventPlace, EventSpec } from './definition.ts';
import { eventDefinitions } from './index.ts';

/** Reads the one event definition of an event. What may not stand in this place is reported. */
export function compileEvent(node: ModdleElement, place: EventPlace, noneAllowed: boolean, c: Compiler): EventSpec {
  const interrupting = node.get('isInterrupting') !== false && node.get('cancelActivity') !== false;
  checkJob(node, c);
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
  if (definition.mustInterrupt && !interrupting) {
    c.problem(
      node,
      'interrupting',
      `Expected "${node.id ?? ''}" to interrupt: what threw cannot go on. Make it interrupting.`,
    );
  }
  return { definition, data: definition.compile(only, node, c), interrupting };
}

/** Only a definition that says so leaves its work to a job. */
function checkJob(node: ModdleElement, c: Compiler): void {
  const understood = children(node, 'eventDefinitions').flatMap(
    ({ $type }) => eventDefinitions.get($type)?.extensions ?? [],
  );
  for (const { $type } of extensions(node)) {
    if ($type === 'zeebe:TaskDefinition' && !understood.includes($type)) {
      c.problem(
        node,
        'unsupported-extension',
        `Expected a task definition only on message events, but "${node.id ?? ''}" has one. Take it out.`,
      );
    }
  }
}

function allowed(place: EventPlace, noneAllowed: boolean): string {
  const names = [...eventDefinitions.values()]
    .filter((definition) => definition.places.includes(place))
    .map(({ type }) => type.replace(/^bpmn:(.*)EventDefinition$/, '$1').toLowerCase());
  return (noneAllowed ? ['none', ...names] : names).join(', ');
}
