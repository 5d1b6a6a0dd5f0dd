/** Link event definition (BPMN 2.0, 10.5.5): joined to its other end when the process is compiled (see bpmn/links.ts). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../bpmn/read.ts';
import type { EventDefinition } from './definition.ts';

interface LinkData {
  /** The same at both ends. */
  readonly name: string;
}

export const link: EventDefinition<LinkData> = {
  type: 'bpmn:LinkEventDefinition',
  places: ['catch', 'throw'],
  alone: true,
  compile(node, event, c) {
    const name = text(node, 'name');
    if (name === undefined) {
      c.problem(event, 'link', `Expected link event "${event.id ?? ''}" to have a name. Give both ends the same.`);
    }
    const target = targetOf(node, event);
    return { name: target?.id === undefined ? (name ?? '') : `#${target.id}` };
  },
  link: ({ name }) => name,
};

/** The definition at the catching end, where the two refer to each other: then names are for people only. */
function targetOf(node: ModdleElement, event: ModdleElement): ModdleElement | undefined {
  const level = event.$parent ? children(event.$parent, 'flowElements') : [];
  const others = level.flatMap((other) => children(other, 'eventDefinitions'));
  const isTarget = (one: ModdleElement): boolean =>
    children(one, 'source').length > 0 || others.some((other) => child(other, 'target') === one);
  if (event.$type === 'bpmn:IntermediateCatchEvent') return isTarget(node) ? node : undefined;
  return child(node, 'target') ?? others.find((other) => children(other, 'source').includes(node));
}
