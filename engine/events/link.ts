/** Link event definition (BPMN 2.0, 10.5.5): joined to its other end when the process is compiled (see bpmn/links.ts). */
import { child, children, text } from '../bpmn/read.ts';
import type { EventDefinition, LinkEnd } from './definition.ts';

export const link: EventDefinition<LinkEnd> = {
  type: 'bpmn:LinkEventDefinition',
  places: ['catch', 'throw'],
  alone: true,
  compile(node, event, c) {
    const name = text(node, 'name');
    if (name === undefined) {
      c.problem(event, 'link', `Expected link event "${event.id ?? ''}" to have a name. Give both ends the same.`);
    }
    const others = [child(node, 'target'), ...children(node, 'source')].flatMap((other) => other?.id ?? []);
    return { name: name ?? '', id: node.id ?? '', others };
  },
  link: (data) => data,
};
